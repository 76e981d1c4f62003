//! Connection options.

use std::path::PathBuf;
use std::time::Duration;

use catchment_settings::Secret;
use tokio_postgres::config::{ChannelBinding, SslMode, SslNegotiation, TargetSessionAttrs};

use super::connection_string::parse_connection_string;
use super::host::{encode, hosts};
use super::parameters::Parameters;
use super::tls::{TlsMode, TlsOptions, tls_options};
use super::{HostAddress, OptionsError};

/// The default time for a connection to one address.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// The default time to wait for a lock: longer than most loads that another run may have in progress.
pub(super) const LOCK_TIMEOUT: Duration = Duration::from_secs(600);
/// The maximum of PostgreSQL's timeouts, which are 32-bit numbers of milliseconds.
const MAX_TIMEOUT: u32 = i32::MAX as u32;

/// Options of connections to PostgreSQL.
///
/// ```
/// use catchment_load_postgres::PostgresOptions;
/// use catchment_settings::Secret;
///
/// let options = PostgresOptions::parse(&Secret::from("postgresql://loader:s3cret@db.example.com/shop?sslmode=verify-full"))?;
/// assert_eq!(options.location(), "postgresql://loader@db.example.com:5432/shop");
/// # Ok::<(), catchment_load_postgres::OptionsError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresOptions {
    /// The servers, in the order of connection attempts. At least one.
    pub hosts: Vec<HostAddress>,
    /// The user name.
    pub user: String,
    /// The password. Without it, the password of the host applies.
    pub password: Option<Secret>,
    /// The database.
    pub database: String,
    /// The TLS options.
    pub tls: TlsOptions,
    /// Whether authentication must prove that the server at the other end of the TLS connection knows the password.
    /// Default: if possible.
    pub channel_binding: ChannelBinding,
    /// Whether the session must accept writes. Default: any.
    pub target_session_attrs: TargetSessionAttrs,
    /// The name of the program in `pg_stat_activity`. Default: `catchment`.
    pub application_name: String,
    /// Command-line options of the server, such as `-c search_path=shop`.
    pub server_options: Option<String>,
    /// The maximum time to connect to one address, including TLS and authentication. Default: 15 s; `None` for no limit.
    pub connect_timeout: Option<Duration>,
    /// The maximum time for which sent data may be unacknowledged. Default: that of the system.
    pub tcp_user_timeout: Option<Duration>,
    /// TCP keepalive. `None` disables it.
    pub keepalives: Option<Keepalives>,
    /// The maximum time of a statement, or zero for no limit. Default: that of the role.
    pub statement_timeout: Option<Duration>,
    /// The maximum time to wait for a lock, or zero for no limit. Default: 600 s.
    pub lock_timeout: Option<Duration>,
    /// The password file in the connection string.
    pub(super) passfile: Option<PathBuf>,
}

/// TCP keepalive: probes that detect lost connections, and keep firewalls from closing idle ones during long statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keepalives {
    /// The idle time before the first probe. Default: 60 s, below the limits of common load balancers.
    pub idle: Duration,
    /// The time between probes. Default: 15 s.
    pub interval: Duration,
    /// The number of probes after which the connection is lost. Default: 4.
    pub count: u32,
}

impl Default for Keepalives {
    fn default() -> Self {
        Keepalives { idle: Duration::from_secs(60), interval: Duration::from_secs(15), count: 4 }
    }
}

impl PostgresOptions {
    /// Parses a connection string: a URL such as `postgresql://user:password@host:port/database?sslmode=require`, or the
    /// key-value format of libpq. Reads no files.
    ///
    /// # Errors
    ///
    /// Returns an error if the string is invalid, or lacks a host, user or database.
    pub fn parse(text: &Secret) -> Result<PostgresOptions, OptionsError> {
        let parameters = parse_connection_string(text)?;
        if parameters.get("service").is_some() {
            let remedy = "write its parameters into the connection string, as only settings can read service files";
            return Err(OptionsError::Unsupported { parameter: "service".to_owned(), remedy });
        }
        PostgresOptions::from_parameters(&parameters)
    }

    pub(super) fn from_parameters(parameters: &Parameters) -> Result<PostgresOptions, OptionsError> {
        let reader = Reader(parameters);
        let application_name = parameters.get("application_name").or_else(|| parameters.get("fallback_application_name"));
        reader.choice(
            "client_encoding",
            "`UTF8`, as Catchment writes UTF-8",
            (),
            &[("utf8", ()), ("utf-8", ()), ("auto", ())],
        )?;
        reader.choice("load_balance_hosts", "`disable`: the order of hosts is the order of attempts", (), &[("disable", ())])?;
        reader.choice("gssencmode", "`disable` or `prefer`: use TLS", (), &[("disable", ()), ("prefer", ())])?;
        let any = TargetSessionAttrs::Any;
        let writable = TargetSessionAttrs::ReadWrite;
        let attributes = [("any", any), ("read-write", writable), ("primary", writable)];
        let bindings =
            [("disable", ChannelBinding::Disable), ("prefer", ChannelBinding::Prefer), ("require", ChannelBinding::Require)];
        Ok(PostgresOptions {
            hosts: hosts(parameters)?,
            user: reader.required("user", "username")?,
            password: parameters.secret("password").cloned(),
            database: reader.required("dbname", "database")?,
            tls: tls_options(parameters)?,
            channel_binding: reader.choice(
                "channel_binding",
                "`disable`, `prefer` or `require`",
                ChannelBinding::Prefer,
                &bindings,
            )?,
            target_session_attrs: reader.choice(
                "target_session_attrs",
                "`any`, `read-write` or `primary`, as loads write",
                any,
                &attributes,
            )?,
            application_name: application_name.unwrap_or("catchment").to_owned(),
            server_options: parameters.get("options").map(str::to_owned),
            connect_timeout: match reader.integer("connect_timeout")? {
                Some(seconds) => Some(Duration::from_secs(seconds.into())).filter(|timeout| !timeout.is_zero()),
                None => Some(CONNECT_TIMEOUT),
            },
            tcp_user_timeout: reader.integer("tcp_user_timeout")?.map(|limit| Duration::from_millis(limit.into())),
            keepalives: reader.keepalives()?,
            statement_timeout: None,
            lock_timeout: Some(LOCK_TIMEOUT),
            passfile: parameters.get("passfile").map(PathBuf::from),
        })
    }

    /// Returns the location for messages, `postgresql://user@host:port/database`, without the password.
    pub fn location(&self) -> String {
        let hosts: Vec<String> = self.hosts.iter().map(HostAddress::to_string).collect();
        format!("postgresql://{}@{}/{}", encode(&self.user), hosts.join(","), encode(&self.database))
    }

    /// Returns the connection string with the user, the password, the hosts and the database, without other parameters.
    pub fn connection_string(&self) -> Secret {
        let password = self.password.as_ref().map(|password| format!(":{}@", encode(password.expose())));
        Secret::from(self.location().replacen('@', password.as_deref().unwrap_or("@"), 1))
    }

    /// Returns the configuration of a connection to one of the [`hosts`](PostgresOptions::hosts). Unix sockets do not use TLS.
    pub fn config(&self, host: &HostAddress) -> tokio_postgres::Config {
        let mut config = tokio_postgres::Config::new();
        config.host(&host.host).port(host.port).user(&self.user).dbname(&self.database);
        config.application_name(&self.application_name);
        config.channel_binding(self.channel_binding).target_session_attrs(self.target_session_attrs);
        config.ssl_mode(match self.tls.mode {
            _ if host.is_unix() => SslMode::Disable,
            TlsMode::Disable => SslMode::Disable,
            TlsMode::Prefer => SslMode::Prefer,
            TlsMode::Require | TlsMode::VerifyCa | TlsMode::VerifyFull => SslMode::Require,
        });
        config.ssl_negotiation(if self.tls.direct { SslNegotiation::Direct } else { SslNegotiation::Postgres });
        if let Some(address) = host.address {
            config.hostaddr(address);
        }
        if let Some(password) = self.password.as_ref().or(host.password.as_ref()) {
            config.password(password.expose());
        }
        if let Some(options) = &self.server_options {
            config.options(options);
        }
        if let Some(timeout) = self.connect_timeout {
            config.connect_timeout(timeout);
        }
        if let Some(timeout) = self.tcp_user_timeout {
            config.tcp_user_timeout(timeout);
        }
        config.keepalives(self.keepalives.is_some());
        if let Some(keepalives) = self.keepalives {
            config.keepalives_idle(keepalives.idle).keepalives_interval(keepalives.interval);
            config.keepalives_retries(keepalives.count);
        }
        config
    }

    /// Returns the statements that set the timeouts of a transaction, or an empty string. They are not startup options, which
    /// connection poolers reject.
    pub fn transaction_statements(&self) -> String {
        let timeouts = [("statement_timeout", self.statement_timeout), ("lock_timeout", self.lock_timeout)];
        let set = |(name, limit): (&str, Option<Duration>)| Some(format!("SET LOCAL {name} = {}", milliseconds(limit?)));
        timeouts.into_iter().filter_map(set).collect::<Vec<_>>().join("; ")
    }
}

/// Returns the milliseconds of a timeout, rounded up, as 0 means no limit.
fn milliseconds(timeout: Duration) -> u32 {
    u32::try_from(timeout.as_nanos().div_ceil(1_000_000)).unwrap_or(MAX_TIMEOUT).min(MAX_TIMEOUT)
}

/// Reads typed parameters.
struct Reader<'a>(&'a Parameters);

impl Reader<'_> {
    fn required(&self, parameter: &'static str, field: &'static str) -> Result<String, OptionsError> {
        self.0.get(parameter).map(str::to_owned).ok_or(OptionsError::Missing { parameter, field })
    }

    fn integer(&self, parameter: &'static str) -> Result<Option<u32>, OptionsError> {
        let expected = "an integer from 0 to 2147483647";
        let parse = |text: &str| {
            let number = text.trim().parse().ok().filter(|number| *number <= MAX_TIMEOUT);
            number.ok_or_else(|| OptionsError::Invalid { parameter, expected, value: text.to_owned() })
        };
        self.0.get(parameter).map(parse).transpose()
    }

    fn keepalives(&self) -> Result<Option<Keepalives>, OptionsError> {
        let default = Keepalives::default();
        let seconds =
            |name| Ok(self.integer(name)?.filter(|seconds| *seconds > 0).map(|seconds| Duration::from_secs(seconds.into())));
        let keepalives = Keepalives {
            idle: seconds("keepalives_idle")?.unwrap_or(default.idle),
            interval: seconds("keepalives_interval")?.unwrap_or(default.interval),
            count: self.integer("keepalives_count")?.filter(|count| *count > 0).unwrap_or(default.count),
        };
        Ok((self.integer("keepalives")? != Some(0)).then_some(keepalives))
    }

    /// Reads one of several words, ignoring case.
    fn choice<T: Copy>(
        &self,
        parameter: &'static str,
        expected: &'static str,
        default: T,
        words: &[(&str, T)],
    ) -> Result<T, OptionsError> {
        choice(self.0, parameter, expected, words).map(|value| value.unwrap_or(default))
    }
}

/// Reads one of several words, ignoring case.
pub(super) fn choice<T: Copy>(
    parameters: &Parameters,
    parameter: &'static str,
    expected: &'static str,
    words: &[(&str, T)],
) -> Result<Option<T>, OptionsError> {
    let Some(text) = parameters.get(parameter) else { return Ok(None) };
    match words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)) {
        Some((_, value)) => Ok(Some(*value)),
        None => Err(OptionsError::Invalid { parameter, expected, value: text.to_owned() }),
    }
}

#[cfg(test)]
#[path = "options_tests.rs"]
mod tests;
