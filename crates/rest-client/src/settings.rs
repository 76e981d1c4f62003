//! What is set of requests.

use std::time::Duration;

use catchment_settings::{FieldReader, FromSettings, IncompleteSettings, Settings};

use crate::builder::DEFAULT_MAX_RESPONSE_BYTES;
use crate::{RestClientBuilder, RetryPolicy};

/// How requests are sent: `runtime`.
///
/// ```
/// use catchment_rest_client::{RequestSettings, RestClient};
/// use catchment_settings::{NoSettings, Settings};
///
/// let settings = Settings::new(&NoSettings).read::<RequestSettings>()?;
/// let client = settings.apply(RestClient::builder());
/// # Ok::<(), catchment_settings::SettingsError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RequestSettings {
    /// When a request is sent again.
    pub retry: RetryPolicy,
    /// How long nothing may come; see [`RestClientBuilder::timeout`].
    pub timeout: Duration,
    /// How much memory an answer may take; see [`RestClientBuilder::max_response_bytes`].
    pub max_response_bytes: usize,
}

impl RequestSettings {
    /// The client that sends requests like that.
    #[must_use]
    pub fn apply(&self, client: RestClientBuilder) -> RestClientBuilder {
        client.retry(self.retry).timeout(self.timeout).max_response_bytes(self.max_response_bytes)
    }
}

impl FromSettings for RequestSettings {
    fn scope(settings: Settings<'_>) -> Settings<'_> {
        settings.fixed("runtime")
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        let default = RetryPolicy::default();
        let retry = RetryPolicy {
            max_attempts: fields.with_default(
                "request_max_attempts",
                "How often a request is sent, the first time included.",
                default.max_attempts,
            ),
            backoff_factor: fields.with_default(
                "request_backoff_factor",
                "The delay in seconds before the second attempt; each further one is twice as long.",
                default.backoff_factor,
            ),
            max_delay: fields.with_default(
                "request_max_retry_delay",
                "The longest delay between two attempts in seconds, also where the server asks for more.",
                default.max_delay,
            ),
            ..default
        };
        let about = "How many seconds a connection, or the next bytes of an answer, are waited for.";
        let timeout = fields.with_default("request_timeout", about, Duration::from_secs(60));
        let max_response_bytes = fields.with_default(
            "response_max_bytes",
            "How many bytes of memory an answer may take: its body, decompressed, and 16 bytes for each value and key in it. The pages \
             that are in flight at the same time share a quarter of it; a page that does not fit in beside others is requested again.",
            DEFAULT_MAX_RESPONSE_BYTES,
        );
        Ok(RequestSettings { retry, timeout, max_response_bytes })
    }
}
