use std::collections::BTreeMap;

use catchment_settings::{FoundSetting, Lookup, LookupReport, SettingKey, SettingLocation, SettingValue, SettingsError};

use super::*;

/// Settings by their path, and environment variables.
#[derive(Debug)]
struct Map(BTreeMap<String, SettingValue>);

impl Lookup for Map {
    fn find(&self, key: &SettingKey) -> Result<Option<FoundSetting>, SettingsError> {
        let path = key.scope().path(key.name());
        let location = SettingLocation::new("test", &path);
        let value = self.0.get(path.trim_start_matches("destination.postgres."));
        Ok(value.map(|value| FoundSetting { value: value.clone(), location, redact: false, misplaced: false }))
    }

    fn report(&self, _: &SettingKey) -> LookupReport {
        LookupReport::default()
    }

    fn variable(&self, name: &str) -> Option<Secret> {
        match self.0.get(name) {
            Some(SettingValue::Text(text)) => Some(text.clone()),
            _ => None,
        }
    }
}

fn read(given: &[(&str, &str)]) -> Result<PostgresSettings, SettingsError> {
    let map = Map(given.iter().map(|(path, value)| ((*path).to_owned(), SettingValue::from(*value))).collect());
    ScopedSettings::new(&map).read::<PostgresSettings>()
}

#[test]
fn credentials_are_a_string_or_fields() {
    fn check(given: &[(&str, &str)], location: &str, password: Option<&str>) {
        let options = read(given).unwrap().options().unwrap();
        assert_eq!(options.location(), location, "{given:?}");
        assert_eq!(options.password.as_ref().map(Secret::expose), password, "{given:?}");
    }
    check(&[("credentials", "postgresql://u:p@h/d")], "postgresql://u@h:5432/d", Some("p"));
    check(
        &[
            ("credentials", "postgresql://u@h/d"),
            ("credentials.host", "other"),
            ("credentials.password", "p"),
            ("credentials.port", "1"),
        ],
        "postgresql://u@h:1/d",
        Some("p"),
    );
    check(
        &[
            ("credentials.drivername", "postgresql+psycopg2"),
            ("credentials.username", "u"),
            ("credentials.host", "h1,h2"),
            ("credentials.database", "d"),
        ],
        "postgresql://u@h1:5432,h2:5432/d",
        None,
    );
}

#[test]
fn other_fields() {
    #[track_caller]
    fn check<T: PartialEq + std::fmt::Debug>(given: &[(&str, &str)], value: impl Fn(PostgresOptions) -> T, expected: T) {
        let given = [&[("credentials", "postgresql://u@h/d")], given].concat();
        assert_eq!(value(read(&given).unwrap().options().unwrap()), expected, "{given:?}");
    }
    let seconds = Duration::from_secs;
    check(&[], |options| (options.statement_timeout, options.lock_timeout), (None, Some(seconds(600))));
    check(&[("statement_timeout", "5")], |options| options.statement_timeout, Some(seconds(5)));
    check(&[("lock_timeout", "0")], |options| options.lock_timeout, Some(Duration::ZERO));
    check(&[("credentials.connect_timeout", "3")], |options| options.connect_timeout, Some(seconds(3)));
    check(&[("credentials.query", "application_name=x")], |options| options.application_name, "x".to_owned());
}

#[test]
fn errors_hide_the_password() {
    fn check(given: &[(&str, &str)], expected: &str) {
        let error = match read(given) {
            Ok(settings) => settings.options().unwrap_err().to_string(),
            Err(error) => error.to_string(),
        };
        assert!(error.starts_with(expected) && !error.contains("hunter2"), "{error}");
    }
    check(&[("credentials", "hunter2")], "`credentials` must be postgresql://user:password@host:port/database");
    check(&[("credentials", "mysql://u:hunter2@h/d")], "the driver `mysql` is not supported: use `postgresql`");
    check(&[("credentials", "postgresql://u:hunter2@h/d?a=b")], "`a` is not a connection parameter");
    check(&[("credentials.host", "h"), ("credentials.drivername", "mssql")], "the driver `mssql` is not supported");
    check(&[("credentials.host", "h"), ("credentials.password", "hunter2")], "`user` is missing");
    check(&[("credentials", "service=shop")], "`servicefile` is missing");
}

#[test]
fn files_of_libpq_supply_missing_parts() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().to_str().unwrap();
    std::fs::write(folder.path().join(".pg_service.conf"), "[shop]\nhost=h\nport=1\nuser=u\ndbname=d\n").unwrap();
    let passfile = folder.path().join(".pgpass");
    std::fs::write(&passfile, "h:1:d:u:p\nh:1:d:v:q\n").unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&passfile, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let check = |given: &[(&str, &str)], location: &str, password: Option<&str>| {
        let given = [&[("HOME", home)], given].concat();
        let options = read(&given).unwrap().options().unwrap();
        let host = options.hosts.first().unwrap();
        assert_eq!(options.location(), location);
        assert_eq!(host.password.as_ref().map(Secret::expose), password);
    };
    check(&[("PGSERVICE", "shop")], "postgresql://u@h:1/d", Some("p"));
    check(&[("credentials", "service=shop user=v")], "postgresql://v@h:1/d", Some("q"));
    check(&[("credentials", "service=shop password=x")], "postgresql://u@h:1/d", None);
    check(&[("credentials", "postgresql://u@h:1/d")], "postgresql://u@h:1/d", Some("p"));
    check(&[("credentials", "postgresql://u@h/d")], "postgresql://u@h:5432/d", None);
}
