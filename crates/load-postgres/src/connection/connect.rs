//! Connection attempts.

use std::net::IpAddr;
use std::time::Duration;

use thiserror::Error;
use tokio::net::lookup_host;
use tokio_postgres::{Client, Config, Connection, Socket};

use super::{HostAddress, PostgresOptions, TlsConnector, TlsError, TlsStream};
use crate::{Failure, classify, describe};

/// A failed connection.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The TLS options cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// No server accepted the connection.
    #[error("failed to connect to {location}:{reason}")]
    Failed {
        /// The location, without the password.
        location: String,
        /// The cause, after a space; with several addresses, a line for each.
        reason: String,
        /// The kind: transient if any server may be available soon.
        failure: Failure,
    },
}

impl ConnectError {
    /// Returns the kind of the error.
    pub fn failure(&self) -> Failure {
        match self {
            ConnectError::Tls(_) => Failure::Blocked,
            ConnectError::Failed { failure, .. } => *failure,
        }
    }
}

/// Connects to the first server that accepts the connection. The caller must poll the returned connection, usually in a
/// task.
///
/// The hosts are tried in their order, and each address of a host name, each within the connect timeout. As in libpq, the
/// other hosts are not tried if a server rejects the credentials or has no such database.
///
/// # Errors
///
/// Returns an error if the TLS options cannot be used or no server accepts the connection.
pub async fn connect(options: &PostgresOptions) -> Result<(Client, Connection<Socket, TlsStream<Socket>>), ConnectError> {
    let connector = TlsConnector::new(&options.tls)?;
    let mut attempts = Vec::new();
    for host in &options.hosts {
        let configs = match addresses(host, options.connect_timeout).await {
            Ok(addresses) => configs(options, host, &addresses),
            Err(attempt) => {
                attempts.push(attempt);
                continue;
            }
        };
        for (config, target) in configs {
            match attempt(&config, target, connector.clone(), options.connect_timeout).await {
                Ok(connected) => return Ok(connected),
                Err(attempt) => attempts.push(attempt),
            }
            if attempts.last().is_some_and(|attempt| attempt.is_final) {
                return Err(failed(options, &attempts));
            }
        }
    }
    Err(failed(options, &attempts))
}

/// A failed attempt.
#[derive(Debug)]
struct Attempt {
    /// The host and address.
    target: String,
    reason: String,
    failure: Failure,
    /// Whether other servers are not tried.
    is_final: bool,
}

/// Returns the addresses of a host, or none if it is a socket or has an address.
async fn addresses(host: &HostAddress, timeout: Option<Duration>) -> Result<Vec<IpAddr>, Attempt> {
    if host.is_unix() || host.address.is_some() {
        return Ok(Vec::new());
    }
    let failed = |reason| Attempt { target: host.to_string(), reason, failure: Failure::Transient, is_final: false };
    let found = within(timeout, lookup_host((host.host.as_str(), host.port))).await;
    let found = found.ok_or_else(|| failed("timed out looking up the host name".to_owned()))?;
    let found = found.map_err(|error| failed(format!("failed to look up the host name: {error}")))?;
    let addresses: Vec<IpAddr> = found.map(|address| address.ip()).collect();
    if addresses.is_empty() { Err(failed("the host name has no address".to_owned())) } else { Ok(addresses) }
}

/// Returns the configuration for each address, and its description.
fn configs(options: &PostgresOptions, host: &HostAddress, addresses: &[IpAddr]) -> Vec<(Config, String)> {
    let config = options.config(host);
    if addresses.is_empty() {
        return vec![(config, host.to_string())];
    }
    let with_address = |address: &IpAddr| {
        let mut config = config.clone();
        config.hostaddr(*address);
        let is_same = host.host == address.to_string();
        (config, if is_same { host.to_string() } else { format!("{host} ({address})") })
    };
    addresses.iter().map(with_address).collect()
}

async fn attempt(
    config: &Config,
    target: String,
    connector: TlsConnector,
    timeout: Option<Duration>,
) -> Result<(Client, Connection<Socket, TlsStream<Socket>>), Attempt> {
    match within(timeout, config.connect(connector)).await {
        Some(Ok(connected)) => Ok(connected),
        Some(Err(error)) => Err(Attempt {
            target,
            reason: describe(&error),
            failure: classify(&error),
            is_final: error.code().is_some_and(|state| state.code().starts_with("28") || state.code() == "3D000"),
        }),
        None => {
            let seconds = timeout.unwrap_or_default().as_secs();
            let reason = format!("timed out after {seconds} s; check host, port and firewall, or raise `connect_timeout`");
            Err(Attempt { target, reason, failure: Failure::Transient, is_final: false })
        }
    }
}

/// Awaits a future for a limited time. Returns `None` after it.
async fn within<F: Future>(timeout: Option<Duration>, future: F) -> Option<F::Output> {
    match timeout {
        Some(timeout) => tokio::time::timeout(timeout, future).await.ok(),
        None => Some(future.await),
    }
}

fn failed(options: &PostgresOptions, attempts: &[Attempt]) -> ConnectError {
    let reason = match attempts {
        [attempt] => format!(" {}", attempt.reason),
        _ => attempts.iter().map(|attempt| format!("\n  {}: {}", attempt.target, attempt.reason)).collect(),
    };
    let is_transient = |attempt: &Attempt| attempt.failure == Failure::Transient;
    let failure = match attempts.last() {
        Some(last) if last.is_final || !attempts.iter().any(is_transient) => last.failure,
        _ => Failure::Transient,
    };
    ConnectError::Failed { location: options.location(), reason, failure }
}

#[cfg(test)]
mod tests {
    use catchment_settings::Secret;

    use super::*;

    fn options(text: &str) -> PostgresOptions {
        PostgresOptions::parse(&Secret::from(text)).unwrap()
    }

    #[test]
    fn each_address_has_a_configuration() {
        fn check(host: &str, addresses: &[&str], expected: &[&str]) {
            let options = options(&format!("host={host} user=u dbname=d"));
            let addresses: Vec<IpAddr> = addresses.iter().map(|address| address.parse().unwrap()).collect();
            let found: Vec<String> =
                configs(&options, &options.hosts[0], &addresses).into_iter().map(|(_, target)| target).collect();
            assert_eq!(found, expected);
        }
        check("/run", &[], &["%2Frun:5432"]);
        check("h", &["10.0.0.1", "::1"], &["h:5432 (10.0.0.1)", "h:5432 (::1)"]);
        check("::1", &["::1"], &["[::1]:5432"]);
    }

    #[tokio::test]
    async fn errors_name_every_server() {
        async fn check(text: &str, expected: &str) {
            let error = connect(&options(text)).await.map(|_| ()).unwrap_err();
            let shown = error.to_string();
            assert!(shown.starts_with(expected) && !shown.contains("hunter2"), "{shown}");
            assert_eq!(error.failure(), Failure::Transient);
        }
        // Port 1 is reserved, so that connections are refused.
        check(
            "postgresql://u:hunter2@127.0.0.1:1/d",
            "failed to connect to postgresql://u@127.0.0.1:1/d: error connecting to server: ",
        )
        .await;
        check(
            "host=127.0.0.1,/nonexistent port=1 user=u dbname=d",
            "failed to connect to postgresql://u@127.0.0.1:1,%2Fnonexistent:1/d:\n  127.0.0.1:1: error connecting to server: ",
        )
        .await;
    }
}
