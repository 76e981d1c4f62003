//! Configuration that applies to every request of a client.

use std::sync::Arc;

use catchment_settings::Redactor;
use reqwest::header::HeaderMap;
use url::{Origin, Url};

use crate::auth::Auth;
use crate::cookies::Cookies;
use crate::response_action::ResponseAction;
use crate::retry::RetryPolicy;

/// Headers, credentials, retry policy and response actions of a client.
#[derive(Debug, Clone, Default)]
pub(crate) struct RequestConfig {
    pub(crate) headers: HeaderMap,
    pub(crate) auth: Option<Arc<dyn Auth>>,
    /// The received cookies. They belong to the current credentials, and are discarded with them.
    pub(crate) cookies: Arc<Cookies>,
    pub(crate) retry: RetryPolicy,
    pub(crate) response_actions: Vec<ResponseAction>,
    /// The origins that may receive credentials besides that of the first request.
    pub(crate) trusted_origins: Vec<Origin>,
    /// The secrets of the client.
    pub(crate) redactor: Redactor,
    /// Whether the requests fetch credentials for another request.
    pub(crate) fetches_credentials: bool,
}

impl RequestConfig {
    /// Returns true if credentials for `from` may be sent to `to`, which a response from there contains.
    pub(crate) fn is_trusted_from(&self, from: &Url, to: &Url) -> bool {
        to.origin() == from.origin() || self.is_trusted_origin(to)
    }

    /// Returns true if the origin of `to` is configured as trusted.
    pub(crate) fn is_trusted_origin(&self, to: &Url) -> bool {
        self.trusted_origins.contains(&to.origin())
    }
}
