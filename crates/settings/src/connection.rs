//! How to reach a server of a database.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::{FieldReader, FromSettingValue, FromSettings, IncompleteSettings, Secret, SettingValue, Settings};

/// What is percent-encoded: all but what RFC 3986 calls unreserved.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Credentials of a database server, as a text `driver://user:password@host:port/database?option=value`, as fields, or as a
/// text that fields complete: what stands in the text wins.
///
/// In the text, characters may be percent-encoded. A password may have any character there: the text is read so that what
/// comes after its `@` is a host, perhaps a port, a database without `@`, and options. Encode a `?` in it all the same.
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
    /// What kind of server it is: `postgres`.
    pub drivername: Option<String>,
    /// Who we are.
    pub username: Option<String>,
    /// What the server knows us by.
    pub password: Option<Secret>,
    /// The server.
    pub host: Option<String>,
    /// Where it listens.
    pub port: Option<u16>,
    /// The database.
    pub database: Option<String>,
    /// Options. Any may be a secret.
    pub query: BTreeMap<String, Secret>,
}

/// A text that is no connection text. It is not shown, as it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected driver://user:password@host:port/database, with special characters percent-encoded")]
pub struct InvalidConnectionString;

impl ConnectionParams {
    /// Reads a connection text.
    ///
    /// # Errors
    ///
    /// Where it has no driver, or a port that is no number up to 65535.
    pub fn parse(text: &Secret) -> Result<ConnectionParams, InvalidConnectionString> {
        let (driver, rest) = text.expose().split_once("://").ok_or(InvalidConnectionString)?;
        let is_driver = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '_' | '.');
        if driver.is_empty() || !driver.chars().all(is_driver) {
            return Err(InvalidConnectionString);
        }
        let drivername = Some(driver.to_owned());
        // The first `@` after which all is well: in a password there may be others.
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

    /// The connection with what it lacks from another one.
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

    /// As a connection text, which [`parse`](ConnectionParams::parse) reads back as the same connection.
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

    /// Where the data are, without anything that is secret.
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

/// The field `credentials` under the sections that the caller has set, such as `destination.postgres`.
impl FromSettings for ConnectionParams {
    fn scope(settings: Settings<'_>) -> Settings<'_> {
        settings
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        const NAME: &str = "credentials";
        let whole =
            fields.scalar::<ConnectionParams>(NAME, "How to reach the server, as one text; or in part, with the fields below.");
        let found = ConnectionParams {
            drivername: fields.nested(NAME, "drivername", "What kind of server it is."),
            username: fields.nested(NAME, "username", "Who we are."),
            password: fields.nested(NAME, "password", "What the server knows us by."),
            host: fields.nested(NAME, "host", "The server."),
            port: fields.nested(NAME, "port", "Where it listens."),
            database: fields.nested(NAME, "database", "The database."),
            query: BTreeMap::new(),
        };
        Ok(whole.unwrap_or_default().with_fallback(found))
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

/// `host:port/database?options`, each of which may be left out.
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

/// Takes back percent-encoding; what is none stays, as does what would not be UTF-8.
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
    fn texts() {
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
        // passwords with any character
        check("postgres://u:p%40%3A%2f%25@h", Some("u"), Some("p@:/%"), "postgres://h");
        check("postgres://u:p@ss@h:1/d", Some("u"), Some("p@ss"), "postgres://h:1/d");
        check("postgres://u:p@ss/w:rd@h/d", Some("u"), Some("p@ss/w:rd"), "postgres://h/d");
        check("postgres://u:p#:%&=+ é\"'@h", Some("u"), Some("p#:%&=+ é\"'"), "postgres://h");
        check("postgres://u%40corp:p@h", Some("u@corp"), Some("p"), "postgres://h");
        check("postgres://u:100%@h", Some("u"), Some("100%"), "postgres://h");
        check("postgres://u:%FF@h", Some("u"), Some("%FF"), "postgres://h");
    }

    #[test]
    fn what_is_no_connection_text() {
        for text in ["", "hunter2", "://h", "a b://h", "postgres://h:x", "postgres://h:65536", "postgres://u:p@h:hunter2"] {
            let found = ConnectionParams::parse(&Secret::from(text));
            assert_eq!(found, Err(InvalidConnectionString), "{text}");
        }
    }

    #[test]
    fn fields_complete_a_text() {
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
        fn what_is_written_is_read_back(
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
            // of several readings the first counts, so what looks like a server of its own has to be encoded
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
