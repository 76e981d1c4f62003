//! Redirects. `reqwest` does not follow them, because every configured header is a credential, and it strips only some.

use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::{Method, StatusCode};
use url::Url;

use super::hop::Hop;
use crate::error::Error;
use crate::error_kind::ErrorKind;

/// Returns the target of a redirect, or `None` if the response is not one.
pub(super) fn target(hop: &Hop, status: StatusCode, headers: &HeaderMap) -> Result<Option<Url>, Error> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = headers.get(LOCATION) else { return Ok(None) };
    let location = String::from_utf8_lossy(location.as_bytes());
    match hop.url.join(&location) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(Some(url)),
        _ => {
            // the query may contain secrets, and an invalid URL cannot be redacted
            let target = location.split(['?', '#']).next().unwrap_or_default().to_owned();
            Err(Error::new(ErrorKind::InvalidRedirect { target })
                .with_request(&hop.method, &hop.url)
                .with_response(status, String::new()))
        }
    }
}

/// Turns `hop` into the request that a browser would send to `target`, without headers if `target` is not `trusted`.
pub(super) fn follow(hop: &mut Hop, status: StatusCode, target: Url, trusted: bool) {
    let becomes_get = match status {
        StatusCode::SEE_OTHER => hop.method != Method::HEAD,
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => hop.method == Method::POST,
        _ => false,
    };
    if becomes_get {
        hop.method = Method::GET;
        hop.body = None;
        hop.headers.remove(CONTENT_TYPE);
    }
    // a later redirect back does not restore them, because the other origin chooses its target
    if !trusted && hop.trusted {
        let (from, to) = (hop.url.origin().ascii_serialization(), target.origin().ascii_serialization());
        tracing::warn!("{from} redirects to {to}: headers, credentials and secrets are not sent there");
        hop.strip_credentials();
    }
    hop.url = target;
}

#[cfg(test)]
mod tests {
    use super::{Hop, Method, StatusCode, follow};
    use crate::body::Body;
    use crate::request_config::RequestConfig;
    use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
    use url::Url;

    #[track_caller]
    fn check(method: Method, status: u16, target: &str, expected: &str) {
        let headers = HeaderMap::from_iter([
            (CONTENT_TYPE, HeaderValue::from_static("x")),
            ("x-key".parse().unwrap(), HeaderValue::from_static("1")),
        ]);
        let (url, target) = (Url::parse("https://a.b/c").unwrap(), Url::parse(target).unwrap());
        let rules = RequestConfig::default();
        let trusted = rules.is_trusted_from(&url, &target);
        let mut hop =
            Hop { method, url, headers, body: Some(Body::Bytes(b"{}".to_vec())), trusted: true, redactor: rules.redactor };
        follow(&mut hop, StatusCode::from_u16(status).unwrap(), target, trusted);
        let headers: Vec<_> = hop.headers.keys().map(|name| name.as_str()).collect();
        assert_eq!(
            format!(
                "{} {} {headers:?} {}",
                hop.method,
                hop.url,
                String::from_utf8(hop.body.map(|body| body.bytes()).unwrap_or_default()).unwrap()
            ),
            expected
        );
    }

    #[test]
    fn methods_change_as_in_browsers() {
        let home = "https://a.b/d";
        check(Method::POST, 301, home, "GET https://a.b/d [\"x-key\"] ");
        check(Method::POST, 302, home, "GET https://a.b/d [\"x-key\"] ");
        check(Method::PUT, 302, home, "PUT https://a.b/d [\"content-type\", \"x-key\"] {}");
        check(Method::PUT, 303, home, "GET https://a.b/d [\"x-key\"] ");
        check(Method::POST, 307, home, "POST https://a.b/d [\"content-type\", \"x-key\"] {}");
        check(Method::POST, 308, home, "POST https://a.b/d [\"content-type\", \"x-key\"] {}");
        check(Method::HEAD, 303, home, "HEAD https://a.b/d [\"content-type\", \"x-key\"] {}");
    }

    #[test]
    fn headers_are_not_sent_to_other_origins() {
        check(Method::POST, 308, "https://a.b:443/", "POST https://a.b/ [\"content-type\", \"x-key\"] {}");
        check(Method::POST, 308, "https://a.b:444/", "POST https://a.b:444/ [] {}");
        check(Method::POST, 308, "http://a.b/", "POST http://a.b/ [] {}");
        check(Method::POST, 308, "https://b.a.b/", "POST https://b.a.b/ [] {}");
    }
}
