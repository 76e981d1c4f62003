//! Settings of vaults.

mod aws;
mod google;
mod hashicorp;

use catchment_settings::{FieldReader, FromSettings, IncompleteSettings, ScopedSettings};

pub use aws::{AwsCredentials, AwsVaultSettings};
pub use google::{GoogleCredentials, GoogleVaultSettings};
pub use hashicorp::{HashiCorpAuth, HashiCorpVaultSettings};

/// The enabled vaults in `providers`.
#[derive(Debug)]
pub struct EnabledVaults {
    /// Whether Google Secret Manager is enabled.
    pub google: bool,
    /// Whether AWS Secrets Manager is enabled.
    pub aws: bool,
    /// Whether HashiCorp Vault is enabled.
    pub hashicorp: bool,
}

impl FromSettings for EnabledVaults {
    fn scope(settings: ScopedSettings<'_>) -> ScopedSettings<'_> {
        settings.fixed("providers")
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        Ok(EnabledVaults {
            google: fields.with_default("enable_google_secrets", "Whether to read settings from Google Secret Manager.", false),
            aws: fields.with_default("enable_aws_secrets", "Whether to read settings from AWS Secrets Manager.", false),
            hashicorp: fields.with_default(
                "enable_hashicorp_secrets",
                "Whether to read settings from HashiCorp Vault (KV version 2).",
                false,
            ),
        })
    }
}
