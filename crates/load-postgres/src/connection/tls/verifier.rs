//! Verification of the certificate of the server.

use std::sync::Arc;

use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use tokio_rustls::rustls::crypto::{CryptoProvider, verify_tls12_signature};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::signature;

/// What is verified of the certificate of the server.
#[derive(Debug)]
pub(super) enum Verification {
    /// Only that the server has the key of its certificate, on which channel binding relies.
    Nothing,
    /// The chain to a trusted certificate.
    Chain(TrustedCertificates),
    /// The chain to a trusted certificate, and the host name.
    ChainAndName(TrustedCertificates),
}

/// Trusted certificates.
#[derive(Debug)]
pub(super) struct TrustedCertificates {
    /// The certificate authorities.
    pub(super) roots: RootCertStore,
    /// The certificates in the file of root certificates. One of them may be the certificate of the server itself, even if it
    /// is also a certificate authority, such as one that `openssl req -x509` creates.
    pub(super) pinned: Vec<CertificateDer<'static>>,
}

/// A verifier of the certificate of the server.
#[derive(Debug)]
pub(super) struct Verifier {
    pub(super) verification: Verification,
    pub(super) provider: Arc<CryptoProvider>,
}

impl Verifier {
    fn verify_chain(
        &self,
        trusted: &TrustedCertificates,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        if trusted.pinned.iter().any(|pinned| pinned == certificate) {
            return Ok(());
        }
        let parsed = ParsedCertificate::try_from(certificate)?;
        let algorithms = self.provider.signature_verification_algorithms.all;
        verify_server_cert_signed_by_trust_anchor(&parsed, &trusted.roots, intermediates, now, algorithms)
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match &self.verification {
            Verification::Nothing => {}
            Verification::Chain(trusted) => self.verify_chain(trusted, certificate, intermediates, now)?,
            Verification::ChainAndName(trusted) => {
                self.verify_chain(trusted, certificate, intermediates, now)?;
                verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
            }
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        signature::verify_tls13(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
