//! Layered configuration: environment variables, mounted files, `secrets.toml`, `config.toml` and vaults.
//!
//! [`Config`] is the [`Lookup`](catchment_settings::Lookup) over these providers. It reports where each value comes from,
//! which keys are unused, and where a missing setting can be added.
//!
//! ```no_run
//! use std::path::Path;
//! use catchment_config::{Config, Environment};
//! use catchment_settings::{Secret, ScopedSettings};
//!
//! let config = Config::load(Path::new("."), Environment::from_process())?.with_pipeline("shop");
//! let token: Secret = ScopedSettings::new(&config).section(["sources", "rest_api", "github"]).require("token")?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A lookup tries locations from the most to the least specific, first with the pipeline name as the outermost section,
//! then without. For the field `api_key` of the source `github` in the module `rest_api`, in the pipeline `shop`:
//!
//! 1. in the environment: `SHOP__SOURCES__REST_API__GITHUB__API_KEY`, `SHOP__SOURCES__REST_API__API_KEY`,
//!    `SHOP__SOURCES__GITHUB__API_KEY`, `SHOP__SOURCES__API_KEY`, `SHOP__API_KEY`
//! 2. the same five in `secrets.toml`: `[shop.sources.rest_api.github] api_key`, …
//! 3. the same five in `config.toml`, where a secret is an error
//! 4. all of this again without `shop`
//!
//! [`Vault`]s are searched after `config.toml`. [`SettingsDirs`] and [`DataDirs`] locate the folders of a project.
//!
//! figment reads the TOML files and merges those of the project over the global ones. It does not read the environment,
//! because it converts values: a password `00712345` or `true` would become a number or a boolean. Only
//! [`Environment::from_process`] reads the environment of the process.

mod config;
#[cfg(test)]
mod config_tests;
mod data_folders;
mod environment;
mod error;
mod folders;
mod host;
mod lookup_order;
#[cfg(test)]
mod message_tests;
mod profile;
#[cfg(test)]
mod provider_tests;
mod providers;
mod unused;
mod vault;
#[cfg(test)]
mod vault_tests;

pub use config::Config;
pub use data_folders::{DataDirs, WorkspaceSettings};
pub use environment::Environment;
pub use error::ConfigError;
pub use folders::{SettingsDirs, data_dir, global_dir, pipelines_dir};
pub use host::HostInfo;
pub use profile::Profile;
pub use unused::UnusedKey;
pub use vault::{Vault, VaultEntry, VaultError, VaultOptions};
