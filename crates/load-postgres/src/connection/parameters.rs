//! Connection parameters by their names in libpq.

use std::collections::BTreeMap;

use catchment_settings::Secret;

use super::OptionsError;

/// The supported parameters.
const SUPPORTED: [&str; 29] = [
    "application_name",
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "dbname",
    "fallback_application_name",
    "gssencmode",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "load_balance_hosts",
    "options",
    "passfile",
    "password",
    "port",
    "service",
    "servicefile",
    "sslcert",
    "sslkey",
    "ssl_min_protocol_version",
    "sslmode",
    "sslnegotiation",
    "sslrootcert",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// Other names of parameters: those of SQLAlchemy and of tokio-postgres.
const ALIASES: [(&str, &str); 3] = [("database", "dbname"), ("username", "user"), ("keepalives_retries", "keepalives_count")];

/// Parameters that change nothing here: compression does not exist in TLS 1.3, and Kerberos is not supported.
const IGNORED: [&str; 5] = ["gssdelegation", "gsslib", "krbsrvname", "sslcompression", "sslsni"];

/// Parameters of libpq that are not supported, because a connection without them would be less secure or different.
const UNSUPPORTED: [(&str, &str); 9] = [
    ("oauth_issuer", "use a password or a client certificate"),
    ("replication", "remove it"),
    ("require_auth", "remove it, and set `channel_binding=require` to authenticate the server"),
    ("requirepeer", "remove it"),
    ("ssl_max_protocol_version", "remove it"),
    ("sslcertmode", "remove it, and set `sslcert` only if the server requires a client certificate"),
    ("sslcrl", "remove it"),
    ("sslcrldir", "remove it"),
    ("sslpassword", "decrypt the key with `openssl pkey`, and protect the file by its permissions"),
];

/// The similarity from which a name is suggested.
const SIMILAR: f64 = 0.8;

/// Connection parameters by their names in libpq. Any of them may be a secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Parameters(BTreeMap<&'static str, Secret>);

impl Parameters {
    /// Sets a parameter. The last value of a parameter takes precedence, except for hosts and ports, which become a list, as
    /// in SQLAlchemy.
    pub(super) fn set(&mut self, name: &str, value: impl Into<Secret>) -> Result<(), OptionsError> {
        let mut value = value.into();
        // Heroku and JDBC drivers write `ssl=true`.
        if name == "ssl" && value.expose() == "true" {
            return self.set("sslmode", "require");
        }
        let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name);
        let Some(known) = SUPPORTED.iter().find(|known| **known == name) else { return unknown(name) };
        if let Some(first) = self.0.get(known).filter(|_| matches!(*known, "host" | "port")) {
            value = Secret::from(format!("{},{}", first.expose(), value.expose()));
        }
        self.0.insert(known, value);
        Ok(())
    }

    /// Sets parameters that have no value yet.
    #[must_use]
    pub(super) fn with_fallback(mut self, other: Parameters) -> Parameters {
        for (name, value) in other.0 {
            self.0.entry(name).or_insert(value);
        }
        self
    }

    /// Returns the value of a parameter, or `None` if it is missing or empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.secret(name).map(Secret::expose)
    }

    /// Returns the value of a secret parameter, or `None` if it is missing or empty.
    pub(super) fn secret(&self, name: &str) -> Option<&Secret> {
        self.0.get(name).filter(|value| !value.expose().is_empty())
    }
}

/// Returns whether a name is a parameter of libpq.
pub(super) fn is_known(name: &str) -> bool {
    let others = ALIASES.iter().chain(&UNSUPPORTED).map(|(name, _)| name);
    SUPPORTED.iter().chain(&IGNORED).chain(others).any(|known| *known == name) || name == "ssl"
}

fn unknown(name: &str) -> Result<(), OptionsError> {
    if IGNORED.contains(&name) {
        return Ok(());
    }
    if let Some((name, remedy)) = UNSUPPORTED.iter().find(|(unsupported, _)| *unsupported == name) {
        return Err(OptionsError::Unsupported { parameter: (*name).to_owned(), remedy });
    }
    let similar = SUPPORTED.iter().map(|known| (strsim::jaro_winkler(known, name), *known));
    let suggestion = similar.filter(|(similarity, _)| *similarity >= SIMILAR).max_by(|a, b| a.0.total_cmp(&b.0));
    Err(OptionsError::Unknown { parameter: name.to_owned(), suggestion: suggestion.map(|(_, name)| name) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        fn check(name: &str, expected: &str) {
            let found = Parameters::default().set(name, "hunter2").map_err(|error| error.to_string());
            assert_eq!(found.err().as_deref().unwrap_or_default(), expected);
        }
        check("sslmode", "");
        check("username", "");
        check("krbsrvname", "");
        check("sslmod", "`sslmod` is not a connection parameter: did you mean `sslmode`?");
        check("colour", "`colour` is not a connection parameter");
        check("sslcrl", "`sslcrl` is not supported: remove it");
    }

    #[test]
    fn the_last_value_takes_precedence() {
        fn check(given: &[(&str, &str)], name: &str, expected: Option<&str>) {
            let mut parameters = Parameters::default();
            for (name, value) in given {
                parameters.set(name, *value).unwrap();
            }
            assert_eq!(parameters.get(name), expected);
        }
        check(&[("user", "a"), ("username", "b")], "user", Some("b"));
        check(&[("host", "a"), ("host", "b")], "host", Some("a,b"));
        check(&[("dbname", "")], "dbname", None);
        check(&[], "dbname", None);
    }

    #[test]
    fn fallback_sets_missing_parameters() {
        let parameters = |given: &[(&str, &str)]| {
            let mut parameters = Parameters::default();
            given.iter().for_each(|(name, value)| parameters.set(name, *value).unwrap());
            parameters
        };
        let found = parameters(&[("user", "a")]).with_fallback(parameters(&[("user", "b"), ("host", "c")]));
        assert_eq!(found, parameters(&[("user", "a"), ("host", "c")]));
        assert!(!format!("{found:?}").contains("\"a\""));
    }
}
