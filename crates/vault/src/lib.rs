//! Secret managers as settings providers: Google Secret Manager, AWS Secrets Manager and HashiCorp Vault.
//!
//! Each is a [`Vault`](catchment_config::Vault) that is read for settings that neither the environment nor files contain.
//! It is configured in the section `providers`, in the environment or in files:
//!
//! ```toml
//! [providers]
//! enable_google_secrets = true
//!
//! [providers.google_secrets.credentials]
//! project_id = "my-project"
//! ```
//!
//! [`add_enabled_vaults`] adds the enabled vaults to a configuration:
//!
//! ```
//! use catchment_config::{Config, Environment};
//!
//! let config = Config::from_environment(Environment::default());
//! let config = catchment_vault::add_enabled_vaults(config)?;
//! # Ok::<(), catchment_settings::SettingsError>(())
//! ```
//!
//! | Cargo feature | Vault | Settings |
//! |---|---|---|
//! | `google` | `GoogleSecretManager` | [`GoogleVaultSettings`], [`GoogleCredentials`] |
//! | `aws` | `AwsSecretsManager` | [`AwsVaultSettings`], [`AwsCredentials`] |
//! | `hashicorp` | `HashiCorpVault` (KV version 2) | [`HashiCorpVaultSettings`], [`HashiCorpAuth`] |
//!
//! Each vault has a thread with its own tokio runtime, so that settings can be looked up anywhere, also inside other
//! runtimes. A request times out after one minute.

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
