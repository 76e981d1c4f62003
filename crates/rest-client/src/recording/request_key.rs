//! The parts of a request that a replay compares.

use aws_lc_rs::digest::{SHA256, digest};
use catchment_json::{Value, write_value};
use url::form_urlencoded;

use super::MASK;
use super::body::StoredBody;
use super::interaction::StoredRequest;

/// The parts of a request that a replay compares: method, URL without masked parameters, and body. Masks with a checksum are
/// compared. Headers are not compared, because they are configuration.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct RequestKey {
    pub(super) method: String,
    /// The URL without its query.
    pub(super) location: String,
    /// The decoded parameters, sorted. Masked ones are missing, so that a replay needs no credentials.
    pub(super) params: Vec<(String, String)>,
    /// A SHA-256 digest, because the index holds the keys of all requests in memory.
    pub(super) body: Option<Vec<u8>>,
}

impl RequestKey {
    pub(super) fn new(request: &StoredRequest) -> RequestKey {
        let (location, query) = request.url.split_once('?').unwrap_or((&request.url, ""));
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
        let mut params: Vec<_> = pairs.filter(|(_, value)| value != MASK).collect();
        params.sort_unstable();
        let body = request.body.as_ref().map(body_digest);
        RequestKey { method: request.method.clone(), location: location.to_owned(), params, body }
    }
}

/// Returns the digest of a body. The order of the keys of JSON objects does not matter.
fn body_digest(body: &StoredBody) -> Vec<u8> {
    let mut sorted = String::new();
    let (kind, bytes): (u8, &[u8]) = match body {
        StoredBody::Json(text) => {
            match Value::parse(text) {
                Ok(value) => write_value(&value, true, &mut sorted),
                Err(_) => sorted.push_str(text),
            }
            (b'j', sorted.as_bytes())
        }
        StoredBody::Text(text) => (b't', text.as_bytes()),
        StoredBody::Binary(bytes) => (b'b', bytes),
    };
    let mut hash = vec![kind];
    hash.extend_from_slice(digest(&SHA256, bytes).as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(url: &str, body: Option<StoredBody>) -> RequestKey {
        let headers = [("x", url.to_owned())].into_iter().collect();
        RequestKey::new(&StoredRequest { method: "GET".to_owned(), url: url.to_owned(), headers, body })
    }

    #[track_caller]
    fn check(left: &str, right: &str, expected: bool) {
        assert_eq!(key(left, None) == key(right, None), expected, "{left} and {right}");
    }

    #[test]
    fn urls() {
        check("https://a.b/c?d=1&e=2", "https://a.b/c?e=2&d=1", true);
        check("https://a.b/c?d=a%20b", "https://a.b/c?d=a+b", true);
        check("https://a.b/c?key=***&d=1", "https://a.b/c?d=1", true);
        check("https://a.b/c?code=***-57d4", "https://a.b/c?code=***-57d4", true);
        check("https://a.b/c?code=***-57d4", "https://a.b/c?code=***-a26c", false);
        check("https://a.b/c?", "https://a.b/c", true);
        check("https://a.b/c?d=1", "https://a.b/c?d=2", false);
        check("https://a.b/c?d=1&d=2", "https://a.b/c?d=2", false);
        check("https://a.b/c", "https://a.b/d", false);
    }

    #[test]
    fn bodies() {
        let json = |text: &str| key("x", Some(StoredBody::Json(text.to_owned())));
        assert_eq!(json("[1]"), json("[1]"));
        assert_eq!(json(r#"{"a":1,"b":{"c":2,"d":3}}"#), json(r#"{"b":{"d":3,"c":2},"a":1}"#));
        assert_ne!(json("[1]"), json("[2]"));
        assert_ne!(json("[1,2]"), json("[2,1]"));
        assert_ne!(json("[1]"), key("x", Some(StoredBody::Text("[1]".to_owned()))));
        assert_ne!(json("[1]"), key("x", None));
    }
}
