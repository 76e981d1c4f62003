//! What a client does with every request, whatever the endpoint.

use std::sync::Arc;

use catchment_settings::Redactor;
use reqwest::header::HeaderMap;
use url::{Origin, Url};

use crate::auth::Auth;
use crate::cookies::Cookies;
use crate::response_action::ResponseAction;
use crate::retry::RetryPolicy;

/// Headers, credentials and what is made of answers.
#[derive(Debug, Clone, Default)]
pub(crate) struct RequestConfig {
    pub(crate) headers: HeaderMap,
    pub(crate) auth: Option<Arc<dyn Auth>>,
    /// The cookies that responses have set. They belong to the credentials that they were received with.
    pub(crate) cookies: Arc<Cookies>,
    pub(crate) retry: RetryPolicy,
    pub(crate) response_actions: Vec<ResponseAction>,
    /// Where credentials may go besides the origin of the first request.
    pub(crate) trusted_origins: Vec<Origin>,
    /// The secrets that the client knows.
    pub(crate) redactor: Redactor,
}

impl RequestConfig {
    /// Whether credentials that go to `from` may go to `to`, which an answer from there has named.
    pub(crate) fn is_trusted_from(&self, from: &Url, to: &Url) -> bool {
        to.origin() == from.origin() || self.is_trusted_origin(to)
    }

    /// Whether credentials may go to `to` from everywhere.
    pub(crate) fn is_trusted_origin(&self, to: &Url) -> bool {
        self.trusted_origins.contains(&to.origin())
    }
}
