//! Connection strings as settings.

use catchment_settings::{FromSettingValue, Secret, SettingValue};

use super::OptionsError;
use super::key_value::parse_key_value;
use super::parameters::Parameters;
use super::url::parse_url;

/// Parses a connection string: a URL, or the key-value format of libpq.
pub(super) fn parse_connection_string(text: &Secret) -> Result<Parameters, OptionsError> {
    let text = text.expose().trim();
    match text.split_once("://").filter(|(driver, _)| is_driver_name(driver)) {
        Some((driver, rest)) => {
            check_driver(driver)?;
            parse_url(rest)
        }
        None if text.is_empty() => Err(OptionsError::ConnectionString),
        None => parse_key_value(text),
    }
}

/// Checks a driver: `postgresql` or `postgres`, optionally with the name of a Python driver, as in SQLAlchemy.
pub(super) fn check_driver(driver: &str) -> Result<(), OptionsError> {
    let dialect = driver.split_once('+').map_or(driver, |(dialect, _)| dialect);
    if matches!(dialect, "postgresql" | "postgres") { Ok(()) } else { Err(OptionsError::Driver { driver: driver.to_owned() }) }
}

fn is_driver_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '_' | '.'))
}

/// A connection string with a valid syntax. It is parsed again when the options are built, so that the error names the
/// parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ConnectionString(pub(super) Secret);

impl FromSettingValue for ConnectionString {
    const EXPECTED: &'static str = "postgresql://user:password@host:port/database with special characters percent-encoded, or \
                                    host=… user=… password='…' dbname=…";
    const SECRET: bool = true;

    fn from_value(value: &SettingValue) -> Option<Self> {
        match value {
            SettingValue::Text(text) if parse_connection_string(text) != Err(OptionsError::ConnectionString) => {
                Some(ConnectionString(text.clone()))
            }
            _ => None,
        }
    }

    fn to_toml(&self) -> String {
        "***".to_owned()
    }
}

/// The options of a connection: a table, or text such as `sslmode=require&options=…`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Query(pub(super) Vec<(String, Secret)>);

impl FromSettingValue for Query {
    const EXPECTED: &'static str = "a table of connection parameters, or text such as `sslmode=require&connect_timeout=5`";

    fn from_value(value: &SettingValue) -> Option<Self> {
        match value {
            SettingValue::Table(table) => {
                let entry = |(name, value): (&String, &SettingValue)| Some((name.clone(), Secret::from_value(value)?));
                table.iter().map(entry).collect::<Option<Vec<_>>>().map(Query)
            }
            SettingValue::Text(text) => {
                let entry =
                    |text: &str| text.split_once('=').map(|(name, value)| (name.trim().to_owned(), Secret::from(value.trim())));
                text.expose().split('&').map(entry).collect::<Option<Vec<_>>>().map(Query)
            }
            _ => None,
        }
    }

    fn to_toml(&self) -> String {
        "{}".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formats_are_supported() {
        fn check(text: &str, host: Option<&str>) {
            let parameters = parse_connection_string(&Secret::from(text)).unwrap();
            assert_eq!(parameters.get("host"), host, "{text}");
        }
        check("postgresql://u:p@h/d", Some("h"));
        check(" postgres://h\n", Some("h"));
        check("postgresql+psycopg2://h/d", Some("h"));
        check("postgres+asyncpg://h/d", Some("h"));
        check("host=h password=a://b", Some("h"));
        check("postgresql://", None);
    }

    #[test]
    fn other_drivers_are_rejected() {
        fn check(text: &str, expected: OptionsError) {
            assert_eq!(parse_connection_string(&Secret::from(text)), Err(expected), "{text}");
        }
        let driver = |driver: &str| OptionsError::Driver { driver: driver.to_owned() };
        check("mysql://h/d", driver("mysql"));
        check("redshift+psycopg2://h/d", driver("redshift+psycopg2"));
        check("", OptionsError::ConnectionString);
        check("hunter2", OptionsError::ConnectionString);
    }

    #[test]
    fn settings_have_a_valid_syntax() {
        let check = |value: &str, is_valid: bool| {
            assert_eq!(ConnectionString::from_value(&value.into()).is_some(), is_valid, "{value}");
        };
        check("postgresql://h", true);
        check("host=h", true);
        // The options report the cause of these.
        check("mysql://h", true);
        check("postgresql://h?sslmod=x", true);
        check("hunter2", false);
    }

    #[test]
    fn queries_are_tables_or_text() {
        fn check(value: impl Into<SettingValue>, expected: Option<&[(&str, &str)]>) {
            let expected =
                expected.map(|list| Query(list.iter().map(|(name, value)| ((*name).to_owned(), Secret::from(*value))).collect()));
            assert_eq!(Query::from_value(&value.into()), expected);
        }
        check("sslmode=require&a=b=c", Some(&[("sslmode", "require"), ("a", "b=c")]));
        check("sslmode", None);
        check(SettingValue::Table([("port".to_owned(), SettingValue::from(5))].into()), Some(&[("port", "5")]));
        check(true, None);
    }
}
