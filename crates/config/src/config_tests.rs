//! Tests of lookups in [`Config`] and their errors.

use catchment_settings::{ConnectionParams, ScopedSettings, Secret, SettingsError};
use tempfile::TempDir;

use crate::{Config, Environment, SettingsDirs};

const SOURCE: [&str; 3] = ["sources", "mysec", "mysrc"];

/// Creates the configuration of the pipeline `cfgp` in a project with the given files.
fn project(variables: &[(&str, &str)], secrets: &str, plain: &str) -> (TempDir, Config) {
    let home = tempfile::tempdir().unwrap();
    let folders =
        SettingsDirs { global: home.path().join("global"), ..SettingsDirs::for_project(home.path().join(".catchment")) };
    std::fs::create_dir(&folders.project).unwrap();
    for (name, text) in [("secrets.toml", secrets), ("config.toml", plain)] {
        if !text.is_empty() {
            std::fs::write(folders.project.join(name), text).unwrap();
        }
    }
    let environment = Environment::from_iter(variables.iter().copied());
    let config = Config::load_from(folders.clone(), environment).unwrap();
    (home, config.with_pipeline("cfgp"))
}

#[test]
fn earlier_variables_take_precedence() {
    fn check(settings: impl for<'a> Fn(ScopedSettings<'a>) -> ScopedSettings<'a>, field: &str, names: &[&str]) {
        let config = Config::from_environment(Environment::from_iter([("OTHER", "x")]));
        let error = settings(ScopedSettings::new(&config.with_pipeline("cfgp"))).require::<Secret>(field);
        let SettingsError::Missing(fields) = error.unwrap_err() else {
            panic!("another error");
        };
        let searched = fields[0].searched.locations.iter().map(|location| location.key.as_str());
        assert_eq!(searched.collect::<Vec<_>>(), names);

        for first in 0..names.len() {
            let set = names[first..].iter().map(|name| (*name, *name));
            let config = Config::from_environment(Environment::from_iter(set)).with_pipeline("cfgp");
            let found = settings(ScopedSettings::new(&config)).get::<String>(field).unwrap();
            assert_eq!(found.as_deref(), Some(names[first]));
        }
    }
    check(
        |settings| settings.section(SOURCE),
        "api_key",
        &[
            "CFGP__SOURCES__MYSEC__MYSRC__API_KEY",
            "CFGP__SOURCES__MYSEC__API_KEY",
            "CFGP__SOURCES__MYSRC__API_KEY",
            "CFGP__SOURCES__API_KEY",
            "CFGP__API_KEY",
            "SOURCES__MYSEC__MYSRC__API_KEY",
            "SOURCES__MYSEC__API_KEY",
            "SOURCES__MYSRC__API_KEY",
            "SOURCES__API_KEY",
            "API_KEY",
        ],
    );
    check(
        |settings| settings.section(["destination", "postgres"]).nested("credentials"),
        "host",
        &[
            "CFGP__DESTINATION__POSTGRES__CREDENTIALS__HOST",
            "CFGP__DESTINATION__CREDENTIALS__HOST",
            "CFGP__CREDENTIALS__HOST",
            "DESTINATION__POSTGRES__CREDENTIALS__HOST",
            "DESTINATION__CREDENTIALS__HOST",
            "CREDENTIALS__HOST",
        ],
    );
    check(|settings| settings.fixed("runtime"), "log_level", &["CFGP__RUNTIME__LOG_LEVEL", "RUNTIME__LOG_LEVEL"]);
    // a stage setting of one source
    check(
        |settings| settings.section(SOURCE).fixed("extract"),
        "workers",
        &[
            "CFGP__SOURCES__MYSEC__MYSRC__EXTRACT__WORKERS",
            "CFGP__SOURCES__MYSEC__EXTRACT__WORKERS",
            "CFGP__SOURCES__MYSRC__EXTRACT__WORKERS",
            "CFGP__SOURCES__EXTRACT__WORKERS",
            "CFGP__EXTRACT__WORKERS",
            "SOURCES__MYSEC__MYSRC__EXTRACT__WORKERS",
            "SOURCES__MYSEC__EXTRACT__WORKERS",
            "SOURCES__MYSRC__EXTRACT__WORKERS",
            "SOURCES__EXTRACT__WORKERS",
            "EXTRACT__WORKERS",
        ],
    );
    check(
        |settings| settings.section(["pipelines", "cfgp"]),
        "dataset_name",
        &[
            "CFGP__PIPELINES__CFGP__DATASET_NAME",
            "CFGP__PIPELINES__DATASET_NAME",
            "CFGP__DATASET_NAME",
            "PIPELINES__CFGP__DATASET_NAME",
            "PIPELINES__DATASET_NAME",
            "DATASET_NAME",
        ],
    );
}

#[test]
fn providers_are_searched_in_order_within_a_scope() {
    fn check(variables: &[(&str, &str)], secrets: &str, plain: &str, expected: &str) {
        let (_home, config) = project(variables, secrets, plain);
        let found = ScopedSettings::new(&config).section(SOURCE).get::<String>("owner").unwrap();
        assert_eq!(found.as_deref(), Some(expected));
    }
    let specific = "[sources.mysec.mysrc]\nowner = 'specific'";
    let scoped = "[cfgp]\nowner = 'scoped'";
    // the least specific variable takes precedence over the most specific key of a file
    check(&[("OWNER", "env")], specific, specific, "env");
    check(&[], "owner = 'secrets'", specific, "secrets");
    check(&[], "other = 1", specific, "specific");
    // the pipeline name takes precedence over everything else
    check(&[("SOURCES__MYSEC__MYSRC__OWNER", "env")], specific, scoped, "scoped");
    check(&[("CFGP__OWNER", "env")], "", scoped, "env");
    // an empty string is a value
    check(&[("OWNER", "")], specific, "", "");
}

#[test]
fn a_secret_in_config_toml_is_an_error() {
    fn check(variables: &[(&str, &str)], secrets: &str, plain: &str, error: Option<&str>) {
        let (home, config) = project(variables, secrets, plain);
        let found = ScopedSettings::new(&config).section(SOURCE).get::<Secret>("api_key");
        let shown = found.as_ref().err().map(|error| {
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
            error.to_string().replace(&home.path().display().to_string(), "")
        });
        assert_eq!(shown.as_deref(), error);
        if error.is_none() {
            assert_eq!(found.unwrap(), Some(Secret::from("hunter2")));
        }
    }
    let key = "[sources]\napi_key = 'hunter2'";
    let error = "`api_key` is a secret and must not be in sources.api_key \
                 (config.toml: /.catchment/config.toml:2): move it to secrets.toml";
    check(&[], "", key, Some(error));
    check(&[], "[other]\nkey = 1", key, Some(error));
    check(&[], key, "", None);
    check(&[], key, "[sources]\napi_key = 'other'", None);
    check(&[("API_KEY", "hunter2")], "", key, None);
}

#[test]
fn a_missing_setting_lists_locations_and_files() {
    let check = |field: &str, secret: bool, expected: &str| {
        let (home, config) = project(&[("PATH", "hunter2")], "[a]\nb = 'hunter2'", "");
        let settings = ScopedSettings::new(&config).fixed("runtime");
        let error =
            if secret { settings.require::<Secret>(field).unwrap_err() } else { settings.require::<u64>(field).unwrap_err() };
        assert_eq!(error.to_string().replace(&home.path().display().to_string(), ""), expected);
    };
    check(
        "sentry_dsn",
        true,
        "a setting is missing: `sentry_dsn` (a string, secret)\n\
         looked for `sentry_dsn` in this order:\n\
         \x20 CFGP__RUNTIME__SENTRY_DSN (environment)\n\
         \x20 cfgp.runtime.sentry_dsn (secrets.toml)\n\
         \x20 RUNTIME__SENTRY_DSN (environment)\n\
         \x20 runtime.sentry_dsn (secrets.toml)\n\
         secrets.toml: read /.catchment/secrets.toml; no file at /global/secrets.toml\n\
         add to /.catchment/secrets.toml:\n\
         \x20 [runtime]\n\
         \x20 sentry_dsn = \"…\"\n\
         or set RUNTIME__SENTRY_DSN",
    );
    check(
        "workers",
        false,
        "a setting is missing: `workers` (a non-negative integer)\n\
         looked for `workers` in this order:\n\
         \x20 CFGP__RUNTIME__WORKERS (environment)\n\
         \x20 cfgp.runtime.workers (secrets.toml)\n\
         \x20 RUNTIME__WORKERS (environment)\n\
         \x20 runtime.workers (secrets.toml)\n\
         secrets.toml: read /.catchment/secrets.toml; no file at /global/secrets.toml\n\
         config.toml: no file at /global/config.toml and /.catchment/config.toml\n\
         add to /.catchment/config.toml:\n\
         \x20 [runtime]\n\
         \x20 workers = \"…\"\n\
         or set RUNTIME__WORKERS",
    );
}

#[test]
fn values_in_secrets_toml_are_hidden_even_for_a_plain_field() {
    fn check(secrets: &str, plain: &str, expected: &str) {
        let (home, config) = project(&[], secrets, plain);
        let error = ScopedSettings::new(&config).get::<bool>("widen").unwrap_err().to_string();
        assert_eq!(error.replace(&home.path().display().to_string(), ""), expected);
    }
    let must = "`widen` must be true or false (or yes, no, 1, 0), but widen";
    check("widen = 'hunter2'", "", &format!("{must} (secrets.toml: /.catchment/secrets.toml:1) holds a string (hidden)"));
    check("", "widen = 'maybe'", &format!("{must} (config.toml: /.catchment/config.toml:1) holds the string \"maybe\""));
}

#[test]
fn credentials_as_fields_in_both_files() {
    let (_home, config) = project(
        &[],
        "[destination.postgres.credentials]\npassword = 'hunter2'",
        "[destination.postgres.credentials]\nhost = 'db'\nport = 5433",
    );
    let destination = ScopedSettings::new(&config).section(["destination", "postgres"]);
    let credentials = destination.clone().nested("credentials");
    assert_eq!(credentials.get::<String>("host").unwrap().as_deref(), Some("db"));
    assert_eq!(credentials.get::<u64>("port").unwrap(), Some(5433));
    assert_eq!(credentials.get::<Secret>("password").unwrap(), Some(Secret::from("hunter2")));
    // a field that accepts only a string rejects a table
    assert!(matches!(destination.get::<Secret>("credentials"), Err(SettingsError::InvalidValue { .. })));
}

#[test]
fn credentials_as_a_string_with_fields() {
    fn check(variables: &[(&str, &str)], secrets: &str, plain: &str, expected: &str) {
        let (_home, config) = project(variables, secrets, plain);
        let found = ScopedSettings::new(&config).section(["destination", "postgres"]).read::<ConnectionParams>().unwrap();
        assert_eq!(found.to_connection_string().expose(), expected);
    }
    let text = ("DESTINATION__POSTGRES__CREDENTIALS", "postgres://ada@db/shop");
    let fields = "[destination.postgres.credentials]\npassword = 'p@ss\"w:rd'\nhost = 'other'\nport = 5433";
    check(&[text], "", "", "postgres://ada@db/shop");
    check(&[text], fields, "", "postgres://ada:p%40ss%22w%3Ard@db:5433/shop");
    check(&[("CREDENTIALS__HOST", "db")], fields, "", "://:p%40ss%22w%3Ard@db:5433");
    check(&[], "[destination.postgres.credentials]\npassword = 'p'", "[destination.credentials]\nhost = 'h'", "://:p@h");
}

#[test]
fn load_reads_the_project_folder() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join(".dlt")).unwrap();
    std::fs::write(home.path().join(".dlt/config.toml"), "[load]\nworkers = 2").unwrap();
    let environment = Environment::from_iter([("HOME", home.path())]);
    let config = Config::load(home.path(), environment).unwrap();
    assert_eq!(ScopedSettings::new(&config).section(["load"]).get::<u64>("workers").unwrap(), Some(2));
}

#[test]
fn debug_hides_values() {
    let (_home, config) = project(&[("API_KEY", "hunter2")], "key = 'hunter2'", "key = 'hunter2'");
    let settings = ScopedSettings::new(&config);
    for shown in [
        format!("{config:?}"),
        format!("{config:#?}"),
        format!("{settings:?}"),
        format!("{:?}", settings.find("api_key", true)),
        format!("{:?}", settings.get::<Secret>("api_key")),
    ] {
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

#[test]
fn the_redactor_receives_looked_up_secrets() {
    let secrets = "[sources.mysec.mysrc]\napi_key = 'key-of-file'\nusername = 'user-of-file'\nother_key = 'another-key'";
    let (_home, config) = project(&[("PASSWORD", "of-variable")], secrets, "");
    let settings = ScopedSettings::new(&config).section(SOURCE);
    for field in ["api_key", "username", "password", "access_token_url"] {
        settings.get::<Secret>(field).unwrap();
    }
    settings.get::<String>("other_key").unwrap();
    let text = "key-of-file user-of-file of-variable another-key";
    assert_eq!(config.redactor().redact(text), "*** user-of-file *** another-key");
}

#[test]
fn the_redactor_receives_only_secret_entries_of_a_table() {
    let secrets =
        "[destination.postgres.credentials]\nhost = 'db.example.com'\ndatabase = 'warehouse'\npassword = 'of-the-table'";
    let (_home, config) = project(&[], secrets, "");
    let settings = ScopedSettings::new(&config).section(["destination", "postgres"]);
    let _ = settings.get::<Secret>("credentials");
    assert_eq!(config.redactor().redact("db.example.com warehouse of-the-table"), "db.example.com warehouse ***");
}
