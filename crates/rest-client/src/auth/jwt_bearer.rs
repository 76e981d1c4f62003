//! The grant of a key.

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

/// How long an assertion is good for.
const ASSERTION_LIFETIME: u64 = 3600;

/// OAuth 2 by an assertion that is signed with a private key (RFC 7523), RS256, for [`OAuth2`](crate::OAuth2).
///
/// The assertion says who asks (`iss` and `sub`, the client id), whom (`aud`, the URL of the token endpoint), from when
/// and until when (`iat` and `exp`, an hour later), and what for (`scope`, where there are scopes).
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
    /// With the URL of the token endpoint, what it knows the program by, and an RSA key in PEM: PKCS#8 or PKCS#1.
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

    /// What the private key, PKCS#8 then, is encrypted with.
    #[must_use]
    pub fn private_key_passphrase(mut self, passphrase: impl Into<Secret>) -> JwtBearer {
        self.passphrase = Some(passphrase.into());
        self
    }

    /// What the token is for. Default: nothing is said.
    #[must_use]
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> JwtBearer {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// How long a token lasts whose answer does not say so. Default one hour.
    #[must_use]
    pub fn default_token_expiration(mut self, lifetime: Duration) -> JwtBearer {
        self.default_expiration = lifetime;
        self
    }

    /// What the assertion says.
    fn claims(&self, now: SystemTime) -> Value {
        // before 1970 there were no tokens
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

impl Grant for JwtBearer {
    fn token_request(&self) -> Result<Request, Error> {
        let key = RsaKey::read(&self.private_key, self.passphrase.as_ref())?;
        let assertion = key.jwt(&self.claims(SystemTime::now()))?;
        let form = TokenForm::default().field("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
        let mut request = form.field("assertion", assertion).request(&self.url)?;
        // it gets one more token at most
        request.idempotent = true;
        Ok(request)
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
