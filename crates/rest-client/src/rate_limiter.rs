//! Rate limiter: requests per second and in flight, per host.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::error_kind::ErrorKind;

/// The limits for each host. Retries and redirects count, each for its own host.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct RateLimit {
    /// Requests per second, evenly spaced; 0.5 is one request every two seconds.
    pub(crate) requests_per_second: Option<f64>,
    /// Requests whose responses are incomplete.
    pub(crate) in_flight: Option<usize>,
}

impl RateLimit {
    /// Returns an error if a value is invalid.
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
    // also rejects NaN
    if rate > 0.0 { Duration::try_from_secs_f64(1.0 / rate).ok() } else { None }
}

/// Delays requests to each host according to its limits.
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

/// The earliest time of the next request.
#[derive(Debug, Default)]
struct Throttle {
    next: Option<Instant>,
    paused_until: Option<Instant>,
}

impl Throttle {
    /// Reserves the next free slot, at least `interval` after the last one, and returns its time.
    fn reserve(&mut self, now: Instant, interval: Duration) -> Instant {
        let at = now.max(self.next.unwrap_or(now)).max(self.paused_until.unwrap_or(now));
        self.next = at.checked_add(interval);
        at
    }
}

/// A permit to send a request, which counts as in flight until the permit is dropped.
#[derive(Debug)]
pub(crate) struct RequestPermit {
    _slot: Option<OwnedSemaphorePermit>,
}

impl RateLimiter {
    pub(crate) fn new(limit: RateLimit) -> RateLimiter {
        RateLimiter { limit, hosts: Mutex::default() }
    }

    /// Waits until a request may be sent to `host`.
    pub(crate) async fn acquire(&self, host: &str) -> RequestPermit {
        let host = self.host(host);
        let slot = match &host.slots {
            // fails only if the semaphore is closed, which never happens
            Some(slots) => Arc::clone(slots).acquire_owned().await.ok(),
            None => None,
        };
        let interval = self.limit.requests_per_second.and_then(interval).unwrap_or_default();
        loop {
            let now = Instant::now();
            let at = lock(&host.pace).reserve(now, interval);
            // even a sleep with an elapsed deadline takes a millisecond
            if at > now {
                tokio::time::sleep_until(at).await;
            }
            // the host may have been paused in the meantime
            if lock(&host.pace).paused_until.is_none_or(|until| until <= at.max(Instant::now())) {
                return RequestPermit { _slot: slot };
            }
        }
    }

    /// Pauses all requests to `host`, as its response requested.
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
    // the data is consistent even after a panic
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::{Duration, Instant, RateLimit, RateLimiter, Throttle, interval};

    /// Checks the send times in milliseconds of requests made at `requested`, with `rate` requests per second.
    #[track_caller]
    fn check(rate: f64, requested: &[u64], expected: &[u64]) {
        let start = Instant::now();
        let mut pace = Throttle::default();
        let after = |at: &u64| pace.reserve(start + Duration::from_millis(*at), interval(rate).unwrap());
        let found: Vec<_> = requested.iter().map(after).map(|at| (at - start).as_millis()).collect();
        assert_eq!(found, expected.iter().map(|at| u128::from(*at)).collect::<Vec<_>>());
    }

    #[test]
    fn requests_are_evenly_spaced() {
        check(10.0, &[0, 0, 0, 0], &[0, 100, 200, 300]);
        check(10.0, &[0, 50, 250, 250], &[0, 100, 250, 350]);
        check(0.5, &[0, 0], &[0, 2000]);
        check(1e12, &[0, 0, 5], &[0, 0, 5]);
    }

    #[test]
    fn a_pause_delays_requests() {
        let start = Instant::now();
        let mut pace = Throttle { paused_until: Some(start + Duration::from_secs(9)), ..Throttle::default() };
        let interval = Duration::from_secs(1);
        assert_eq!(pace.reserve(start, interval), start + Duration::from_secs(9));
        assert_eq!(pace.reserve(start, interval), start + Duration::from_secs(10));
    }

    #[tokio::test]
    async fn a_shorter_pause_does_not_end_a_longer_one() {
        let gate = RateLimiter::new(RateLimit::default());
        for seconds in [5, 50, 0] {
            gate.pause("a", Duration::from_secs(seconds));
        }
        let until = super::lock(&gate.host("a").pace).paused_until.unwrap();
        assert!(until > Instant::now() + Duration::from_secs(40));
        // other hosts are not paused
        gate.acquire("b").await;
    }

    #[tokio::test]
    async fn requests_in_flight_are_limited() {
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
    fn invalid_settings() {
        let message = |limit: RateLimit| limit.check().map_or_else(|error| error.to_string(), |()| String::new());
        assert_eq!(message(RateLimit::default()), "");
        for rate in [0.0, -1.0, f64::NAN] {
            let limit = RateLimit { requests_per_second: Some(rate), ..RateLimit::default() };
            assert!(message(limit).ends_with("but must be a number above 0"), "{rate}");
        }
        let none = RateLimit { in_flight: Some(0), ..RateLimit::default() };
        assert_eq!(message(none), "the setting requests_in_flight is 0, but must be at least 1");
    }
}
