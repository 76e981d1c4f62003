//! The TLS connector of tokio-postgres.

use std::future::Future;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ClientConfig, Error, InconsistentKeys, RootCertStore};

use super::verifier::{TrustedCertificates, Verification, Verifier};
use super::{ClientCertificate, RootCertificates, TlsError, TlsMode, TlsOptions, TlsStream};

/// The protocol name of PostgreSQL in TLS, which servers require for direct TLS.
const PROTOCOL: &[u8] = b"postgresql";

/// A TLS connector for [`tokio_postgres::Config::connect`].
///
/// ```no_run
/// # async fn connect() -> Result<(), Box<dyn std::error::Error>> {
/// use catchment_load_postgres::{PostgresOptions, TlsConnector};
/// use catchment_settings::Secret;
///
/// let options = PostgresOptions::parse(&Secret::from("postgresql://loader@db.example.com/shop?sslmode=verify-full"))?;
/// let connector = TlsConnector::new(&options.tls)?;
/// let (client, connection) = options.config(&options.hosts[0]).connect(connector).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct TlsConnector {
    config: Arc<ClientConfig>,
}

impl TlsConnector {
    /// Creates a connector. Reads the files of certificates and keys; reads the certificates of the system only if they are
    /// used.
    ///
    /// # Errors
    ///
    /// Returns an error if certificates or the key cannot be read.
    pub fn new(options: &TlsOptions) -> Result<TlsConnector, TlsError> {
        let verification = match options.mode {
            TlsMode::Disable | TlsMode::Prefer | TlsMode::Require => Verification::Nothing,
            TlsMode::VerifyCa => Verification::Chain(trusted(&options.root_certificates)?),
            TlsMode::VerifyFull => Verification::ChainAndName(trusted(&options.root_certificates)?),
        };
        let provider = Arc::new(default_provider());
        let versions = if options.only_tls13 { &[&TLS13][..] } else { &[&TLS13, &TLS12] };
        let builder = ClientConfig::builder_with_provider(provider.clone()).with_protocol_versions(versions)?;
        let builder =
            builder.dangerous().with_custom_certificate_verifier(Arc::new(Verifier { verification, provider: provider.clone() }));
        let mut config = match &options.client_certificate {
            Some(client) if options.mode != TlsMode::Disable => {
                let certificate = SingleCertAndKey::from(client_certificate(client, &provider)?);
                builder.with_client_cert_resolver(Arc::new(certificate))
            }
            _ => builder.with_no_client_auth(),
        };
        config.alpn_protocols = vec![PROTOCOL.to_vec()];
        Ok(TlsConnector { config: Arc::new(config) })
    }
}

/// Reads the trusted certificates.
fn trusted(certificates: &RootCertificates) -> Result<TrustedCertificates, TlsError> {
    let mut roots = RootCertStore::empty();
    match certificates {
        RootCertificates::System => {
            let found = rustls_native_certs::load_native_certs();
            let (added, _) = roots.add_parsable_certificates(found.certs);
            if added == 0 {
                let reason = found.errors.first().map_or_else(|| "none found".to_owned(), ToString::to_string);
                return Err(TlsError::SystemCertificates { reason });
            }
            Ok(TrustedCertificates { roots, pinned: Vec::new() })
        }
        RootCertificates::File(file) => {
            let pinned = read_certificates("sslrootcert", file)?;
            for certificate in &pinned {
                roots.add(certificate.clone()).map_err(|error| unreadable("sslrootcert", "certificates", file, &error))?;
            }
            Ok(TrustedCertificates { roots, pinned })
        }
    }
}

/// Reads the certificate of the client and its key. Accepts certificates of X.509 version 1, as most servers do.
fn client_certificate(client: &ClientCertificate, provider: &CryptoProvider) -> Result<CertifiedKey, TlsError> {
    let certificates = read_certificates("sslcert", &client.certificates)?;
    let unreadable = |reason: &dyn std::fmt::Display| unreadable("sslkey", "key", &client.key, reason);
    let key = PrivateKeyDer::from_pem_file(&client.key).map_err(|error| match error {
        pem::Error::NoItemsFound => {
            unreadable(&"the file has no private key without encryption (decrypt it with `openssl pkey`)")
        }
        error => unreadable(&error),
    })?;
    let key = provider.key_provider.load_private_key(key).map_err(|error| unreadable(&error))?;
    let certified = CertifiedKey::new(certificates, key);
    match certified.keys_match() {
        Err(Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => {
            Err(unreadable(&"it is not the key of the certificate in `sslcert`"))
        }
        _ => Ok(certified),
    }
}

fn read_certificates(parameter: &'static str, file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let failed = |error: pem::Error| unreadable(parameter, "certificates", file, &error);
    let certificates: Vec<_> = CertificateDer::pem_file_iter(file).map_err(failed)?.collect::<Result<_, _>>().map_err(failed)?;
    if certificates.is_empty() { Err(failed(pem::Error::NoItemsFound)) } else { Ok(certificates) }
}

fn unreadable(parameter: &'static str, content: &'static str, file: &Path, reason: &dyn std::fmt::Display) -> TlsError {
    TlsError::File { parameter, content, file: file.to_owned(), reason: reason.to_string() }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> MakeTlsConnect<S> for TlsConnector {
    type Stream = TlsStream<S>;
    type TlsConnect = Handshake;
    type Error = io::Error;

    /// Called before each connection, also if it does not use TLS: an invalid name is an error of the handshake.
    fn make_tls_connect(&mut self, domain: &str) -> Result<Handshake, io::Error> {
        Ok(Handshake { config: self.config.clone(), name: domain.to_owned() })
    }
}

/// A TLS handshake with a server.
#[derive(Debug)]
pub struct Handshake {
    config: Arc<ClientConfig>,
    name: String,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> TlsConnect<S> for Handshake {
    type Stream = TlsStream<S>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<TlsStream<S>, io::Error>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        Box::pin(async move {
            let name = ServerName::try_from(self.name).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
            tokio_rustls::TlsConnector::from(self.config).connect(name, stream).await.map(TlsStream)
        })
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::DuplexStream;
    use tokio_rustls::rustls::ServerConfig;

    use super::*;

    #[test]
    fn files_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file.pem");
        let check = |content: &str, options: TlsOptions, expected: &str| {
            std::fs::write(&file, content).unwrap();
            let shown = TlsConnector::new(&options).map_or_else(|error| error.to_string(), |_| String::new());
            let shown = shown.replace(file.to_str().unwrap(), "FILE");
            assert!(shown.starts_with(expected), "{shown}");
            assert_eq!(shown.is_empty(), expected.is_empty(), "{shown}");
        };
        let roots = |mode| TlsOptions { mode, root_certificates: RootCertificates::File(file.clone()), ..TlsOptions::default() };
        let client = |mode| {
            let client_certificate = Some(ClientCertificate { certificates: file.clone(), key: file.clone() });
            TlsOptions { mode, client_certificate, ..TlsOptions::default() }
        };
        let invalid = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
        check("", roots(TlsMode::Require), "");
        check("", roots(TlsMode::VerifyCa), "failed to read the certificates of `sslrootcert` from FILE: no items found");
        check(
            invalid,
            roots(TlsMode::VerifyFull),
            "failed to read the certificates of `sslrootcert` from FILE: invalid peer certificate",
        );
        check("", client(TlsMode::Disable), "");
        check("", client(TlsMode::Prefer), "failed to read the certificates of `sslcert` from FILE: no items found");
        check(invalid, client(TlsMode::Prefer), "failed to read the key of `sslkey` from FILE: the file has no private key");
    }

    /// A certificate of X.509 version 1 with a key of the curve P-256.
    const VERSION_1: &str = "\
-----BEGIN CERTIFICATE-----
MIIBIzCBywIUYM5cu31OJ3qk2aQ853NHL5OYgoIwCgYIKoZIzj0EAwIwFDESMBAG
A1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyODA2MTkzMloYDzIxMjYxMTA0MDYxOTMy
WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AASITEMnGEFHrPg4gKCpxK1PUzHNNjP52hL//mIbu66vbAartDew7nordKCMBo21
hmWuS0i7q3qD8N6RQQr/0dTxMAoGCCqGSM49BAMCA0cAMEQCIHuPj7737gHzYG1Q
XVdb/W8XePJgyf/idAkKNGodIBkbAiAMARh0GBigbaJL3eYD/M2DStVWlpivM/vG
IoJHoF6ygA==
-----END CERTIFICATE-----
";
    const KEY_OF_VERSION_1: &str = "\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgRUUn7GiXHsnCk7aL
Qd5VzgtwXFsAVjOZHzJj4/6zmhqhRANCAASITEMnGEFHrPg4gKCpxK1PUzHNNjP5
2hL//mIbu66vbAartDew7nordKCMBo21hmWuS0i7q3qD8N6RQQr/0dTx
-----END PRIVATE KEY-----
";
    const OTHER_KEY: &str = "\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgOOpNQyT/kpCD33dW
3HFH3bmHemX4ELY6uqUCA6+/ACahRANCAASKaw1gvvn5r3Iso5msLFVkGqhiyWxu
c0ZVHsVyES1u/Sxiqbkjfwr5UYCack5N/yPvUVEQ19C/uzUgeWUOj0dM
-----END PRIVATE KEY-----
";

    #[test]
    fn certificates_of_version_1_are_accepted_with_their_key() {
        /// Connects to a server with the certificate and a key, and returns the error of the client.
        fn check(key: &str, options: &TlsOptions, expected: &str) {
            let provider = default_provider();
            let key = provider.key_provider.load_private_key(PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap()).unwrap();
            let certificate = CertificateDer::from_pem_slice(VERSION_1.as_bytes()).unwrap();
            let server = ServerConfig::builder_with_provider(provider.into()).with_safe_default_protocol_versions().unwrap();
            let certificate = SingleCertAndKey::from(CertifiedKey::new(vec![certificate], key));
            let server = Arc::new(server.with_no_client_auth().with_cert_resolver(Arc::new(certificate)));
            let (ours, theirs) = tokio::io::duplex(1 << 14);
            let mut connector = TlsConnector::new(options).unwrap();
            let handshake = MakeTlsConnect::<DuplexStream>::make_tls_connect(&mut connector, "localhost").unwrap();
            let both = async { tokio::join!(handshake.connect(ours), tokio_rustls::TlsAcceptor::from(server).accept(theirs)) };
            let (connected, _) = tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(both);
            assert_eq!(connected.map_or_else(|error| error.to_string(), |_| String::new()), expected);
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("root.pem");
        std::fs::write(&file, VERSION_1).unwrap();
        let pinned = RootCertificates::File(file);
        check(KEY_OF_VERSION_1, &TlsOptions { mode: TlsMode::Require, ..TlsOptions::default() }, "");
        check(
            OTHER_KEY,
            &TlsOptions { mode: TlsMode::Require, ..TlsOptions::default() },
            "invalid peer certificate: BadSignature",
        );
        check(KEY_OF_VERSION_1, &TlsOptions { mode: TlsMode::VerifyCa, root_certificates: pinned, ..TlsOptions::default() }, "");
    }

    #[test]
    fn client_certificates_of_version_1_are_accepted() {
        let folder = tempfile::tempdir().unwrap();
        let [certificates, key] = ["cert.pem", "key.pem"].map(|name| folder.path().join(name));
        std::fs::write(&certificates, VERSION_1).unwrap();
        std::fs::write(&key, KEY_OF_VERSION_1).unwrap();
        let client_certificate = Some(ClientCertificate { certificates, key });
        TlsConnector::new(&TlsOptions { client_certificate, ..TlsOptions::default() }).unwrap();
    }
}
