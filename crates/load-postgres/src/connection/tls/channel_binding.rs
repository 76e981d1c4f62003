//! The channel binding `tls-server-end-point` (RFC 5929): a hash of the certificate of the server, which SCRAM authentication
//! includes, so that a server in between cannot forward the authentication.

use aws_lc_rs::digest::{Algorithm, SHA256, SHA384, SHA512, digest};

const SEQUENCE: u8 = 0x30;
const OBJECT_IDENTIFIER: u8 = 0x06;
/// The context-specific tag 0: the hash algorithm in the parameters of RSASSA-PSS.
const CONTEXT_0: u8 = 0xa0;

/// Returns the hash of a certificate (DER), or `None` if the hash is not defined for its signature algorithm, such as Ed25519.
pub(super) fn certificate_hash(certificate: &[u8]) -> Option<Vec<u8>> {
    Some(digest(hash_algorithm(certificate)?, certificate).as_ref().to_vec())
}

/// Returns the hash algorithm of the signature of a certificate; SHA-256 instead of MD5 and SHA-1.
fn hash_algorithm(certificate: &[u8]) -> Option<&'static Algorithm> {
    // Certificate ::= SEQUENCE { tbsCertificate SEQUENCE, signatureAlgorithm SEQUENCE { algorithm OID, parameters }, … }
    let (content, _) = element(certificate, SEQUENCE)?;
    let (_, rest) = element(content, SEQUENCE)?;
    let (signature, _) = element(rest, SEQUENCE)?;
    let (identifier, parameters) = element(signature, OBJECT_IDENTIFIER)?;
    match identifier {
        // 1.2.840.113549.1.1.n: RSA with PKCS #1
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 4 | 5 | 11] => Some(&SHA256),
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 12] => Some(&SHA384),
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 13] => Some(&SHA512),
        // 1.2.840.113549.1.1.10: RSASSA-PSS, whose default is SHA-1
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 10] => pss_algorithm(parameters).or(Some(&SHA256)),
        // 1.2.840.10045.4.1 and 1.2.840.10045.4.3.n: ECDSA
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01] | [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 2] => Some(&SHA256),
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 3] => Some(&SHA384),
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 4] => Some(&SHA512),
        _ => None,
    }
}

/// Returns the hash algorithm in the parameters of RSASSA-PSS.
fn pss_algorithm(parameters: &[u8]) -> Option<&'static Algorithm> {
    let (parameters, _) = element(parameters, SEQUENCE)?;
    let (hash, _) = element(parameters, CONTEXT_0)?;
    let (hash, _) = element(hash, SEQUENCE)?;
    let (identifier, _) = element(hash, OBJECT_IDENTIFIER)?;
    match identifier {
        // 2.16.840.1.101.3.4.2.n
        [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 2] => Some(&SHA384),
        [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 3] => Some(&SHA512),
        _ => Some(&SHA256),
    }
}

/// Splits the content of the first DER element, which must have the tag, and the bytes after it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let [found, length, rest @ ..] = der else { return None };
    if *found != tag {
        return None;
    }
    let (length, rest) = match length {
        0..=0x7f => (usize::from(*length), rest),
        // The length is in the next 1 to 4 bytes.
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Encodes an element with a length of one or three bytes.
    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = content.len();
        let header = if length < 0x80 { vec![tag, length as u8] } else { vec![tag, 0x82, (length >> 8) as u8, length as u8] };
        [header, content.to_vec()].concat()
    }

    /// A certificate with a signature algorithm and its parameters.
    fn certificate(identifier: &[u8], parameters: &[u8]) -> Vec<u8> {
        let algorithm = der(SEQUENCE, &[der(OBJECT_IDENTIFIER, identifier), parameters.to_vec()].concat());
        der(SEQUENCE, &[der(SEQUENCE, &[0; 300]), algorithm, vec![3, 1, 0]].concat())
    }

    const RSA: [u8; 8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
    const ECDSA: [u8; 7] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03];
    const SHA2: [u8; 8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02];

    #[test]
    fn the_signature_algorithm_determines_the_hash() {
        fn check(identifier: &[u8], last: u8, expected: Option<&'static Algorithm>) {
            let certificate = certificate(&[identifier, &[last]].concat(), &[5, 0]);
            assert_eq!(hash_algorithm(&certificate), expected, "{identifier:?} {last}");
        }
        check(&RSA, 4, Some(&SHA256));
        check(&RSA, 5, Some(&SHA256));
        check(&RSA, 11, Some(&SHA256));
        check(&RSA, 12, Some(&SHA384));
        check(&RSA, 13, Some(&SHA512));
        check(&RSA, 10, Some(&SHA256));
        check(&ECDSA, 2, Some(&SHA256));
        check(&ECDSA, 3, Some(&SHA384));
        check(&ECDSA, 4, Some(&SHA512));
        check(&[0x2b, 0x65], 0x70, None);
    }

    #[test]
    fn pss_has_the_hash_in_its_parameters() {
        fn check(last: u8, expected: &'static Algorithm) {
            let hash = der(SEQUENCE, &der(OBJECT_IDENTIFIER, &[&SHA2[..], &[last]].concat()));
            let parameters = der(SEQUENCE, &der(CONTEXT_0, &hash));
            assert_eq!(hash_algorithm(&certificate(&[&RSA[..], &[10]].concat(), &parameters)), Some(expected));
        }
        check(1, &SHA256);
        check(2, &SHA384);
        check(3, &SHA512);
    }

    #[test]
    fn the_whole_certificate_is_hashed() {
        let certificate = certificate(&[&RSA[..], &[12]].concat(), &[]);
        assert_eq!(certificate_hash(&certificate), Some(digest(&SHA384, &certificate).as_ref().to_vec()));
    }

    #[test]
    fn invalid_certificates_have_no_hash() {
        fn check(certificate: &[u8]) {
            assert_eq!(certificate_hash(certificate), None, "{certificate:?}");
        }
        let valid = certificate(&[&RSA[..], &[11]].concat(), &[]);
        check(&[]);
        check(&[SEQUENCE]);
        check(&[SEQUENCE, 0x80]);
        check(&[SEQUENCE, 0x85, 1, 1, 1, 1, 1]);
        check(&[SEQUENCE, 0x84, 255, 255, 255, 255]);
        check(&[SEQUENCE, 2, SEQUENCE, 0]);
        check(&[3, 0]);
        check(&valid[..valid.len() - 1]);
    }
}
