//! How many requests go to a host, a second and at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::error_kind::ErrorKind;

/// What every host can be asked at most. Attempts and redirects count, each at its own host.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct RateLimit {
    /// Requests a second, evenly spread; below 1 there are seconds between them.
    pub(crate) requests_per_second: Option<f64>,
    /// Requests whose answers are not complete.
    pub(crate) in_flight: Option<usize>,
}

impl RateLimit {
    /// Whether its values make sense.
    pub(crate) fn check(&self) -> Result<(), ErrorKind> {
        let invalid = |name, value: String, expected| Err(ErrorKind::InvalidSetting { name, value, expected });
        match (self.requests_per_second, self.in_flight) {
            (Some(rate), _) if interval(rate).is_none() => invalid("requests_per_second", rate.to_string(), "a number above 0"),
            (_, Some(0)) => invalid("requests_in_flight", "0".to_owned(), "at least 1"),
            _ => Ok(()),
        }
    }
}

fn interval(rate: f64) -> Option<Duration> {
    // a NaN is not above 0 either
    if rate > 0.0 { Duration::try_from_secs_f64(1.0 / rate).ok() } else { None }
}

/// Lets requests through to each host as its limit allows.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    limit: RateLimit,
    hosts: Mutex<HashMap<String, Arc<HostLimiter>>>,
}

#[derive(Debug)]
struct HostLimiter {
    slots: Option<Arc<Semaphore>>,
    pace: Mutex<Throttle>,
}

/// When the next request may go.
#[derive(Debug, Default)]
struct Throttle {
    next: Option<Instant>,
    paused_until: Option<Instant>,
}

impl Throttle {
    /// Takes the next free place in time, each `interval` after the last one, and says when that is.
    fn reserve(&mut self, now: Instant, interval: Duration) -> Instant {
        let at = now.max(self.next.unwrap_or(now)).max(self.paused_until.unwrap_or(now));
        self.next = at.checked_add(interval);
        at
    }
}

/// A request that was let through; it counts as in flight until this is dropped.
#[derive(Debug)]
pub(crate) struct RequestPermit {
    _slot: Option<OwnedSemaphorePermit>,
}

impl RateLimiter {
    pub(crate) fn new(limit: RateLimit) -> RateLimiter {
        RateLimiter { limit, hosts: Mutex::default() }
    }

    /// Waits until a request may go to `host`.
    pub(crate) async fn acquire(&self, host: &str) -> RequestPermit {
        let host = self.host(host);
        let slot = match &host.slots {
            // an error means that it was closed, which nobody does
            Some(slots) => Arc::clone(slots).acquire_owned().await.ok(),
            None => None,
        };
        let interval = self.limit.requests_per_second.and_then(interval).unwrap_or_default();
        loop {
            let now = Instant::now();
            let at = lock(&host.pace).reserve(now, interval);
            // even a sleep that is over lasts for a millisecond
            if at > now {
                tokio::time::sleep_until(at).await;
            }
            // it may have been paused meanwhile
            if lock(&host.pace).paused_until.is_none_or(|until| until <= at.max(Instant::now())) {
                return RequestPermit { _slot: slot };
            }
        }
    }

    /// Lets nothing through to `host` for a while: it has asked for that.
    pub(crate) fn pause(&self, host: &str, wait: Duration) {
        let until = Instant::now().checked_add(wait);
        let host = self.host(host);
        let mut pace = lock(&host.pace);
        pace.paused_until = pace.paused_until.max(until);
    }

    fn host(&self, name: &str) -> Arc<HostLimiter> {
        let mut hosts = lock(&self.hosts);
        if let Some(host) = hosts.get(name) {
            return Arc::clone(host);
        }
        let slots = self.limit.in_flight.map(|slots| Arc::new(Semaphore::new(slots.min(Semaphore::MAX_PERMITS))));
        let host = Arc::new(HostLimiter { slots, pace: Mutex::default() });
        hosts.insert(name.to_owned(), Arc::clone(&host));
        host
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // what they guard is whole at any time
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::{Duration, Instant, RateLimit, RateLimiter, Throttle, interval};

    /// The milliseconds after which requests go that ask at `asked`, at `rate` a second.
    #[track_caller]
    fn check(rate: f64, asked: &[u64], expected: &[u64]) {
        let start = Instant::now();
        let mut pace = Throttle::default();
        let after = |at: &u64| pace.reserve(start + Duration::from_millis(*at), interval(rate).unwrap());
        let found: Vec<_> = asked.iter().map(after).map(|at| (at - start).as_millis()).collect();
        assert_eq!(found, expected.iter().map(|at| u128::from(*at)).collect::<Vec<_>>());
    }

    #[test]
    fn requests_are_spread_evenly() {
        check(10.0, &[0, 0, 0, 0], &[0, 100, 200, 300]);
        check(10.0, &[0, 50, 250, 250], &[0, 100, 250, 350]);
        check(0.5, &[0, 0], &[0, 2000]);
        check(1e12, &[0, 0, 5], &[0, 0, 5]);
    }

    #[test]
    fn a_pause_holds_requests_back() {
        let start = Instant::now();
        let mut pace = Throttle { paused_until: Some(start + Duration::from_secs(9)), ..Throttle::default() };
        let interval = Duration::from_secs(1);
        assert_eq!(pace.reserve(start, interval), start + Duration::from_secs(9));
        assert_eq!(pace.reserve(start, interval), start + Duration::from_secs(10));
    }

    #[tokio::test]
    async fn the_longest_pause_counts() {
        let gate = RateLimiter::new(RateLimit::default());
        for seconds in [5, 50, 0] {
            gate.pause("a", Duration::from_secs(seconds));
        }
        let until = super::lock(&gate.host("a").pace).paused_until.unwrap();
        assert!(until > Instant::now() + Duration::from_secs(40));
        // others go on
        gate.acquire("b").await;
    }

    #[tokio::test]
    async fn as_many_as_are_allowed_are_in_flight() {
        let gate = RateLimiter::new(RateLimit { in_flight: Some(2), ..RateLimit::default() });
        let first = gate.acquire("a").await;
        let _second = gate.acquire("a").await;
        let mut third = Box::pin(gate.acquire("a"));
        let waits = std::future::poll_fn(|context| std::task::Poll::Ready(third.as_mut().poll(context).is_pending()));
        assert!(waits.await);
        gate.acquire("b").await;
        drop(first);
        third.await;
    }

    #[test]
    fn settings_that_make_no_sense() {
        let message = |limit: RateLimit| limit.check().map_or_else(|error| error.to_string(), |()| String::new());
        assert_eq!(message(RateLimit::default()), "");
        for rate in [0.0, -1.0, f64::NAN] {
            let limit = RateLimit { requests_per_second: Some(rate), ..RateLimit::default() };
            assert!(message(limit).ends_with("it must be a number above 0"), "{rate}");
        }
        let none = RateLimit { in_flight: Some(0), ..RateLimit::default() };
        assert_eq!(message(none), "the setting requests_in_flight is 0, it must be at least 1");
    }
}
