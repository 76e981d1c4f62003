//! JSON web tokens signed with RS256 (RFC 7515, RFC 7518).

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use catchment_json::Value;
use catchment_settings::Secret;
use pkcs8::{EncryptedPrivateKeyInfoRef, SecretDocument};

use crate::error_kind::ErrorKind;

/// An RSA private key.
pub(super) struct RsaKey {
    pair: RsaKeyPair,
}

impl RsaKey {
    /// Reads a key in PEM format: PKCS#8, encrypted or not, or PKCS#1.
    pub(super) fn read(pem: &Secret, passphrase: Option<&Secret>) -> Result<RsaKey, ErrorKind> {
        let invalid = |problem: &str| ErrorKind::InvalidPrivateKey { problem: problem.to_owned() };
        let not_rsa = |_| invalid("not an RSA key of at least 2048 bits");
        let (label, document) = SecretDocument::from_pem(pem.expose().trim())
            .map_err(|_| invalid("not in PEM format (-----BEGIN PRIVATE KEY-----)"))?;
        let pair = match (label, passphrase) {
            ("PRIVATE KEY", _) => RsaKeyPair::from_pkcs8(document.as_bytes()).map_err(not_rsa)?,
            ("RSA PRIVATE KEY", _) => RsaKeyPair::from_der(document.as_bytes()).map_err(not_rsa)?,
            ("ENCRYPTED PRIVATE KEY", Some(passphrase)) => {
                let encrypted =
                    EncryptedPrivateKeyInfoRef::try_from(document.as_bytes()).map_err(|_| invalid("not encrypted PKCS#8"))?;
                let key = encrypted
                    .decrypt(passphrase.expose())
                    .map_err(|_| invalid("the passphrase is wrong, or the encryption scheme is not PBES2"))?;
                RsaKeyPair::from_pkcs8(key.as_bytes()).map_err(not_rsa)?
            }
            ("ENCRYPTED PRIVATE KEY", None) => return Err(invalid("the key is encrypted: set private_key_passphrase")),
            (label, _) => return Err(invalid(&format!("found a {label}, expected a PRIVATE KEY"))),
        };
        Ok(RsaKey { pair })
    }

    /// Returns a signed token with `claims`.
    pub(super) fn jwt(&self, claims: &Value) -> Result<Secret, ErrorKind> {
        let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        let signed = format!("{}.{}", encode(r#"{"alg":"RS256","typ":"JWT"}"#), encode(&claims.to_string()));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .map_err(|_| ErrorKind::InvalidPrivateKey { problem: "signing failed".to_owned() })?;
        Ok(Secret::from(format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))))
    }
}
