//! Connection strings in the format of URLs.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::OptionsError;
use super::parameters::Parameters;

/// Parses the part of a URL after `://`: `user:password@host1:port1,host2:port2/database?name=value`. Each part is optional.
///
/// A password may contain any character except `?`, which must be percent-encoded: the password ends at the first `@` that
/// precedes valid hosts, a database without `@`, and parameters.
pub(super) fn parse_url(rest: &str) -> Result<Parameters, OptionsError> {
    let with_user = rest.match_indices('@').find_map(|(at, _)| Some((rest.get(..at)?, Server::parse(rest.get(at + 1..)?)?)));
    let (user, server) = match with_user {
        Some((user, server)) => (user, server),
        None => ("", Server::parse(rest).ok_or(OptionsError::ConnectionString)?),
    };
    let mut parameters = Parameters::default();
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let named = [("user", user), ("password", password), ("dbname", server.database)];
    for (name, value) in named.into_iter().filter(|(_, value)| !value.is_empty()) {
        parameters.set(name, decode(value))?;
    }
    for (name, list) in [("host", &server.hosts), ("port", &server.ports)] {
        if list.iter().any(|entry| !entry.is_empty()) {
            parameters.set(name, list.iter().map(|entry| decode(entry)).collect::<Vec<_>>().join(","))?;
        }
    }
    for parameter in server.query.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        parameters.set(&decode(name), decode(value))?;
    }
    Ok(parameters)
}

/// The part of a URL after the user, still percent-encoded.
struct Server<'a> {
    hosts: Vec<&'a str>,
    ports: Vec<&'a str>,
    database: &'a str,
    query: &'a str,
}

impl<'a> Server<'a> {
    fn parse(text: &'a str) -> Option<Server<'a>> {
        let (text, query) = text.split_once('?').unwrap_or((text, ""));
        let (addresses, database) = text.split_once('/').unwrap_or((text, ""));
        if addresses.contains('@') || database.contains('@') {
            return None;
        }
        let addresses = addresses.split(',').map(split_port).collect::<Option<Vec<_>>>()?;
        let (hosts, ports) = addresses.into_iter().unzip();
        Some(Server { hosts, ports, database, query })
    }
}

/// Splits `host:port`; an IPv6 address is in brackets.
fn split_port(address: &str) -> Option<(&str, &str)> {
    let (host, port) = match address.strip_prefix('[') {
        Some(address) => {
            let (host, rest) = address.split_once(']')?;
            (host, if rest.is_empty() { "" } else { rest.strip_prefix(':')? })
        }
        None => address.split_once(':').unwrap_or((address, "")),
    };
    (port.is_empty() || port.parse::<u16>().is_ok()).then_some((host, port))
}

/// Decodes percent-encoding. Keeps invalid sequences, and the entire text if the result is not UTF-8.
fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8().map_or_else(|_| text.to_owned(), Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_parsed() {
        fn check(url: &str, expected: &[(&str, &str)]) {
            let mut parameters = Parameters::default();
            expected.iter().for_each(|(name, value)| parameters.set(name, *value).unwrap());
            assert_eq!(parse_url(url), Ok(parameters), "{url}");
        }
        check("", &[]);
        check("u:p@h:5432/d", &[("user", "u"), ("password", "p"), ("host", "h"), ("port", "5432"), ("dbname", "d")]);
        check("h/d", &[("host", "h"), ("dbname", "d")]);
        check("u@", &[("user", "u")]);
        check("/d?user=u&sslmode=require", &[("dbname", "d"), ("user", "u"), ("sslmode", "require")]);
        check("h?ssl=true", &[("host", "h"), ("sslmode", "require")]);
        check("h?options=-c%20a%3Db", &[("host", "h"), ("options", "-c a=b")]);
        // hosts
        check("h1:1,h2:2/d", &[("host", "h1,h2"), ("port", "1,2"), ("dbname", "d")]);
        check("h1:1,h2", &[("host", "h1,h2"), ("port", "1,")]);
        check("[::1]:5432,[::2]", &[("host", "::1,::2"), ("port", "5432,")]);
        check("u@%2Fvar%2Frun:5433/d", &[("user", "u"), ("host", "/var/run"), ("port", "5433"), ("dbname", "d")]);
        check("/d?host=/var/run", &[("dbname", "d"), ("host", "/var/run")]);
        check("/d?host=h1:1&host=h2:2", &[("dbname", "d"), ("host", "h1:1,h2:2")]);
        // special characters in passwords
        check("u:p%40%3A%2f%25@h", &[("user", "u"), ("password", "p@:/%"), ("host", "h")]);
        check("u:p@ss/w:rd@h/d", &[("user", "u"), ("password", "p@ss/w:rd"), ("host", "h"), ("dbname", "d")]);
        check("u:p#%&=+ é\"'@h", &[("user", "u"), ("password", "p#%&=+ é\"'"), ("host", "h")]);
        check("u%40corp:100%@h", &[("user", "u@corp"), ("password", "100%"), ("host", "h")]);
    }

    #[test]
    fn invalid_urls_are_rejected() {
        fn check(url: &str) {
            assert_eq!(parse_url(url), Err(OptionsError::ConnectionString), "{url}");
        }
        check("h:x");
        check("h:65536");
        check("[::1");
        check("[::1]x");
        check("u:p@h:hunter2");
    }

    proptest::proptest! {
        #[test]
        fn a_password_may_have_any_character_but_a_question_mark(password in "[^?@]{1,12}") {
            let parameters = parse_url(&format!("u:{password}@h:1/d")).unwrap();
            let expected = decode(&password);
            proptest::prop_assert_eq!(parameters.get("password"), Some(expected.as_str()));
        }
    }
}
