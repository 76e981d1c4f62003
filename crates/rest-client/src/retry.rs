//! Retry policy: exponential backoff and `Retry-After`.
//!
//! Only this module uses the `backoff` crate, and only to compute delays: the crate is unmaintained, and its retry loop
//! gives up after 15 minutes by default.

use std::time::Duration;

use backoff::ExponentialBackoff;
use backoff::backoff::Backoff;

use crate::error_kind::ErrorKind;

mod retry_after;
mod retry_after_value;

pub(crate) use retry_after::{is_rate_limit, stated_wait};

/// A retry policy with exponential backoff.
///
/// A request is retried after the statuses 429 and 500 to 599, after 403 with an `X-RateLimit-Remaining` of 0, and after
/// connection failures, timeouts and incomplete bodies. A [`ResponseAction`](crate::ResponseAction) overrides this for any
/// response.
///
/// A request that is not [idempotent](field@crate::Request::idempotent) is retried only if the server did not process it:
/// no connection could be established, or a rate limit rejected the request.
///
/// A delay requested by the server takes precedence: `Retry-After`, `X-Retry-After` or `Retry-After-Ms`, and for a rate
/// limit also `X-RateLimit-Reset`, `X-RateLimit-Reset-After`, `RateLimit-Reset` or `RateLimit`. Supported values are
/// seconds, Unix timestamps, HTTP dates and ISO 8601 timestamps. Timestamps are compared with the `Date` of the response.
///
/// ```
/// use std::time::Duration;
/// use catchment_rest_client::RetryPolicy;
///
/// let patient = RetryPolicy { max_attempts: 10, ..RetryPolicy::default() };
/// assert_eq!(patient.backoff_factor, 1.0);
/// assert_eq!(patient.max_delay, Duration::from_secs(300));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetryPolicy {
    /// Maximum number of attempts, including the first. At least 1. Default: 5.
    pub max_attempts: u32,
    /// Delay before the second attempt in seconds; doubles with each further attempt. A random jitter of up to 50 % keeps
    /// clients from retrying at the same time. Default: 1.
    pub backoff_factor: f64,
    /// Maximum delay, also for delays requested by the server. Default: 300 seconds.
    pub max_delay: Duration,
    /// Maximum total time of a request, including all attempts, delays and the body. No attempt starts later, and a running
    /// attempt is aborted. Default: one hour.
    pub max_elapsed: Duration,
}

impl Default for RetryPolicy {
    fn default() -> RetryPolicy {
        RetryPolicy {
            max_attempts: 5,
            backoff_factor: 1.0,
            max_delay: Duration::from_secs(300),
            max_elapsed: Duration::from_secs(3600),
        }
    }
}

impl RetryPolicy {
    /// Returns an error if a value is invalid.
    pub(crate) fn check(&self) -> Result<(), ErrorKind> {
        let invalid = |name, value: String, expected| Err(ErrorKind::InvalidSetting { name, value, expected });
        if self.max_attempts == 0 {
            return invalid("max_attempts", "0".to_owned(), "at least 1");
        }
        match Duration::try_from_secs_f64(self.backoff_factor) {
            Ok(_) => Ok(()),
            Err(_) => invalid("backoff_factor", self.backoff_factor.to_string(), "a number of seconds from 0"),
        }
    }

    /// Returns the delays of one request.
    pub(crate) fn delays(&self) -> Delays {
        let first = Duration::try_from_secs_f64(self.backoff_factor).unwrap_or(self.max_delay).min(self.max_delay);
        let policy = ExponentialBackoff {
            current_interval: first,
            initial_interval: first,
            multiplier: 2.0,
            max_interval: self.max_delay,
            max_elapsed_time: None,
            ..ExponentialBackoff::default()
        };
        Delays { policy, max_delay: self.max_delay }
    }
}

/// The sequence of delays of one request.
pub(crate) struct Delays {
    policy: ExponentialBackoff,
    max_delay: Duration,
}

impl Delays {
    /// Returns the next delay: the one that the server requested, or else that of the policy.
    pub(crate) fn next(&mut self, stated: Option<Duration>) -> Duration {
        // the backoff also grows after a delay that the server requested
        let backoff = self.policy.next_backoff().unwrap_or(self.max_delay);
        stated.unwrap_or(backoff).min(self.max_delay)
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, RetryPolicy};

    /// Checks the range of each delay in milliseconds, without delays requested by the server.
    #[track_caller]
    fn check(policy: RetryPolicy, expected: &[std::ops::RangeInclusive<u128>]) {
        let mut delays = policy.delays();
        for range in expected {
            let delay = delays.next(None).as_millis();
            assert!(range.contains(&delay), "{delay} is not in {range:?}");
        }
    }

    #[test]
    fn delays_double_up_to_max_delay() {
        check(RetryPolicy::default(), &[500..=1500, 1000..=3000, 2000..=6000, 4000..=12000]);
        let short = RetryPolicy { max_delay: Duration::from_secs(2), ..RetryPolicy::default() };
        check(short, &[500..=1500, 1000..=2000, 1000..=2000, 1000..=2000]);
        check(RetryPolicy { backoff_factor: 10.0, ..short }, &[1000..=2000]);
        check(RetryPolicy { backoff_factor: 0.0, ..RetryPolicy::default() }, &[0..=0, 0..=0, 0..=0]);
    }

    #[test]
    fn a_requested_delay_takes_precedence() {
        let mut delays = RetryPolicy::default().delays();
        assert_eq!(delays.next(Some(Duration::from_secs(7))), Duration::from_secs(7));
        assert_eq!(delays.next(Some(Duration::from_secs(7000))), Duration::from_secs(300));
    }

    #[test]
    fn invalid_settings() {
        let message = |policy: RetryPolicy| policy.check().map_or_else(|error| error.to_string(), |()| String::new());
        let default = RetryPolicy::default();
        assert_eq!(message(default), "");
        assert_eq!(message(RetryPolicy { max_attempts: 0, ..default }), "the setting max_attempts is 0, but must be at least 1");
        for backoff_factor in [-1.0, f64::NAN, f64::INFINITY] {
            assert!(message(RetryPolicy { backoff_factor, ..default }).contains("backoff_factor"));
        }
    }
}
