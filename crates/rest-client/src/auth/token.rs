//! Access tokens and responses of token endpoints.

use std::time::Duration;

use catchment_json::Node;
use catchment_settings::Secret;

use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::response::Response;

/// Maximum lifetime of a token: ten years.
const MAX_LIFETIME: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// An access token.
///
/// ```
/// use std::time::Duration;
/// use catchment_rest_client::{HeaderMap, Response, Token, Url};
///
/// let url = Url::parse("https://auth.example.com/token")?;
/// let response = Response::from_parts(url, 200, HeaderMap::new(), r#"{"access_token": "tk-1", "expires_in": 600}"#)?;
/// assert_eq!(Token::read(&response, Duration::from_secs(3600))?.lifetime, Duration::from_secs(600));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Token {
    /// The token.
    pub access_token: Secret,
    /// The remaining lifetime.
    pub lifetime: Duration,
}

impl Token {
    /// Reads the response of a token endpoint (RFC 6749, section 5.1): `access_token`, and `expires_in` in seconds, as a
    /// number or a string. Without a valid `expires_in`, the lifetime is `default_lifetime`.
    ///
    /// # Errors
    ///
    /// Returns an error if the body is not JSON or has no token. The error shows only keys, because values may be secrets.
    pub fn read(response: &Response, default_lifetime: Duration) -> Result<Token, Error> {
        let root = response.document()?.root();
        let access_token = root.get("access_token").and_then(Node::as_str).filter(|token| !token.is_empty());
        let Some(access_token) = access_token else {
            let keys: Vec<_> = root.entries().map(|(key, _)| key.name().into_owned()).collect();
            let keys = if keys.is_empty() { "no keys".to_owned() } else { keys.join(", ") };
            return Err(response.error(ErrorKind::MissingAccessToken { keys }));
        };
        let lifetime = root.get("expires_in").and_then(seconds).unwrap_or(default_lifetime);
        Ok(Token { access_token: Secret::from(access_token.into_owned()), lifetime: lifetime.min(MAX_LIFETIME) })
    }
}

fn seconds(node: Node<'_>) -> Option<Duration> {
    let text = node.as_number().map(str::to_owned).or_else(|| node.as_str().map(|text| text.trim().to_owned()))?;
    let number: f64 = text.parse().ok().filter(|number: &f64| !number.is_nan())?;
    Some(Duration::try_from_secs_f64(number.max(0.0)).unwrap_or(MAX_LIFETIME))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Token;
    use crate::{HeaderMap, Response, Url};

    #[track_caller]
    fn check(body: &str, expected: &str) {
        let url = Url::parse("https://a.b/token").unwrap();
        let response = Response::from_parts(url, 200, HeaderMap::new(), body).unwrap();
        let found = match Token::read(&response, Duration::from_secs(3600)) {
            Ok(token) => format!("{} for {:?}", token.access_token.expose(), token.lifetime),
            Err(error) => error.kind().to_string(),
        };
        assert_eq!(found, expected, "{body}");
    }

    #[test]
    fn valid_responses() {
        check(r#"{"access_token": "t", "expires_in": 60}"#, "t for 60s");
        check(r#"{"access_token": "t", "expires_in": "60"}"#, "t for 60s");
        check(r#"{"access_token": "t", "expires_in": 0.5}"#, "t for 500ms");
        check(r#"{"access_token": "t", "expires_in": 0}"#, "t for 0ns");
        check(r#"{"access_token": "t", "expires_in": -5}"#, "t for 0ns");
        check(r#"{"access_token": "t", "expires_in": 1e300}"#, "t for 315360000s");
        check(r#"{"access_token": "t", "expires_in": NaN}"#, "t for 3600s");
        check(r#"{"access_token": "t", "expires_in": null}"#, "t for 3600s");
        check(r#"{"access_token": "t", "expires_in": "soon"}"#, "t for 3600s");
        check(r#"{"access_token": "t"}"#, "t for 3600s");
    }

    #[test]
    fn responses_without_a_token() {
        check("{}", "the response has no string `access_token`: it has no keys");
        check("[]", "the response has no string `access_token`: it has no keys");
        check(
            r#"{"access_token": "", "token": "s3cret"}"#,
            "the response has no string `access_token`: it has access_token, token",
        );
        check(r#"{"access_token": 7}"#, "the response has no string `access_token`: it has access_token");
        check("access_token=s3cret", "invalid JSON at line 1, column 1: expected a value, found 'a'");
    }
}
