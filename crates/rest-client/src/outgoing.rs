//! The request that an [`Auth`](crate::Auth) adds credentials to.

use catchment_settings::{Redactor, Secret};
use reqwest::Method;
use reqwest::header::{COOKIE, HeaderMap, HeaderValue};
use url::Url;

use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::request::header;

/// A request right before it is sent. An [`Auth`](crate::Auth) signs it or adds credentials to it.
///
/// Added credentials are never printed, and are masked in excerpts of responses that repeat them.
///
/// ```
/// use catchment_rest_client::{AuthFuture, Auth, UnauthenticatedClient, OutgoingRequest, Secret};
///
/// /// Signs the method, path and body of every request.
/// #[derive(Debug)]
/// struct Signed(fn(&str) -> String);
///
/// impl Auth for Signed {
///     fn apply<'a>(&'a self, request: &'a mut OutgoingRequest, _: &'a UnauthenticatedClient) -> AuthFuture<'a> {
///         Box::pin(async move {
///             let body = String::from_utf8_lossy(request.body().unwrap_or_default());
///             let text = format!("{} {}\n{body}", request.method(), request.url().path());
///             let signature = Secret::from((self.0)(&text));
///             request.set_header("X-Signature", "", &signature)
///         })
///     }
/// }
/// ```
pub struct OutgoingRequest {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) redactor: Redactor,
    /// The number of the access token in the request, if [`OAuth2`](crate::OAuth2) has added one.
    pub(crate) token_number: Option<u64>,
}

impl OutgoingRequest {
    /// Returns the method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Returns the URL with its query, which may already contain credentials.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Returns the headers set so far.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the encoded body, if the request has one.
    pub fn body(&self) -> Option<&[u8]> {
        self.body.as_deref()
    }

    /// Adds a secret to the [redactor](crate::RestClient::redactor) of the client, such as a part of the credentials.
    pub fn add_secret(&mut self, secret: &Secret) {
        self.redactor.add_temporary(secret);
    }

    /// Sets a header, replacing those of the same name. The value is the secret, after `scheme` and a space if `scheme`
    /// is not empty.
    ///
    /// # Errors
    ///
    /// Returns an error if name or value contain a character that is invalid in headers.
    pub fn set_header(&mut self, name: &str, scheme: &str, secret: &Secret) -> Result<(), Error> {
        let space = if scheme.is_empty() { "" } else { " " };
        let (name, value) = header(name, &format!("{scheme}{space}{}", secret.expose()))?;
        self.headers.insert(name, value);
        self.redactor.add_temporary(secret);
        Ok(())
    }

    /// Sets a query parameter, replacing those of the same name. An [`Auth`](crate::Auth) that sets one must return its name
    /// in [`query_params`](crate::Auth::query_params).
    pub fn set_query_param(&mut self, name: &str, secret: &Secret) {
        remove_query(&mut self.url, name);
        self.url.query_pairs_mut().append_pair(name, secret.expose());
        self.redactor.add_temporary(secret);
    }

    /// Sets a cookie. Cookies of other names are kept.
    ///
    /// # Errors
    ///
    /// Returns an error if name or value contain a character that is invalid in cookies.
    pub fn set_cookie(&mut self, name: &str, secret: &Secret) -> Result<(), Error> {
        let refused = || Error::new(ErrorKind::InvalidCookie { name: name.to_owned() });
        let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic() && !br#"()<>@,;:\"/[]?={}"#.contains(&b));
        if !is_name || !secret.expose().bytes().all(|b| b.is_ascii_graphic() && !br#"",;\"#.contains(&b)) {
            return Err(refused());
        }
        let others = self.headers.get(COOKIE).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let others = others.into_iter().flat_map(|text| text.split(';').map(|pair| pair.trim().to_owned()).collect::<Vec<_>>());
        let mut pairs: Vec<String> = others.filter(|pair| pair.split('=').next() != Some(name)).collect();
        pairs.push(format!("{name}={}", secret.expose()));
        let mut value = HeaderValue::from_str(&pairs.join("; ")).map_err(|_| refused())?;
        value.set_sensitive(true);
        self.headers.insert(COOKIE, value);
        self.redactor.add_temporary(secret);
        Ok(())
    }
}

/// Removes all parameters of a name from the query of `url`. The others are unchanged, byte for byte.
pub(crate) fn remove_query(url: &mut Url, name: &str) {
    let is_other = |pair: &&str| url::form_urlencoded::parse(pair.as_bytes()).next().is_none_or(|(key, _)| key != name);
    let Some(query) = url.query() else { return };
    let remaining: Vec<&str> = query.split('&').filter(is_other).collect();
    let remaining = (!remaining.is_empty()).then(|| remaining.join("&"));
    url.set_query(remaining.as_deref());
}

/// Omits URL, header values and body, which may contain credentials.
impl std::fmt::Debug for OutgoingRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutgoingRequest")
            .field("method", &self.method)
            .field("headers", &self.headers.keys())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{HeaderMap, Method, OutgoingRequest, Redactor, Secret, Url, remove_query};

    fn outgoing(url: &str) -> OutgoingRequest {
        let (method, url) = (Method::GET, Url::parse(url).unwrap());
        OutgoingRequest { method, url, headers: HeaderMap::new(), body: None, redactor: Redactor::default(), token_number: None }
    }

    #[test]
    fn parameters_are_replaced() {
        #[track_caller]
        fn check(query: &str, expected: &str) {
            let mut outgoing = outgoing(&format!("https://a.b/{query}"));
            outgoing.set_query_param("k", &Secret::from("s&1"));
            assert_eq!(outgoing.url.as_str(), format!("https://a.b/{expected}"));
            remove_query(&mut outgoing.url, "k");
            assert!(!outgoing.url.as_str().contains("s%261"));
        }
        check("", "?k=s%261");
        check("?q=a%20b", "?q=a%20b&k=s%261");
        check("?k=old&q=1&k", "?q=1&k=s%261");
        check("?%6b=old", "?k=s%261");
    }

    #[test]
    fn set_cookie_keeps_other_cookies() {
        #[track_caller]
        fn check(pairs: &[(&str, &str)], expected: &str) {
            let mut outgoing = outgoing("https://a.b/");
            let set = pairs.iter().try_for_each(|(name, value)| outgoing.set_cookie(name, &Secret::from(*value)));
            let found = set.map(|()| outgoing.headers["cookie"].to_str().unwrap().to_owned());
            assert_eq!(found.unwrap_or_else(|error| error.to_string()), expected);
        }
        check(&[("a", "1")], "a=1");
        check(&[("a", "1"), ("b", "2"), ("a", "3")], "b=2; a=3");
        let refused = "invalid cookie \"a\": its name or value has a character that cookies cannot contain, such as a semicolon";
        check(&[("a", "1;2")], refused);
        check(&[("a", "1\n")], refused);
        check(&[("a=b", "1")], &refused.replace("\"a\"", "\"a=b\""));
    }

    #[test]
    fn debug_output_hides_credentials() {
        let mut outgoing = outgoing("https://a.b/");
        outgoing.set_query_param("k", &Secret::from("s3cret"));
        outgoing.set_header("authorization", "Bearer", &Secret::from("s3cret")).unwrap();
        assert!(!format!("{outgoing:?}").contains("s3cret"));
    }
}
