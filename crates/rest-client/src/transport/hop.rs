//! What goes over the wire, which a redirect changes.

use catchment_settings::Secret;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use url::Url;

use crate::body::Body;
use crate::foreign;
use crate::outgoing::{Outgoing, remove_query};
use crate::redact::sounds_secret;
use crate::request::Request;
use crate::rules::Rules;

/// A request at one of the places that redirects lead it to, without the credentials of an [`Auth`](crate::Auth).
pub(super) struct Hop {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Body>,
    /// Whether it gets credentials.
    pub(super) trusted: bool,
    /// What is masked in answers.
    pub(super) hidden: Vec<Secret>,
}

impl Hop {
    /// The place that a request begins at.
    pub(super) fn first(request: &Request, rules: &Rules) -> Hop {
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
            hidden: request.hidden.clone(),
        };
        hop.default_content_type(body.and_then(|body| body.content_type()));
        hop.drop_credentials_of_links(rules);
        hop
    }

    /// Gives up all credentials and secrets: a redirect leads to an origin that is not trusted.
    pub(super) fn distrust(&mut self) {
        self.trusted = false;
        self.headers.clear();
        self.body = self.body.take().and_then(|body| foreign::without_secrets(body, &self.hidden));
    }

    /// Takes out of the query what the auth puts there: a link that an answer brought along may have it.
    pub(super) fn drop_credentials_of_links(&mut self, rules: &Rules) {
        for name in rules.auth.iter().flat_map(|auth| auth.query_params()) {
            remove_query(&mut self.url, name);
        }
    }

    /// The request to send, as yet without credentials.
    pub(super) fn outgoing(&self) -> Outgoing {
        let (method, url, headers) = (self.method.clone(), self.url.clone(), self.headers.clone());
        let body = self.body.as_ref().map(Body::bytes);
        let of_headers = headers.iter().filter(|(name, _)| sounds_secret(name.as_str()));
        let of_headers = of_headers.filter_map(|(_, value)| value.to_str().ok().map(Secret::from));
        let secrets = self.hidden.iter().cloned().chain(of_headers).collect();
        Outgoing { method, url, headers, body, secrets }
    }

    fn default_content_type(&mut self, content_type: Option<&'static str>) {
        if let Some(content_type) = content_type.filter(|_| !self.headers.contains_key(CONTENT_TYPE)) {
            self.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
    }
}
