//! Layered configuration: environment variables, `secrets.toml`, `config.toml`.
//!
//! [`Config`] is the [`Lookup`](catchment_settings::Lookup) over them. It walks from the most to the
//! least specific place, first with the name of the pipeline in front, then without; for the field
//! `api_key` of the source `mysrc` in the module `mysec`, in the pipeline `cfgp`:
//!
//! 1. in the environment: `CFGP__SOURCES__MYSEC__MYSRC__API_KEY`, `CFGP__SOURCES__MYSEC__API_KEY`,
//!    `CFGP__SOURCES__MYSRC__API_KEY`, `CFGP__SOURCES__API_KEY`, `CFGP__API_KEY`
//! 2. the same five in `secrets.toml`: `[cfgp.sources.mysec.mysrc] api_key`, …
//! 3. the same five in `config.toml`, where a secret is an error
//! 4. all of this again without `cfgp`
//!
//! figment reads the TOML files and lays the project's over the global ones. The environment is
//! read by our own provider, since figment types its values: a password `00712345` or `true` would
//! become a number or a boolean. The environment is captured once ([`Environment::from_process`]) or
//! given; nothing else reads it.

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
