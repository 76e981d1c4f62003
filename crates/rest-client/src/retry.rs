//! How often and when a failed request is sent again.
//!
//! Of the `backoff` crate only the policy that computes delays is used, and only here: it is not maintained
//! any more, and its own retry loop gives up after 15 minutes by default.

use std::time::Duration;

use backoff::ExponentialBackoff;
use backoff::backoff::Backoff;

use crate::error_kind::ErrorKind;

mod retry_after;
mod retry_after_value;

pub(crate) use retry_after::{is_rate_limit, stated_wait};

/// When a failed request is sent again: after the statuses 429 and 500 to 599, after 403 where `X-RateLimit-Remaining`
/// is 0, after failures to connect, timeouts and bodies cut short. A [`ResponseAction`](crate::ResponseAction) can say
/// otherwise of any answer.
///
/// A request that is not [idempotent](field@crate::Request::idempotent) is sent again only where it had no effect: it was
/// not sent because there was no connection, or was turned away by a rate limit.
///
/// A wait that the server states takes precedence: `Retry-After`, `X-Retry-After` or `Retry-After-Ms`, and with a rate limit
/// `X-RateLimit-Reset`, `X-RateLimit-Reset-After`, `RateLimit-Reset` or `RateLimit`. Seconds, Unix timestamps, HTTP dates and
/// ISO 8601 timestamps are read; points in time are compared with the `Date` of the response.
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
    /// How often a request is sent, the first time included. At least 1; default 5.
    pub max_attempts: u32,
    /// The delay before the second attempt in seconds; each further one is twice as long. All are varied at
    /// random by up to half, so that clients do not come back in step. Default 1.
    pub backoff_factor: f64,
    /// No delay is longer than this, also where the server asks for more. Default 300 seconds.
    pub max_delay: Duration,
    /// How long a request may take in all, its attempts, the delays between them and the last body included. An attempt
    /// that would begin later is not made, and one that takes longer is broken off. Default one hour.
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
    /// Whether its values make sense.
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

    /// The delays of one request.
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

/// The delays of one request, one after the other.
pub(crate) struct Delays {
    policy: ExponentialBackoff,
    max_delay: Duration,
}

impl Delays {
    /// The next delay: what the server asked for, else what the policy says.
    pub(crate) fn next(&mut self, stated: Option<Duration>) -> Duration {
        // the policy counts on in either case: a server that does not say how long is still in trouble
        let own = self.policy.next_backoff().unwrap_or(self.max_delay);
        stated.unwrap_or(own).min(self.max_delay)
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, RetryPolicy};

    /// Milliseconds that each delay may last, given attempts that ask for nothing.
    #[track_caller]
    fn check(policy: RetryPolicy, expected: &[std::ops::RangeInclusive<u128>]) {
        let mut delays = policy.delays();
        for range in expected {
            let delay = delays.next(None).as_millis();
            assert!(range.contains(&delay), "{delay} is not in {range:?}");
        }
    }

    #[test]
    fn delays_double_up_to_the_longest() {
        check(RetryPolicy::default(), &[500..=1500, 1000..=3000, 2000..=6000, 4000..=12000]);
        let short = RetryPolicy { max_delay: Duration::from_secs(2), ..RetryPolicy::default() };
        check(short, &[500..=1500, 1000..=2000, 1000..=2000, 1000..=2000]);
        check(RetryPolicy { backoff_factor: 10.0, ..short }, &[1000..=2000]);
        check(RetryPolicy { backoff_factor: 0.0, ..RetryPolicy::default() }, &[0..=0, 0..=0, 0..=0]);
    }

    #[test]
    fn the_server_may_say_how_long() {
        let mut delays = RetryPolicy::default().delays();
        assert_eq!(delays.next(Some(Duration::from_secs(7))), Duration::from_secs(7));
        assert_eq!(delays.next(Some(Duration::from_secs(7000))), Duration::from_secs(300));
    }

    #[test]
    fn settings_that_make_no_sense() {
        let message = |policy: RetryPolicy| policy.check().map_or_else(|error| error.to_string(), |()| String::new());
        let default = RetryPolicy::default();
        assert_eq!(message(default), "");
        assert_eq!(message(RetryPolicy { max_attempts: 0, ..default }), "the setting max_attempts is 0, it must be at least 1");
        for backoff_factor in [-1.0, f64::NAN, f64::INFINITY] {
            assert!(message(RetryPolicy { backoff_factor, ..default }).contains("backoff_factor"));
        }
    }
}
