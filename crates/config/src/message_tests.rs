//! Tests of error messages.

use std::path::Path;

use catchment_settings::{FieldReader, FromSettings, IncompleteSettings, ScopedSettings, Secret};
use insta::assert_snapshot;

use crate::{Config, Environment, Profile, SettingsDirs};

/// One setting of each type.
struct All {
    _token: Secret,
    _name: String,
}

impl FromSettings for All {
    fn scope(settings: ScopedSettings<'_>) -> ScopedSettings<'_> {
        settings.fixed("load")
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        let token = fields.required::<Secret>("token", "");
        let name = fields.required::<String>("name", "");
        fields.with_default("workers", "", 1_u64);
        fields.with_default("port", "", 80_u16);
        fields.with_default("factor", "", 1.5_f64);
        fields.with_default("wait", "", std::time::Duration::ZERO);
        fields.with_default("strict", "", false);
        fields.choice("level", "", &[("LOW", 1), ("HIGH", 2)], 1);
        Ok(All { _token: token?, _name: name? })
    }
}

/// Returns the error message for a project with these files, without the project folder.
fn message(secrets: &str, plain: &str) -> String {
    let home = tempfile::tempdir().unwrap();
    for (name, text) in [("secrets.toml", secrets), ("config.toml", plain)] {
        std::fs::write(home.path().join(name), text).unwrap();
    }
    let variables = [("LOAD__PORT", "70000"), ("OTHER", "hunter2")];
    let shown = match Config::load_from(SettingsDirs::for_project(home.path()), Environment::from_iter(variables)) {
        Ok(config) => {
            let error = ScopedSettings::new(&config).read::<All>().map(|_| ()).unwrap_err();
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
            error.to_string()
        }
        Err(error) => {
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
            error.to_string()
        }
    };
    assert!(!shown.contains("hunter2"), "{shown}");
    shown.replace(&home.path().display().to_string(), "")
}

#[test]
fn wrong_types_and_missing_settings() {
    assert_snapshot!(
        message(
            "[load]\nstrict = 'hunter2'\nwait = -1",
            "[load]\nworkers = 'many'\nfactor = [1]\nlevel = 'middle'\nnmae = 'x'"
        ),
        @r#"
        `workers` must be a non-negative integer, but load.workers (config.toml: /config.toml:2) holds the string "many"
        `port` must be an integer from 0 to 65535, but LOAD__PORT (environment) holds the string "70000"
        `factor` must be a number, but load.factor (config.toml: /config.toml:3) holds a list of 1
        `wait` must be a non-negative number of seconds, but load.wait (secrets.toml: /secrets.toml:3) holds a number (hidden)
        `strict` must be true or false (or yes, no, 1, 0), but load.strict (secrets.toml: /secrets.toml:2) holds a string (hidden)
        `level` must be one of LOW, HIGH, but load.level (config.toml: /config.toml:4) holds the string "middle"
        2 settings are missing: `token` (a string, secret), `name` (a string)
        looked for `token` in this order:
          LOAD__TOKEN (environment)
          load.token (secrets.toml)
        looked for `name` in this order:
          LOAD__NAME (environment)
          load.name (secrets.toml)
          load.name (config.toml)
        load.nmae (config.toml: /config.toml:5): did you mean `name`?
        secrets.toml: read /secrets.toml; no file at /no-global-settings/secrets.toml
        config.toml: read /config.toml; no file at /no-global-settings/config.toml
        add to /secrets.toml:
          [load]
          token = "…"
        add to /config.toml:
          [load]
          name = "…"
        or set LOAD__TOKEN and LOAD__NAME
        "#
    );
    assert_snapshot!(message("", "[load]\nname = 'x'\ntoken = 'hunter2'\nworkers = 1.5\n[load.level]\na = 1"), @r#"
        `token` is a secret and must not be in load.token (config.toml: /config.toml:3): move it to secrets.toml
        `workers` must be a non-negative integer, but load.workers (config.toml: /config.toml:4) holds the number 1.5
        `port` must be an integer from 0 to 65535, but LOAD__PORT (environment) holds the string "70000"
        `level` must be one of LOW, HIGH, but load.level (config.toml: /config.toml:6) holds a table
        "#);
}

#[test]
fn bad_toml() {
    assert_snapshot!(message("[load]\ntoken = hunter2", ""), @r#"/secrets.toml is not valid TOML at line 2, column 9: invalid string, expected `"`, `'`"#);
    assert_snapshot!(message("", "[load\ntoken = 'hunter2'"), @"/config.toml is not valid TOML at line 1, column 6: invalid table header, expected `.`, `]`");
    assert_snapshot!(message("token = 'hunter2'\ntoken = 'hunter2'", ""), @"/secrets.toml is not valid TOML at line 2, column 1: duplicate key `token` in document root");
}

#[test]
fn unreadable_files() {
    fn check(prepare: impl Fn(&Path)) -> String {
        let home = tempfile::tempdir().unwrap();
        prepare(home.path());
        let folders = SettingsDirs::for_project(home.path());
        let error = match Profile::active(home.path(), &Environment::default()) {
            Ok(profile) => Config::load_from(SettingsDirs { profile, ..folders }, Environment::default()).unwrap_err(),
            Err(error) => error,
        };
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
        format!("{error}{}", cause.unwrap_or_default()).replace(&home.path().display().to_string(), "")
    }
    assert_snapshot!(check(|home| std::fs::create_dir(home.join("config.toml")).unwrap()), @"failed to read /config.toml: check that it is a readable UTF-8 file: Is a directory (os error 21)");
    assert_snapshot!(check(|home| std::fs::write(home.join("secrets.toml"), b"a = \"\xe9\"").unwrap()), @"failed to read /secrets.toml: check that it is a readable UTF-8 file: stream did not contain valid UTF-8");
    assert_snapshot!(check(|home| {
        std::fs::write(home.join(".workspace"), "").unwrap();
        std::fs::create_dir(home.join("profile-name")).unwrap();
    }), @"failed to read /profile-name: check that it is a readable UTF-8 file: Is a directory (os error 21)");
}
