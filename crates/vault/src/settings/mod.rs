//! What is set of vaults.

mod aws;
mod google;
mod hashicorp;

use catchment_settings::{FieldReader, FromSettings, IncompleteSettings, Settings};

pub use aws::{AwsCredentials, AwsVaultSettings};
pub use google::{GoogleCredentials, GoogleVaultSettings};
pub use hashicorp::{HashiCorpAuth, HashiCorpVaultSettings};

/// Which vaults are asked: `providers`.
#[derive(Debug)]
pub struct EnabledVaults {
    /// Google Secret Manager.
    pub google: bool,
    /// AWS Secrets Manager.
    pub aws: bool,
    /// HashiCorp Vault.
    pub hashicorp: bool,
}

impl FromSettings for EnabledVaults {
    fn scope(settings: Settings<'_>) -> Settings<'_> {
        settings.fixed("providers")
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        Ok(EnabledVaults {
            google: fields.with_default("enable_google_secrets", "Whether Google Secret Manager is asked.", false),
            aws: fields.with_default("enable_aws_secrets", "Whether AWS Secrets Manager is asked.", false),
            hashicorp: fields.with_default(
                "enable_hashicorp_secrets",
                "Whether HashiCorp Vault is asked, for KV version 2.",
                false,
            ),
        })
    }
}
