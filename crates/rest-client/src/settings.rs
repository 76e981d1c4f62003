//! Settings of requests.

use std::time::Duration;

use catchment_settings::{FieldReader, FromSettings, IncompleteSettings, ScopedSettings};

use crate::builder::DEFAULT_MAX_RESPONSE_BYTES;
use crate::{RestClientBuilder, RetryPolicy};

/// The request settings of the section `runtime`.
///
/// ```
/// use catchment_rest_client::{RequestSettings, RestClient};
/// use catchment_settings::{NoSettings, ScopedSettings};
///
/// let settings = ScopedSettings::new(&NoSettings).read::<RequestSettings>()?;
/// let client = settings.apply(RestClient::builder());
/// # Ok::<(), catchment_settings::SettingsError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RequestSettings {
    /// The retry policy.
    pub retry: RetryPolicy,
    /// The timeout of [`RestClientBuilder::timeout`].
    pub timeout: Duration,
    /// The memory limit of [`RestClientBuilder::max_response_bytes`].
    pub max_response_bytes: usize,
}

impl RequestSettings {
    /// Applies the settings to a client builder.
    #[must_use]
    pub fn apply(&self, client: RestClientBuilder) -> RestClientBuilder {
        client.retry(self.retry).timeout(self.timeout).max_response_bytes(self.max_response_bytes)
    }
}

impl FromSettings for RequestSettings {
    fn scope(settings: ScopedSettings<'_>) -> ScopedSettings<'_> {
        settings.fixed("runtime")
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        let default = RetryPolicy::default();
        let retry = RetryPolicy {
            max_attempts: fields.with_default(
                "request_max_attempts",
                "Maximum number of attempts for a request, including the first; at least 1.",
                default.max_attempts,
            ),
            backoff_factor: fields.with_default(
                "request_backoff_factor",
                "Delay before the second attempt in seconds; doubles with each further attempt.",
                default.backoff_factor,
            ),
            max_delay: fields.with_default(
                "request_max_retry_delay",
                "Maximum delay between attempts in seconds, also for delays requested by the server.",
                default.max_delay,
            ),
            ..default
        };
        let about = "Timeout in seconds for connecting, and for the next bytes of a response.";
        let timeout = fields.with_default("request_timeout", about, Duration::from_secs(60));
        let max_response_bytes = fields.with_default(
            "response_max_bytes",
            "Maximum memory of a response in bytes: its decompressed body and 16 bytes for each value and key. All pages in memory \
             share a quarter of it; a page that does not fit is requested again later.",
            DEFAULT_MAX_RESPONSE_BYTES,
        );
        Ok(RequestSettings { retry, timeout, max_response_bytes })
    }
}
