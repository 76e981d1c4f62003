//! A request on its way out, to which credentials are added.

use catchment_settings::{Redactor, Secret};
use reqwest::Method;
use reqwest::header::{COOKIE, HeaderMap, HeaderValue};
use url::Url;

use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::request::header;

/// One request as it goes over the wire: what an [`Auth`](crate::Auth) reads, to sign it, and adds its credentials to.
///
/// What is added is never printed, and masked where an answer gives it back.
///
/// ```
/// use catchment_rest_client::{AuthFuture, Auth, UnauthenticatedClient, OutgoingRequest, Secret};
///
/// /// PageMetadata method, path and body of every request.
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
}

impl OutgoingRequest {
    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The URL with its query, other credentials included.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The headers so far.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body; nothing where there is none.
    pub fn body(&self) -> Option<&[u8]> {
        self.body.as_deref()
    }

    /// Adds a secret to those that the client [knows](crate::RestClient::redactor): what credentials are made of.
    pub fn add_secret(&mut self, secret: &Secret) {
        self.redactor.add_temporary(secret);
    }

    /// Sets a header, in the place of those that have its name: `scheme` and a space, if it is not empty, and the secret.
    ///
    /// # Errors
    ///
    /// Where name or value have a character that headers cannot have.
    pub fn set_header(&mut self, name: &str, scheme: &str, secret: &Secret) -> Result<(), Error> {
        let space = if scheme.is_empty() { "" } else { " " };
        let (name, value) = header(name, &format!("{scheme}{space}{}", secret.expose()))?;
        self.headers.insert(name, value);
        self.redactor.add_temporary(secret);
        Ok(())
    }

    /// Sets a parameter of the query, in the place of those that have its name. An [`Auth`](crate::Auth) that does this
    /// has to name it in [`query_params`](crate::Auth::query_params).
    pub fn set_query_param(&mut self, name: &str, secret: &Secret) {
        remove_query(&mut self.url, name);
        self.url.query_pairs_mut().append_pair(name, secret.expose());
        self.redactor.add_temporary(secret);
    }

    /// Sets a cookie beside those that are there.
    ///
    /// # Errors
    ///
    /// Where name or value have a character that cookies cannot have.
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

/// Takes all parameters of a name out of the query of `url`. The others stay as they are, byte for byte.
pub(crate) fn remove_query(url: &mut Url, name: &str) {
    let is_other = |pair: &&str| url::form_urlencoded::parse(pair.as_bytes()).next().is_none_or(|(key, _)| key != name);
    let Some(query) = url.query() else { return };
    let kept: Vec<&str> = query.split('&').filter(is_other).collect();
    let kept = (!kept.is_empty()).then(|| kept.join("&"));
    url.set_query(kept.as_deref());
}

/// Without its credentials.
impl std::fmt::Debug for OutgoingRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing").field("method", &self.method).field("headers", &self.headers.keys()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{HeaderMap, Method, OutgoingRequest, Redactor, Secret, Url, remove_query};

    fn outgoing(url: &str) -> OutgoingRequest {
        let (method, url) = (Method::GET, Url::parse(url).unwrap());
        OutgoingRequest { method, url, headers: HeaderMap::new(), body: None, redactor: Redactor::default() }
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
    fn cookies_stand_beside_each_other() {
        #[track_caller]
        fn check(pairs: &[(&str, &str)], expected: &str) {
            let mut outgoing = outgoing("https://a.b/");
            let set = pairs.iter().try_for_each(|(name, value)| outgoing.set_cookie(name, &Secret::from(*value)));
            let found = set.map(|()| outgoing.headers["cookie"].to_str().unwrap().to_owned());
            assert_eq!(found.unwrap_or_else(|error| error.to_string()), expected);
        }
        check(&[("a", "1")], "a=1");
        check(&[("a", "1"), ("b", "2"), ("a", "3")], "b=2; a=3");
        let refused = "the cookie \"a\" cannot be sent: its name or value has a character that cookies cannot have";
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
