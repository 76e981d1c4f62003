//! The request to the current URL of a redirect chain.

use catchment_settings::{Redactor, Secret, is_secret_name};
use percent_encoding::percent_decode_str;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use url::Url;

use crate::body::Body;
use crate::outgoing::{OutgoingRequest, remove_query};
use crate::request::Request;
use crate::request_config::RequestConfig;
use crate::untrusted_origin;

/// A request to one URL of a redirect chain, without the credentials of an [`Auth`](crate::Auth).
pub(super) struct Hop {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Body>,
    /// Whether the origin may receive credentials.
    pub(super) trusted: bool,
    /// The secrets of the client.
    pub(super) redactor: Redactor,
}

impl Hop {
    /// Creates the first hop of a request.
    pub(super) fn first(request: &Request, rules: &RequestConfig) -> Hop {
        let mut headers = if request.trusted { rules.headers.clone() } else { HeaderMap::new() };
        for name in request.headers.keys() {
            headers.remove(name);
            for value in request.headers.get_all(name) {
                headers.append(name, value.clone());
            }
        }
        let body = request.body.as_ref();
        let mut hop = Hop {
            method: request.method.clone(),
            url: request.full_url(),
            headers,
            body: body.cloned(),
            trusted: request.trusted,
            redactor: rules.redactor.clone(),
        };
        hop.default_content_type(body.and_then(|body| body.content_type()));
        hop.drop_credentials_of_links(rules);
        hop
    }

    /// Removes all credentials and secrets, for a redirect to an untrusted origin.
    pub(super) fn strip_credentials(&mut self) {
        self.trusted = false;
        self.headers.clear();
        self.body = self.body.take().and_then(|body| untrusted_origin::without_secrets(body, &self.redactor));
    }

    /// Removes the query parameters that the authentication sets, because a link in a response may contain them.
    pub(super) fn drop_credentials_of_links(&mut self, rules: &RequestConfig) {
        for name in rules.auth.iter().flat_map(|auth| auth.query_params()) {
            remove_query(&mut self.url, name);
        }
    }

    /// Returns the request to send, before credentials are added.
    pub(super) fn outgoing(&self) -> OutgoingRequest {
        let (method, url, headers) = (self.method.clone(), self.url.clone(), self.headers.clone());
        let body = self.body.as_ref().map(Body::bytes);
        for (_, value) in headers.iter().filter(|(name, _)| is_secret_name(name.as_str())) {
            hide_header(value, &self.redactor);
        }
        if let Some(password) = url.password() {
            let password = percent_decode_str(password).decode_utf8_lossy();
            self.redactor.add_temporary(&Secret::from(password.as_ref()));
        }
        OutgoingRequest { method, url, headers, body, redactor: self.redactor.clone(), token_number: None }
    }

    fn default_content_type(&mut self, content_type: Option<&'static str>) {
        if let Some(content_type) = content_type.filter(|_| !self.headers.contains_key(CONTENT_TYPE)) {
            self.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
    }
}

/// Adds a header value to the secrets, and its part after an authentication scheme such as `Bearer` or `Basic`.
fn hide_header(value: &HeaderValue, redactor: &Redactor) {
    let Ok(value) = value.to_str() else { return };
    redactor.add_temporary(&Secret::from(value));
    if let Some((_, secret)) = value.split_once(' ') {
        redactor.add_temporary(&Secret::from(secret));
    }
}
