//! What is set of vaults.

mod aws;
mod google;
mod hashicorp;

use catchment_settings::{Configured, Fields, Incomplete, Settings};

pub use aws::{AwsCredentials, AwsSecrets};
pub use google::{GoogleCredentials, GoogleSecrets};
pub use hashicorp::{HashiCorpLogin, HashiCorpSecrets};

/// Which vaults are asked: `providers`.
#[derive(Debug)]
pub struct Enabled {
    /// Google Secret Manager.
    pub google: bool,
    /// AWS Secrets Manager.
    pub aws: bool,
    /// HashiCorp Vault.
    pub hashicorp: bool,
}

impl Configured for Enabled {
    fn under(settings: Settings<'_>) -> Settings<'_> {
        settings.fixed("providers")
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self, Incomplete> {
        Ok(Enabled {
            google: fields.or("enable_google_secrets", "Whether Google Secret Manager is asked.", false),
            aws: fields.or("enable_aws_secrets", "Whether AWS Secrets Manager is asked.", false),
            hashicorp: fields.or("enable_hashicorp_secrets", "Whether HashiCorp Vault is asked, for KV version 2.", false),
        })
    }
}
