//! Tests against servers that implement the APIs of the vaults.

mod aws;
mod google;
mod hashicorp;
mod messages;

use catchment_config::{Config, Environment};
use catchment_settings::{ScopedSettings, Secret};

use crate::add_enabled_vaults;

/// Returns the configuration of environment variables, with the vaults that they enable.
fn config(variables: &[(&str, &str)]) -> Config {
    add_enabled_vaults(Config::from_environment(Environment::from_iter(variables.iter().copied()))).unwrap()
}

/// Looks up `sources.github.api_key`.
fn api_key(config: &Config) -> Option<Secret> {
    ScopedSettings::new(config).section(["sources", "github"]).get::<Secret>("api_key").unwrap()
}

/// Formats an error and all its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
