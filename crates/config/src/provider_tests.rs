//! Tests of precedence, profiles and unused keys.

use catchment_settings::{Scope, ScopedSettings, Secret, SettingKey};
use tempfile::TempDir;

use crate::{Config, DataDirs, Environment, HostInfo, SettingsDirs, Vault, VaultEntry, VaultError, VaultOptions};

/// The providers in lookup order.
const PROVIDERS: [&str; 11] = [
    "environment",
    "mounted file",
    "project/prod.secrets.toml",
    "project/secrets.toml",
    "global/prod.secrets.toml",
    "global/secrets.toml",
    "project/prod.config.toml",
    "project/config.toml",
    "global/prod.config.toml",
    "global/config.toml",
    "vault",
];

#[derive(Debug)]
struct OneEntry(String);

impl Vault for OneEntry {
    fn name(&self) -> &str {
        "vault"
    }

    fn entry_name(&self, path: &[&str]) -> String {
        path.join("-")
    }

    fn fetch(&self, entry: &str) -> Result<Option<VaultEntry>, VaultError> {
        Ok((entry == "dlt_secrets_toml").then(|| VaultEntry::Text(Secret::from(self.0.as_str()))))
    }
}

/// Creates a configuration in which `sources.api_key` is the provider name in each of the providers.
fn held_by(providers: &[&str]) -> (TempDir, Config) {
    let home = tempfile::tempdir().unwrap();
    for folder in ["project", "global", "secrets", "settings"] {
        std::fs::create_dir(home.path().join(folder)).unwrap();
    }
    std::fs::write(home.path().join("project/.workspace"), "").unwrap();
    std::fs::write(home.path().join("project/profile-name"), "prod").unwrap();
    let folders = SettingsDirs {
        global: home.path().join("global"),
        profile: crate::Profile::active(&home.path().join("project"), &Environment::default()).unwrap(),
        mounted_secrets_dir: home.path().join("secrets"),
        mounted_settings_dir: home.path().join("settings"),
        ..SettingsDirs::for_project(home.path().join("project"))
    };
    let mut variables = Vec::new();
    let mut vault = String::new();
    for provider in providers {
        let toml = format!("[sources]\napi_key = '{provider}'\n");
        match *provider {
            "environment" => variables.push(("SOURCES__API_KEY", "environment")),
            "mounted file" => {
                for folder in ["secrets", "settings"] {
                    std::fs::write(home.path().join(folder).join("sources--api-key"), provider).unwrap();
                }
            }
            "vault" => vault = toml,
            file => std::fs::write(home.path().join(file), toml).unwrap(),
        }
    }
    let config = Config::load_from(folders, Environment::from_iter(variables)).unwrap();
    (home, config.with_vault(OneEntry(vault), VaultOptions::default()))
}

#[test]
fn the_first_of_each_pair_of_providers_takes_precedence() {
    for (at, first) in PROVIDERS.iter().enumerate() {
        for second in &PROVIDERS[at + 1..] {
            let (_home, config) = held_by(&[first, second]);
            let settings = ScopedSettings::new(&config).section(["sources"]);
            assert_eq!(settings.get::<String>("api_key").unwrap().as_deref(), Some(*first), "{first} and {second}");
            let secret = settings.get::<Secret>("api_key");
            if first.ends_with("config.toml") {
                assert!(secret.is_err(), "{first} and {second}");
            } else {
                assert_eq!(secret.unwrap(), Some(Secret::from(*first)), "{first} and {second}");
            }
        }
    }
}

#[test]
fn all_candidates_in_order() {
    let (home, config) = held_by(&PROVIDERS);
    let key = SettingKey::new(Scope::new().section(["sources"]), "api_key", true);
    let found = catchment_settings::Lookup::candidates(&config, &key).unwrap();
    let shown = found.iter().map(|found| {
        let misplaced = if found.misplaced { " MISPLACED" } else { "" };
        format!("{}{misplaced}", found.location.to_string().replace(&home.path().display().to_string(), ""))
    });
    // figment merges files of the same name and keeps only the value that takes precedence
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [
            "SOURCES__API_KEY (environment)",
            "sources.api_key (secrets.toml: /project/prod.secrets.toml:2)",
            "sources.api_key (config.toml: /project/prod.config.toml:2) MISPLACED",
            "sources.api_key in dlt_secrets_toml (vault)",
        ]
    );
}

#[test]
fn a_misspelled_key_suggests_the_nearest_name() {
    fn check(variables: &[(&str, &str)], secrets: &str, expected: &str) {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("secrets.toml"), secrets).unwrap();
        let environment = Environment::from_iter(variables.iter().copied());
        let config = Config::load_from(SettingsDirs::for_project(home.path()), environment).unwrap();
        let error = ScopedSettings::new(&config).section(["sources", "github"]).require::<Secret>("api_key").unwrap_err();
        let text = error.to_string().replace(&home.path().display().to_string(), "");
        assert!(text.contains(expected), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
    check(
        &[],
        "[sources.github]\napi_ky = 'hunter2'",
        "\nsources.github.api_ky (secrets.toml: /secrets.toml:2): did you mean `api_key`?",
    );
    check(
        &[],
        "[sources.gihtub]\napi_key = 'hunter2'",
        "\nsources.gihtub.api_key (secrets.toml: /secrets.toml:2): did you mean `github`?",
    );
    check(&[("SOURCES__API_KYE", "hunter2")], "", "\nSOURCES__API_KYE (environment): did you mean `api_key`?");
}

#[test]
fn unused_keys() {
    let home = tempfile::tempdir().unwrap();
    let project = home.path().join("project");
    std::fs::create_dir(&project).unwrap();
    std::fs::write(project.join("secrets.toml"), "[sources]\napi_key = 'x'\ntoken = 'x'\n[p.sources]\napi_ky = 'x'").unwrap();
    std::fs::write(project.join("config.toml"), "[sources.list]\na = 1\n[runtime]\nlog_level = 'INFO'").unwrap();
    let environment =
        Environment::from_iter([("OTHER", "x"), ("OTHER__KEY", "x"), ("P__SOURCES__API_KYE", "x"), ("API_KEX", "x")]);
    std::fs::create_dir(home.path().join("global")).unwrap();
    std::fs::write(home.path().join("global/secrets.toml"), "[other.project]\nkey = 'x'").unwrap();
    let folders = SettingsDirs { global: home.path().join("global"), ..SettingsDirs::for_project(home.path().join("project")) };
    let config = Config::load_from(folders, environment).unwrap().with_pipeline("p");
    let sources = || Scope::new().section(["sources"]);
    let unused = config.unused_keys(&[SettingKey::new(sources(), "api_key", true), SettingKey::new(sources(), "list", false)]);
    let shown = unused.iter().map(|key| {
        let location = key.location.to_string().replace(&home.path().display().to_string(), "");
        key.suggestion.as_ref().map_or(location.clone(), |suggestion| format!("{location} for {suggestion}"))
    });
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [
            "P__SOURCES__API_KYE (environment) for p.sources.api_key",
            "sources.token (secrets.toml: /project/secrets.toml:3)",
            "p.sources.api_ky (secrets.toml: /project/secrets.toml:5) for p.sources.api_key",
            "runtime.log_level (config.toml: /project/config.toml:4)",
        ]
    );
}

#[test]
fn folders_of_profiles() {
    fn check(files: &[(&str, &str)], variables: &[(&str, &str)], pipelines: &str, local: &str) {
        let home = tempfile::tempdir().unwrap();
        let settings = home.path().join("shop/.catchment");
        std::fs::create_dir_all(&settings).unwrap();
        for (name, text) in files {
            std::fs::write(settings.join(name), text).unwrap();
        }
        let environment = Environment::from_iter(variables.iter().copied());
        let host = HostInfo { is_root: false, home: Some("/home/ada".into()), has_dot_folder: false, tmp: "/scratch".into() };
        let folders = SettingsDirs::discover(&home.path().join("shop"), &environment, &host).unwrap();
        let config = Config::load_from(folders, environment.clone()).unwrap();
        let found = DataDirs::discover(&config, &environment, &host).unwrap();
        let shown = |path: std::path::PathBuf| path.display().to_string().replace(&home.path().display().to_string(), "");
        assert_eq!((shown(found.pipelines).as_str(), shown(found.local).as_str()), (pipelines, local));
    }
    let marker = (".workspace", "");
    let own = ("prod.config.toml", "[workspace.settings]\nworking_dir = 'own'\nlocal_dir = '/data'");
    check(&[], &[], "/home/ada/.catchment/pipelines", "");
    check(&[], &[("CATCHMENT_LOCAL_DIR", "/local")], "/home/ada/.catchment/pipelines", "/local");
    check(&[marker], &[], "/shop/.catchment/state/dev/pipelines", "/shop/.catchment/data/dev");
    check(
        &[marker, own],
        &[("WORKSPACE__PROFILE", "tests")],
        "/shop/.catchment/state/tests/pipelines",
        "/shop/.catchment/data/tests",
    );
    check(&[marker, own], &[("WORKSPACE__PROFILE", "prod")], "/shop/own/pipelines", "/data");
    check(
        &[marker, own],
        &[("WORKSPACE__PROFILE", "prod"), ("CATCHMENT_DATA_DIR", "/d"), ("CATCHMENT_LOCAL_DIR", "/l")],
        "/d/pipelines",
        "/l",
    );
}
