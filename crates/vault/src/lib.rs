//! Secret managers as the last providers of settings: Google Secret Manager, AWS Secrets Manager and HashiCorp Vault.
//!
//! Each is a [`Vault`](catchment_config::Vault) behind a feature of its own: `google`, `aws`, `hashicorp`. They are made
//! of settings under `[providers]`, which stand in the environment or in files, and are asked for what these do not
//! have:
//!
//! ```toml
//! [providers]
//! enable_google_secrets = true
//!
//! [providers.google_secrets.credentials]
//! project_id = "my-project"
//! ```
//!
//! [`add_enabled_vaults`] adds those that are enabled:
//!
//! ```
//! use catchment_config::{Config, Environment};
//!
//! let config = Config::from_environment(Environment::default());
//! let config = catchment_vault::add_enabled_vaults(config)?;
//! # Ok::<(), catchment_settings::SettingsError>(())
//! ```
//!
//! Each vault has a thread with a runtime of its own, so that settings can be looked up from anywhere, also from within
//! other runtimes. A question takes a minute at most.

#[cfg(feature = "aws")]
mod aws;
#[cfg(any(feature = "aws", feature = "google"))]
mod entry_name;
#[cfg(feature = "google")]
mod google;
#[cfg(feature = "hashicorp")]
mod hashicorp;
#[cfg(any(feature = "google", feature = "hashicorp"))]
mod http;
mod settings;
#[cfg(test)]
#[cfg(all(feature = "aws", feature = "google", feature = "hashicorp"))]
mod tests;
mod vaults;
#[cfg(any(feature = "aws", feature = "google", feature = "hashicorp"))]
mod worker;

#[cfg(feature = "aws")]
pub use aws::AwsSecretsManager;
#[cfg(feature = "google")]
pub use google::GoogleSecretManager;
#[cfg(feature = "hashicorp")]
pub use hashicorp::HashiCorpVault;
pub use settings::{
    AwsCredentials, AwsVaultSettings, EnabledVaults, GoogleCredentials, GoogleVaultSettings, HashiCorpAuth,
    HashiCorpVaultSettings,
};
pub use vaults::add_enabled_vaults;
