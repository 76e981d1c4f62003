//! In-memory cookie store.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use catchment_settings::{Redactor, Secret};
use cookie_store::{Cookie, CookieDomain, CookieStore, StoreAction};
use reqwest::header::{COOKIE, HeaderMap, HeaderValue, SET_COOKIE};
use url::Url;

use crate::outgoing::OutgoingRequest;

/// Maximum number of cookies in a client.
const MAX_COOKIES: usize = 200;

/// Maximum length of an accepted `Set-Cookie` header in bytes; browsers must accept at least as much.
const MAX_COOKIE_BYTES: usize = 4096;

/// Maximum length of the received cookies in a `Cookie` header, in bytes. Servers reject much larger headers.
const MAX_HEADER_BYTES: usize = 16 << 10;

/// The cookies of responses, which are added to later requests by domain, path, scheme and expiry (RFC 6265), including
/// redirects, retries and next pages.
///
/// Values are treated as secrets: they are not logged, and are masked in excerpts of responses that repeat them.
#[derive(Default)]
pub(crate) struct Cookies {
    /// One store per port, `None` for the default port: cookies ignore ports, but another port is another origin.
    stores: Mutex<HashMap<Option<u16>, CookieStore>>,
}

impl Cookies {
    /// Stores the cookies that the response from `url` sets.
    pub(crate) fn keep(&self, url: &Url, headers: &HeaderMap, redactor: &Redactor) {
        for header in headers.get_all(SET_COOKIE) {
            if header.len() > MAX_COOKIE_BYTES {
                tracing::debug!(host = url.host_str(), bytes = header.len(), "ignored a cookie that exceeds the size limit");
                continue;
            }
            let Ok(text) = std::str::from_utf8(header.as_bytes()) else { continue };
            let Ok(cookie) = Cookie::parse(text.to_owned(), url) else { continue };
            if is_of_top_level_domain(&cookie, url) {
                continue;
            }
            hide(cookie.value(), redactor);
            self.insert(cookie, url);
        }
    }

    fn insert(&self, cookie: Cookie<'static>, url: &Url) {
        let mut stores = self.stores();
        let key = (String::from(&cookie.domain), String::from(&cookie.path), cookie.name().to_owned());
        let is_new = !stores.get(&url.port()).is_some_and(|store| store.contains_any(&key.0, &key.1, &key.2));
        if is_new && count(&stores) >= MAX_COOKIES {
            stores.values_mut().for_each(remove_expired);
            if count(&stores) >= MAX_COOKIES {
                tracing::debug!(host = url.host_str(), limit = MAX_COOKIES, "ignored a cookie: the cookie store is full");
                return;
            }
        }
        let store = stores.entry(url.port()).or_default();
        if let Ok(StoreAction::ExpiredExisting) = store.insert(cookie, url) {
            store.remove(&key.0, &key.1, &key.2);
        }
    }

    /// Adds the cookies for the URL of a request, except for names that its `Cookie` header already contains.
    pub(crate) fn add_to(&self, request: &mut OutgoingRequest) {
        let present = request.headers.get_all(COOKIE).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let mut pairs: Vec<String> =
            present.flat_map(|text| text.split(';').map(|pair| pair.trim().to_owned()).collect::<Vec<_>>()).collect();
        pairs.retain(|pair| !pair.is_empty());
        pairs.iter().filter_map(|pair| pair.split_once('=')).for_each(|(_, value)| hide(value, &request.redactor));
        let configured = pairs.len();
        if let Some(store) = self.stores().get(&request.url.port()) {
            let mut matches = store.matches(&request.url);
            // longer paths first (RFC 6265); then by name, so that the order is deterministic
            matches.sort_by_cached_key(|cookie| (std::cmp::Reverse(cookie.path.len()), cookie.name().to_owned()));
            let mut bytes = 0;
            for cookie in matches {
                let (name, value) = cookie.name_value();
                let is_configured = pairs.iter().take(configured).any(|pair| pair.split('=').next() == Some(name));
                bytes += name.len() + value.len() + 3;
                if is_configured || bytes > MAX_HEADER_BYTES {
                    continue;
                }
                pairs.push(format!("{name}={value}"));
                hide(value, &request.redactor);
            }
        }
        // without received cookies the configured header is sent unchanged
        if pairs.len() > configured
            && let Ok(mut value) = HeaderValue::from_bytes(pairs.join("; ").as_bytes())
        {
            value.set_sensitive(true);
            request.headers.insert(COOKIE, value);
        }
    }

    fn stores(&self) -> MutexGuard<'_, HashMap<Option<u16>, CookieStore>> {
        self.stores.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns true if a cookie would be sent to all hosts of a top-level domain.
fn is_of_top_level_domain(cookie: &Cookie<'_>, url: &Url) -> bool {
    matches!(&cookie.domain, CookieDomain::Suffix(domain) if !domain.contains('.') && url.host_str() != Some(domain.as_str()))
}

fn count(stores: &HashMap<Option<u16>, CookieStore>) -> usize {
    stores.values().map(|store| store.iter_any().count()).sum()
}

fn remove_expired(store: &mut CookieStore) {
    let expired = store.iter_any().filter(|cookie| cookie.is_expired());
    let keys: Vec<_> =
        expired.map(|cookie| (String::from(&cookie.domain), String::from(&cookie.path), cookie.name().to_owned())).collect();
    for (domain, path, name) in keys {
        store.remove(&domain, &path, &name);
    }
}

/// Adds a value to the secrets, unless it is a short word or number, as in `theme=light`.
fn hide(value: &str, redactor: &Redactor) {
    let is_mixed = value.contains(char::is_numeric) && value.contains(char::is_alphabetic);
    if is_mixed || value.len() > 8 {
        redactor.add_temporary(&Secret::from(value));
    }
}

/// Omits the cookies, which are secrets.
impl fmt::Debug for Cookies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cookies(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::{
        COOKIE, Cookies, HeaderMap, HeaderValue, MAX_COOKIE_BYTES, MAX_COOKIES, MAX_HEADER_BYTES, OutgoingRequest, Redactor,
        SET_COOKIE, Url,
    };
    use reqwest::Method;

    fn keep(cookies: &Cookies, url: &str, set: &[&str]) {
        let headers: HeaderMap = set.iter().map(|text| (SET_COOKIE, HeaderValue::from_str(text).unwrap())).collect();
        cookies.keep(&Url::parse(url).unwrap(), &headers, &Redactor::default());
    }

    /// Returns the `Cookie` header of a request to `url` with the header `configured`.
    fn sent(cookies: &Cookies, url: &str, configured: &str) -> String {
        let (method, url) = (Method::GET, Url::parse(url).unwrap());
        let (headers, redactor) = (HeaderMap::new(), Redactor::default());
        let mut request = OutgoingRequest { method, url, headers, body: None, redactor, token_number: None };
        if !configured.is_empty() {
            request.headers.insert(COOKIE, HeaderValue::from_str(configured).unwrap());
        }
        cookies.add_to(&mut request);
        assert!(request.headers.get_all(COOKIE).iter().count() <= 1);
        request.headers.get(COOKIE).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    /// Checks the cookies that a request to `url` sends after https://api.x.com/v1/rows has set some.
    #[track_caller]
    fn check(set: &[&str], url: &str, expected: &str) {
        let cookies = Cookies::default();
        keep(&cookies, "https://api.x.com/v1/rows", set);
        assert_eq!(sent(&cookies, url, ""), expected, "{set:?} {url}");
    }

    #[test]
    fn cookies_are_sent_to_their_host() {
        check(&["a=1"], "https://api.x.com/v1/rows", "a=1");
        check(&["a=1", "b=2; Path=/; HttpOnly"], "https://api.x.com/v1/more?page=2", "a=1; b=2");
        check(&["a=1"], "https://www.x.com/v1/rows", "");
        check(&["a=1"], "https://x.com/v1/rows", "");
        check(&["a=1"], "https://b.api.x.com/v1/rows", "");
        check(&["a=1"], "https://evil.com/v1/rows", "");
        check(&["a=1"], "https://api.x.com:443/v1/rows", "a=1");
        check(&["a=1"], "https://api.x.com:8443/v1/rows", "");
    }

    #[test]
    fn domains() {
        check(&["a=1; Domain=x.com"], "https://www.x.com/v1/", "a=1");
        check(&["a=1; Domain=.x.com"], "https://x.com/v1/", "a=1");
        check(&["a=1; Domain=x.com"], "https://evilx.com/v1/", "");
        check(&["a=1; Domain=y.com"], "https://y.com/v1/", "");
        check(&["a=1; Domain=y.com"], "https://api.x.com/v1/", "");
        check(&["a=1; Domain=com"], "https://y.com/v1/", "");
        check(&["a=1; Domain=www.x.com"], "https://www.x.com/v1/", "");
    }

    #[test]
    fn paths() {
        check(&["a=1"], "https://api.x.com/", "");
        check(&["a=1; Path=/v1/rows"], "https://api.x.com/v1/rows/2", "a=1");
        check(&["a=1; Path=/v1/rows"], "https://api.x.com/v1/rows2", "");
        check(&["a=1; Path=/", "a=2; Path=/v1"], "https://api.x.com/v1/rows", "a=2; a=1");
    }

    #[test]
    fn secure_cookies_need_https() {
        check(&["a=1; Secure"], "https://api.x.com/v1/rows", "a=1");
        check(&["a=1; Secure"], "http://api.x.com/v1/rows", "");
    }

    #[test]
    fn expiry() {
        let url = "https://api.x.com/v1/rows";
        check(&["a=1; Max-Age=60"], url, "a=1");
        check(&["a=1", "a=; Max-Age=0"], url, "");
        check(&["a=1", "a=2; Max-Age=-1"], url, "");
        check(&["a=1", "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], url, "");
        check(&["a=1", "a=; Expires=Thu, 01-Jan-1970 00:00:00 GMT"], url, "");
        check(&["a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], url, "a=1");
        check(&["a=1; Expires=Fri, 31 Dec 9998 23:59:59 GMT"], url, "a=1");
        check(&["a=1", "a=2"], url, "a=2");
    }

    #[test]
    fn invalid_cookies_are_ignored() {
        check(&["", ";", "=1", "b=2"], "https://api.x.com/v1/rows", "b=2");
    }

    #[test]
    fn configured_cookies_take_precedence() {
        let cookies = Cookies::default();
        let url = "https://api.x.com/v1/rows";
        keep(&cookies, url, &["a=1", "b=2"]);
        assert_eq!(sent(&cookies, url, "a=mine"), "a=mine; b=2");
        assert_eq!(sent(&cookies, url, "c=3;a=mine"), "c=3; a=mine; b=2");
        assert_eq!(sent(&cookies, url, "b=4; a=mine"), "b=4; a=mine");
        assert_eq!(sent(&cookies, "https://y.com/", "a=mine"), "a=mine");
    }

    #[test]
    fn number_and_size_are_bounded() {
        let cookies = Cookies::default();
        let url = "https://api.x.com/v1/rows";
        keep(&cookies, url, &[&format!("long={}", "x".repeat(MAX_COOKIE_BYTES))]);
        assert_eq!(sent(&cookies, url, ""), "");
        for number in 0..MAX_COOKIES + 5 {
            keep(&cookies, url, &[&format!("c{number}=1")]);
        }
        assert_eq!(sent(&cookies, url, "").split("; ").count(), MAX_COOKIES);
        // existing cookies can still change, and expired ones free space
        keep(&cookies, url, &["c0=; Max-Age=0", "c1=new", "d=1"]);
        let header = sent(&cookies, url, "");
        assert!(header.contains("c1=new") && header.contains("d=1") && !header.contains("c0="));
        for number in 2..100 {
            keep(&cookies, url, &[&format!("c{number}={}", "x".repeat(1000))]);
        }
        assert!(sent(&cookies, url, "").len() <= MAX_HEADER_BYTES);
    }

    #[test]
    fn debug_output_hides_cookies() {
        let cookies = Cookies::default();
        keep(&cookies, "https://api.x.com/", &["a=s3cret"]);
        assert!(!format!("{cookies:?}").contains("s3cret"));
    }
}
