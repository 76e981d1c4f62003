//! Connection parameters of a database server.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::{FieldReader, FromSettingValue, FromSettings, IncompleteSettings, ScopedSettings, Secret, SettingValue};

/// The percent-encoded characters: all except the unreserved characters of RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Connection parameters of a database server: a connection string `driver://user:password@host:port/database?option=value`,
/// fields, or both. The connection string takes precedence over fields.
///
/// Characters in the connection string may be percent-encoded. A password may contain any character except `?`, which must
/// be encoded: it ends at the first `@` that precedes a valid host, optional port, database without `@`, and options.
///
/// ```
/// use catchment_settings::{ConnectionParams, Secret};
///
/// let connection = ConnectionParams::parse(&Secret::from("postgres://loader:p@ss:w/rd@db.example.com:5433/shop"))?;
/// assert_eq!(connection.password, Some(Secret::from("p@ss:w/rd")));
/// assert_eq!(connection.location(), "postgres://db.example.com:5433/shop");
/// # Ok::<(), catchment_settings::InvalidConnectionString>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConnectionParams {
    /// The driver, such as `postgres`.
    pub drivername: Option<String>,
    /// The user name.
    pub username: Option<String>,
    /// The password.
    pub password: Option<Secret>,
    /// The host name or IP address.
    pub host: Option<String>,
    /// The port.
    pub port: Option<u16>,
    /// The database.
    pub database: Option<String>,
    /// The options. Any of them may be a secret.
    pub query: BTreeMap<String, Secret>,
}

/// The error for an invalid connection string. It omits the string, which may contain a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected driver://user:password@host:port/database, with special characters percent-encoded")]
pub struct InvalidConnectionString;

impl ConnectionParams {
    /// Parses a connection string.
    ///
    /// # Errors
    ///
    /// Returns an error if the driver is missing or the port is not an integer from 0 to 65535.
    pub fn parse(text: &Secret) -> Result<ConnectionParams, InvalidConnectionString> {
        let (driver, rest) = text.expose().split_once("://").ok_or(InvalidConnectionString)?;
        let is_driver = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '_' | '.');
        if driver.is_empty() || !driver.chars().all(is_driver) {
            return Err(InvalidConnectionString);
        }
        let drivername = Some(driver.to_owned());
        // The first `@` before a valid server: a password may contain others.
        let after = rest.match_indices('@').find_map(|(at, _)| {
            let server = server(rest.get(at + 1..)?)?;
            Some((rest.get(..at)?, server))
        });
        let (user, found) = match after {
            Some((user, server)) => (Some(user), server),
            None => (None, server(rest).ok_or(InvalidConnectionString)?),
        };
        let (username, password) = match user.map(|user| user.split_once(':').map_or((user, None), |(a, b)| (a, Some(b)))) {
            Some((username, password)) => (non_empty(username), password.map(|password| Secret::from(decode(password)))),
            None => (None, None),
        };
        Ok(ConnectionParams { drivername, username, password, ..found })
    }

    /// Fills missing parameters from `other`.
    #[must_use]
    pub fn with_fallback(self, other: ConnectionParams) -> ConnectionParams {
        let mut query = other.query;
        query.extend(self.query);
        ConnectionParams {
            drivername: self.drivername.or(other.drivername),
            username: self.username.or(other.username),
            password: self.password.or(other.password),
            host: self.host.or(other.host),
            port: self.port.or(other.port),
            database: self.database.or(other.database),
            query,
        }
    }

    /// Returns the connection string; [`parse`](ConnectionParams::parse) restores the same parameters from it.
    pub fn to_connection_string(&self) -> Secret {
        let mut text = format!("{}://", self.drivername.as_deref().unwrap_or_default());
        let password = self.password.as_ref().map(|password| format!(":{}", encode(password.expose())));
        if self.username.is_some() || password.is_some() {
            text += &encode(self.username.as_deref().unwrap_or_default());
            text += &password.unwrap_or_default();
            text.push('@');
        }
        text += &self.server();
        for (at, (name, value)) in self.query.iter().enumerate() {
            let mark = if at == 0 { '?' } else { '&' };
            // Writing to a `String` cannot fail.
            let _ = write!(text, "{mark}{}={}", encode(name), encode(value.expose()));
        }
        Secret::from(text)
    }

    /// Returns driver, host, port and database, without credentials and options.
    pub fn location(&self) -> String {
        format!("{}://{}", self.drivername.as_deref().unwrap_or_default(), self.server())
    }

    fn server(&self) -> String {
        let mut text = String::new();
        if let Some(host) = &self.host {
            text += &if host.contains(':') { format!("[{host}]") } else { encode(host) };
        }
        if let Some(port) = self.port {
            let _ = write!(text, ":{port}");
        }
        if let Some(database) = &self.database {
            text.push('/');
            text += &encode(database);
        }
        text
    }
}

/// Reads the field `credentials` in the sections set by the caller, such as `destination.postgres`.
impl FromSettings for ConnectionParams {
    fn scope(settings: ScopedSettings<'_>) -> ScopedSettings<'_> {
        settings
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        const NAME: &str = "credentials";
        let parsed = fields.scalar::<ConnectionParams>(NAME, "The connection string; the fields below supply missing parts.");
        let found = ConnectionParams {
            drivername: fields.nested(NAME, "drivername", "The driver, such as `postgres`."),
            username: fields.nested(NAME, "username", "The user name."),
            password: fields.nested(NAME, "password", "The password."),
            host: fields.nested(NAME, "host", "The host name or IP address."),
            port: fields.nested(NAME, "port", "The port."),
            database: fields.nested(NAME, "database", "The database."),
            query: BTreeMap::new(),
        };
        Ok(parsed.unwrap_or_default().with_fallback(found))
    }
}

impl FromSettingValue for ConnectionParams {
    const EXPECTED: &'static str = "driver://user:password@host:port/database, with special characters percent-encoded";
    const SECRET: bool = true;

    fn from_value(value: &SettingValue) -> Option<Self> {
        match value {
            SettingValue::Text(text) => ConnectionParams::parse(text).ok(),
            _ => None,
        }
    }

    fn to_toml(&self) -> String {
        "***".to_owned()
    }
}

/// Parses `host:port/database?options`; each part is optional.
fn server(text: &str) -> Option<ConnectionParams> {
    let (text, query) = text.split_once('?').map_or((text, ""), |(text, query)| (text, query));
    let (address, database) = text.split_once('/').map_or((text, ""), |(address, database)| (address, database));
    let (host, port) = match address.strip_prefix('[') {
        Some(address) => {
            let (host, rest) = address.split_once(']')?;
            (host, if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) })
        }
        None => address.split_once(':').map_or((address, None), |(host, port)| (host, Some(port))),
    };
    if host.contains('@') || database.contains('@') {
        return None;
    }
    let port = match port.filter(|port| !port.is_empty()) {
        Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => Some(port.parse().ok()?),
        Some(_) => return None,
        None => None,
    };
    let option = |option: &str| {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        (decode(name), Secret::from(decode(value)))
    };
    let query = query.split('&').filter(|part| !part.is_empty()).map(option).collect();
    Some(ConnectionParams { host: non_empty(host), port, database: non_empty(database), query, ..ConnectionParams::default() })
}

fn non_empty(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| decode(text))
}

/// Decodes percent-encoding. Keeps invalid sequences, and the entire text if the result is not UTF-8.
fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8().map_or_else(|_| text.to_owned(), Cow::into_owned)
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_connection_strings() {
        fn check(text: &str, user: Option<&str>, password: Option<&str>, server: &str) {
            let found = ConnectionParams::parse(&Secret::from(text)).unwrap();
            assert_eq!(found.username.as_deref(), user, "{text}");
            assert_eq!(found.password.as_ref().map(Secret::expose), password, "{text}");
            assert_eq!(found.location(), server, "{text}");
            assert_eq!(ConnectionParams::parse(&found.to_connection_string()).unwrap(), found, "{text}");
        }
        check("postgres://u:p@h:5432/d", Some("u"), Some("p"), "postgres://h:5432/d");
        check("postgresql+psycopg2://h/d", None, None, "postgresql+psycopg2://h/d");
        check("postgres://u@h", Some("u"), None, "postgres://h");
        check("postgres://u:@h", Some("u"), Some(""), "postgres://h");
        check("postgres://:p@h", None, Some("p"), "postgres://h");
        check("postgres://", None, None, "postgres://");
        check("postgres:///d", None, None, "postgres:///d");
        check("postgres://u@", Some("u"), None, "postgres://");
        check("postgres://u:p@[::1]:5432/d", Some("u"), Some("p"), "postgres://[::1]:5432/d");
        check("postgres://u:p@h/d?sslmode=require&a=b@c", Some("u"), Some("p"), "postgres://h/d");
        // special characters in passwords
        check("postgres://u:p%40%3A%2f%25@h", Some("u"), Some("p@:/%"), "postgres://h");
        check("postgres://u:p@ss@h:1/d", Some("u"), Some("p@ss"), "postgres://h:1/d");
        check("postgres://u:p@ss/w:rd@h/d", Some("u"), Some("p@ss/w:rd"), "postgres://h/d");
        check("postgres://u:p#:%&=+ é\"'@h", Some("u"), Some("p#:%&=+ é\"'"), "postgres://h");
        check("postgres://u%40corp:p@h", Some("u@corp"), Some("p"), "postgres://h");
        check("postgres://u:100%@h", Some("u"), Some("100%"), "postgres://h");
        check("postgres://u:%FF@h", Some("u"), Some("%FF"), "postgres://h");
    }

    #[test]
    fn rejects_invalid_connection_strings() {
        for text in ["", "hunter2", "://h", "a b://h", "postgres://h:x", "postgres://h:65536", "postgres://u:p@h:hunter2"] {
            let found = ConnectionParams::parse(&Secret::from(text));
            assert_eq!(found, Err(InvalidConnectionString), "{text}");
        }
    }

    #[test]
    fn fallback_fills_missing_parts() {
        let text = ConnectionParams::parse(&Secret::from("postgres://u@h?a=1")).unwrap();
        let fields = ConnectionParams {
            host: Some("other".to_owned()),
            port: Some(5433),
            password: Some(Secret::from("p")),
            query: [("a".to_owned(), Secret::from("2")), ("b".to_owned(), Secret::from("3"))].into(),
            ..ConnectionParams::default()
        };
        let completed = text.with_fallback(fields);
        assert_eq!(completed.to_connection_string().expose(), "postgres://u:p@h:5433?a=1&b=3");
        let shown = format!("{completed:?} {}", completed.location());
        assert!(!shown.contains("\"p\"") && !shown.contains("\"1\""), "{shown}");
    }

    proptest::proptest! {
        #[test]
        fn connection_strings_round_trip(
            username in "\\PC{1,8}",
            password in proptest::option::of(".{0,12}"),
            host in "[a-z0-9.-]{1,9}|[0-9a-f]{1,4}::[0-9a-f]{1,4}",
            port in proptest::option::of(0_u16..),
            database in proptest::option::of(".{1,8}"),
            query in proptest::collection::btree_map(".{1,5}", ".{0,5}", 0..3),
        ) {
            let connection = ConnectionParams {
                drivername: Some("postgresql+psycopg2".to_owned()),
                username: Some(username),
                password: password.map(Secret::from),
                host: Some(host),
                port,
                database,
                query: query.into_iter().map(|(name, value)| (name, Secret::from(value))).collect(),
            };
            proptest::prop_assert_eq!(ConnectionParams::parse(&connection.to_connection_string()).unwrap(), connection);
        }

        #[test]
        fn a_password_may_have_any_character_but_a_question_mark(password in "[^?]{1,12}") {
            // the first valid reading wins, so a password that contains `@` and a valid server must be encoded
            let text = Secret::from(format!("postgres://u:{password}@h:1/d"));
            let read = ConnectionParams::parse(&text).unwrap();
            if read.host.as_deref() == Some("h") {
                proptest::prop_assert_eq!(read.password, Some(Secret::from(decode(&password))));
            } else {
                proptest::prop_assert!(password.contains('@'));
            }
        }
    }
}
