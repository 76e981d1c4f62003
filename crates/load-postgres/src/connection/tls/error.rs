//! Errors of TLS options.

use std::path::PathBuf;

use thiserror::Error;
use tokio_rustls::rustls;

/// TLS options that cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A PEM file cannot be read.
    #[error("failed to read the {content} of `{parameter}` from {}: {reason}", .file.display())]
    File {
        /// The name of the parameter.
        parameter: &'static str,
        /// The expected content.
        content: &'static str,
        /// The file.
        file: PathBuf,
        /// The cause.
        reason: String,
    },
    /// The certificates of the system cannot be read.
    #[error("failed to read the certificates that the system trusts: {reason}; set `sslrootcert` to a file")]
    SystemCertificates {
        /// The cause.
        reason: String,
    },
    /// The options are rejected by the TLS library.
    #[error("the TLS options cannot be used: {0}")]
    Options(#[from] rustls::Error),
}
