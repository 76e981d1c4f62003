//! Signatures of handshakes.

use tokio_rustls::rustls::client::danger::HandshakeSignatureValid;
use tokio_rustls::rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls13_signature, verify_tls13_signature_with_raw_key};
use tokio_rustls::rustls::pki_types::{CertificateDer, SubjectPublicKeyInfoDer};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore};

/// Verifies that the server has the key of its certificate. Certificates of X.509 version 1, which the TLS library rejects,
/// are accepted: `openssl x509 -req` of OpenSSL before 3.4 creates them, and the documentation of PostgreSQL recommends it.
pub(super) fn verify_tls13(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signature: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error> {
    match ParsedCertificate::try_from(certificate) {
        Ok(_) => verify_tls13_signature(message, certificate, signature, algorithms),
        Err(_) => verify_tls13_signature_with_raw_key(message, &public_key(certificate)?, signature, algorithms),
    }
}

/// Returns the public key of a certificate of any version.
fn public_key(certificate: &CertificateDer<'_>) -> Result<SubjectPublicKeyInfoDer<'static>, Error> {
    // only trusted certificates may have version 1, so that their parser reads it
    let mut store = RootCertStore::empty();
    store.add(certificate.clone().into_owned())?;
    let invalid = Error::InvalidCertificate(CertificateError::BadEncoding);
    let key = store.roots.first().map(|root| sequence(&root.subject_public_key_info)).ok_or(invalid)?;
    Ok(SubjectPublicKeyInfoDer::from(key))
}

/// Encodes a sequence of ASN.1 in DER (ITU-T X.690, section 8.1.3).
fn sequence(content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length = length.get(content.len().leading_zeros() as usize / 8..).unwrap_or_default();
    let mut der = vec![0x30];
    if content.len() >= 0x80 {
        der.push(0x80 | length.len() as u8);
    }
    der.extend_from_slice(if content.is_empty() { &[0] } else { length });
    der.extend_from_slice(content);
    der
}

#[cfg(test)]
mod tests {
    use super::sequence;

    #[test]
    fn lengths_of_sequences_are_encoded() {
        #[track_caller]
        fn check(length: usize, header: &[u8]) {
            assert_eq!(sequence(&vec![7; length]).strip_prefix(header), Some(&*vec![7; length]), "{length}");
        }
        check(0, &[0x30, 0]);
        check(127, &[0x30, 127]);
        check(128, &[0x30, 0x81, 128]);
        check(255, &[0x30, 0x81, 255]);
        check(256, &[0x30, 0x82, 1, 0]);
        check(65_536, &[0x30, 0x83, 1, 0, 0]);
    }
}
