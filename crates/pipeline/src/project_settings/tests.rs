use std::path::Path;

use catchment_config::Environment;
use catchment_settings::{Redactor, Secret};
use tracing::level_filters::LevelFilter;

use super::Settings;

/// Creates the settings of a project with these files and environment variables.
fn project(dir: &Path, config: &str, secrets: &str, variables: &[(&str, &str)]) -> Settings {
    let folder = dir.join(".catchment");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), config).unwrap();
    std::fs::write(folder.join("secrets.toml"), secrets).unwrap();
    let home = [("HOME", dir.to_str().unwrap())];
    let environment = Environment::from_iter(home.into_iter().chain(variables.iter().copied()));
    Settings::from_dir(dir, environment, Redactor::default()).unwrap().with_vaults().unwrap()
}

#[test]
fn values_are_found_by_their_path() {
    let dir = tempfile::tempdir().unwrap();
    let config = "page_size = 5\n[runtime]\nlog_level = \"INFO\"\n[shop]\npage_size = 9";
    let secrets = "[sources.github]\naccess_token = \"ghp_1\"";
    let settings = project(dir.path(), config, secrets, &[("SOURCES__GITLAB__PAGE_SIZE", "7")]);
    let page_size = |path: &str| settings.get::<u64>(path).unwrap();
    assert_eq!(page_size("page_size"), Some(5));
    assert_eq!(page_size("sources.github.page_size"), None, "without the last section");
    assert_eq!(page_size("sources.rest_api.gitlab.page_size"), Some(7), "without a section in between");
    assert_eq!(page_size("sources.gitlab.page_size"), Some(7));
    assert_eq!(page_size("sources.gitlab.offset"), None);
    assert_eq!(settings.for_pipeline("shop").unwrap().get::<u64>("page_size").unwrap(), Some(9));
    assert_eq!(settings.log_level().unwrap(), LevelFilter::INFO);
    let token: Secret = settings.require("sources.github.access_token").unwrap();
    assert_eq!(token.expose(), "ghp_1");
    assert_eq!(settings.config().redactor().redact("a ghp_1"), "a ***");
    let missing = settings.require::<Secret>("sources.gitlab.access_token").unwrap_err().to_string();
    assert!(missing.contains("SOURCES__GITLAB__ACCESS_TOKEN"), "{missing}");
}

#[cfg(feature = "duckdb")]
#[test]
fn a_pipeline_has_the_defaults_of_the_command() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let config = "[pipelines.shop]\ndataset_name = \"shop_data\"\n[destination.duckdb]\ncredentials = \"/files/x.duckdb\"";
    let settings = project(dir.path(), config, "", &[("CATCHMENT_DATA_DIR", data.to_str().unwrap())]);
    let pipeline = settings.pipeline("shop").unwrap();
    assert_eq!((pipeline.name(), pipeline.dataset().name()), ("shop", "shop_data"));
    assert_eq!(pipeline.sql_client().destination().location(), "duckdb:////files/x.duckdb");
    assert_eq!(pipeline.working_dir().path(), data.join("pipelines/shop"));
    assert_eq!(settings.pipeline("other").unwrap().dataset().name(), "other_dataset");
}

#[cfg(feature = "postgres")]
#[test]
fn a_pipeline_loads_into_the_configured_destination() {
    let dir = tempfile::tempdir().unwrap();
    let config = "[pipelines.shop]\ndestination_type = \"postgres\"";
    let secrets = "[destination.postgres]\ncredentials = \"postgresql://loader:pass%2Fword@db.example.com/shop\"";
    let settings = project(dir.path(), config, secrets, &[]);
    let pipeline = settings.pipeline("shop").unwrap();
    assert_eq!(pipeline.sql_client().destination().location(), "postgresql://loader@db.example.com:5432/shop");
    assert_eq!(settings.config().redactor().redact("the password is pass/word"), "the password is ***");
}

#[test]
fn an_unknown_destination_is_an_error_with_the_enabled_ones() {
    let dir = tempfile::tempdir().unwrap();
    let settings = project(dir.path(), "[pipelines.shop]\ndestination_type = \"oracle\"", "", &[]);
    let error = settings.pipeline("shop").err().map(|error| error.to_string()).unwrap();
    let expected = "unknown destination \"oracle\"; the enabled cargo features of catchment have: ";
    assert_eq!(error.strip_prefix(expected), Some(&*super::destination::ENABLED.join(", ")), "{error}");
}
