//! Hosts of a connection.

use std::fmt;
use std::net::IpAddr;

use catchment_settings::Secret;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::OptionsError;
use super::parameters::Parameters;

/// The port of PostgreSQL.
const DEFAULT_PORT: u16 = 5432;
/// The percent-encoded characters: all except the unreserved characters of RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A server: a host with a port, or the folder of a Unix socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostAddress {
    /// The host name, the IP address, or the folder of the socket. TLS verifies the certificate for this name.
    pub host: String,
    /// The IP address, if the name is not to be looked up.
    pub address: Option<IpAddr>,
    /// The port, also a part of the name of a Unix socket.
    pub port: u16,
    /// The password of this host in the password file, if the options have no password.
    pub password: Option<Secret>,
}

impl HostAddress {
    /// Returns whether this is the folder of a Unix socket.
    pub fn is_unix(&self) -> bool {
        self.host.starts_with('/')
    }
}

/// Shows the host as in a URL: `db.example.com:5432`, `[::1]:5432`, `%2Fvar%2Frun%2Fpostgresql:5432`.
impl fmt::Display for HostAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", encode(&self.host), self.port)
        }
    }
}

/// Encodes a part of a URL.
pub(super) fn encode(text: &str) -> impl fmt::Display {
    utf8_percent_encode(text, ENCODED)
}

/// Reads the lists `host`, `hostaddr` and `port`.
pub(super) fn hosts(parameters: &Parameters) -> Result<Vec<HostAddress>, OptionsError> {
    let list = |name| parameters.get(name).map_or(Vec::new(), |list| list.split(',').map(str::trim).collect::<Vec<_>>());
    let (names, addresses, ports) = (list("host"), list("hostaddr"), list("port"));
    let count = if names.is_empty() { addresses.len() } else { names.len() };
    let check_count = |parameter, entries: usize| {
        let is_valid = entries == 0 || entries == count;
        if is_valid { Ok(()) } else { Err(OptionsError::Count { parameter, count: entries, hosts: count }) }
    };
    check_count("hostaddr", addresses.len())?;
    if ports.len() != 1 {
        check_count("port", ports.len())?;
    }
    let host = |at: usize| {
        let name = names.get(at).copied().unwrap_or_default();
        let address = addresses.get(at).copied().unwrap_or_default();
        let (name, port) = split_port(name).map_or((name, None), |(name, port)| (name, Some(port)));
        let port = port.or_else(|| ports.get(at).or(ports.first()).copied()).unwrap_or_default();
        // PostgreSQL and TLS need a name: an address alone is its name.
        let name = if name.is_empty() { address } else { name };
        if name.is_empty() {
            return Err(OptionsError::Missing { parameter: "host", field: "host" });
        }
        Ok(HostAddress { host: name.to_owned(), address: parse_address(address)?, port: parse_port(port)?, password: None })
    };
    let hosts = (0..count).map(host).collect::<Result<Vec<_>, _>>()?;
    if hosts.is_empty() { Err(OptionsError::Missing { parameter: "host", field: "host" }) } else { Ok(hosts) }
}

/// Splits `host:port` of a parameter `host`, as SQLAlchemy has it. Returns `None` for sockets and IPv6 addresses.
fn split_port(name: &str) -> Option<(&str, &str)> {
    name.split_once(':').filter(|(host, port)| !host.starts_with('/') && !port.contains(':'))
}

fn parse_address(text: &str) -> Result<Option<IpAddr>, OptionsError> {
    let invalid = |_| OptionsError::Invalid { parameter: "hostaddr", expected: "an IP address", value: text.to_owned() };
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(invalid) }
}

fn parse_port(text: &str) -> Result<u16, OptionsError> {
    match text.parse() {
        Ok(port) if port > 0 => Ok(port),
        _ if text.is_empty() => Ok(DEFAULT_PORT),
        _ => Err(OptionsError::Invalid { parameter: "port", expected: "an integer from 1 to 65535", value: text.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[(&str, &str)]) -> Result<Vec<HostAddress>, OptionsError> {
        let mut parameters = Parameters::default();
        given.iter().for_each(|(name, value)| parameters.set(name, *value).unwrap());
        hosts(&parameters)
    }

    #[test]
    fn lists_are_read() {
        fn check(given: &[(&str, &str)], expected: &[&str]) {
            let shown: Vec<String> = read(given).unwrap().iter().map(HostAddress::to_string).collect();
            assert_eq!(shown, expected, "{given:?}");
        }
        check(&[("host", "h")], &["h:5432"]);
        check(&[("host", "h"), ("port", "5433")], &["h:5433"]);
        check(&[("host", "h1,h2"), ("port", "5433")], &["h1:5433", "h2:5433"]);
        check(&[("host", "h1,h2"), ("port", "5433,")], &["h1:5433", "h2:5432"]);
        check(&[("host", "h1:1, h2"), ("port", "5433")], &["h1:1", "h2:5433"]);
        check(&[("host", "::1")], &["[::1]:5432"]);
        check(&[("host", "/var/run")], &["%2Fvar%2Frun:5432"]);
        check(&[("hostaddr", "10.0.0.1,::1")], &["10.0.0.1:5432", "[::1]:5432"]);
        check(&[("host", "h"), ("hostaddr", "10.0.0.1")], &["h:5432"]);
    }

    #[test]
    fn invalid_lists_are_rejected() {
        fn check(given: &[(&str, &str)], expected: &str) {
            assert_eq!(read(given).unwrap_err().to_string(), expected, "{given:?}");
        }
        let missing = "`host` is missing: add it to the connection string, or set `destination.postgres.credentials.host`";
        check(&[], missing);
        check(&[("host", "h1,")], missing);
        check(&[("host", "h"), ("port", "0")], "`port` must be an integer from 1 to 65535, but is \"0\"");
        check(&[("host", "h"), ("port", "x")], "`port` must be an integer from 1 to 65535, but is \"x\"");
        check(&[("hostaddr", "h")], "`hostaddr` must be an IP address, but is \"h\"");
        check(&[("host", "a,b,c"), ("port", "1,2")], "`port` has 2 entries for 3 hosts: list one for each host, or one for all");
        check(&[("host", "a"), ("hostaddr", "::1,::2")], "`hostaddr` has 2 entries for 1 hosts: list one for each host");
    }
}
