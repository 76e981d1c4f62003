//! The JWT bearer grant (RFC 7523).

use std::time::{Duration, SystemTime};

use catchment_json::Value;
use catchment_settings::Secret;

use super::oauth2::Grant;
use super::rs256::RsaKey;
use super::token::Token;
use super::token_form::TokenForm;
use crate::error::Error;
use crate::request::Request;
use crate::response::Response;

/// Lifetime of an assertion in seconds.
const ASSERTION_LIFETIME: u64 = 3600;

/// The JWT bearer grant (RFC 7523): an assertion signed with a private key (RS256), for [`OAuth2`](crate::OAuth2).
///
/// The assertion has the claims `iss` and `sub` (client ID), `aud` (token endpoint URL), `iat`, `exp` (one hour later)
/// and, if set, `scope`.
///
/// ```no_run
/// use catchment_rest_client::{JwtBearer, OAuth2};
///
/// let key = std::fs::read_to_string("private_key.pem")?;
/// let grant = JwtBearer::new("https://auth.example.com/token", "id", key).scopes(["read", "write"]);
/// let auth = OAuth2::new(grant);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct JwtBearer {
    url: String,
    client_id: Secret,
    private_key: Secret,
    passphrase: Option<Secret>,
    scopes: Vec<String>,
    default_expiration: Duration,
}

impl JwtBearer {
    /// Creates the grant with the URL of the token endpoint, the client ID, and an RSA key in PEM format (PKCS#8 or PKCS#1).
    pub fn new(url: impl Into<String>, client_id: impl Into<Secret>, private_key: impl Into<Secret>) -> JwtBearer {
        JwtBearer {
            url: url.into(),
            client_id: client_id.into(),
            private_key: private_key.into(),
            passphrase: None,
            scopes: Vec::new(),
            default_expiration: Duration::from_secs(3600),
        }
    }

    /// Sets the passphrase of an encrypted private key (PKCS#8 only).
    #[must_use]
    pub fn private_key_passphrase(mut self, passphrase: impl Into<Secret>) -> JwtBearer {
        self.passphrase = Some(passphrase.into());
        self
    }

    /// Sets the scopes of the token. Default: no `scope` claim.
    #[must_use]
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> JwtBearer {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the lifetime of tokens without `expires_in`. Default: one hour.
    #[must_use]
    pub fn default_token_expiration(mut self, lifetime: Duration) -> JwtBearer {
        self.default_expiration = lifetime;
        self
    }

    /// Returns the claims of the assertion.
    fn claims(&self, now: SystemTime) -> Value {
        // a clock before 1970 counts as 1970
        let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let client = Value::from(self.client_id.expose());
        let mut claims = vec![
            ("iss", client.clone()),
            ("sub", client),
            ("aud", Value::from(self.url.as_str())),
            ("exp", Value::from(now.saturating_add(ASSERTION_LIFETIME))),
            ("iat", Value::from(now)),
        ];
        if !self.scopes.is_empty() {
            claims.push(("scope", Value::from(self.scopes.join(" "))));
        }
        Value::object(claims)
    }
}

impl JwtBearer {
    fn request_with(&self, assertion: Secret) -> Result<Request, Error> {
        let form = TokenForm::default().field("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
        let mut request = form.field("assertion", assertion).request(&self.url)?;
        // a retry fetches at most one unused token
        request.idempotent = true;
        Ok(request)
    }
}

impl Grant for JwtBearer {
    fn token_request(&self) -> Result<Request, Error> {
        let key = RsaKey::read(&self.private_key, self.passphrase.as_ref())?;
        self.request_with(key.jwt(&self.claims(SystemTime::now()))?)
    }

    /// Returns a request with a placeholder instead of a signed assertion, so that a replay needs no valid private key.
    fn replayed_token_request(&self) -> Result<Request, Error> {
        self.request_with(Secret::from("***"))
    }

    fn read_token(&self, response: &Response) -> Result<Token, Error> {
        Token::read(response, self.default_expiration)
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, JwtBearer, SystemTime};

    #[test]
    fn claims() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1000);
        let grant = JwtBearer::new("https://a.b/token", "me", "key");
        let expected = r#"{"iss":"me","sub":"me","aud":"https://a.b/token","exp":4600,"iat":1000}"#;
        assert_eq!(grant.claims(now).to_string(), expected);
        let scoped = grant.scopes(["a", "b"]).claims(now).to_string();
        assert_eq!(scoped, expected.replace("1000}", r#"1000,"scope":"a b"}"#));
    }
}
