//! What is set of AWS Secrets Manager.

use catchment_config::VaultOptions;
use catchment_settings::{FieldReader, FromSettings, IncompleteSettings, Secret, Settings};

/// AWS Secrets Manager: `providers.aws_secrets`.
#[derive(Debug)]
pub struct AwsVaultSettings {
    /// What it is asked for.
    pub options: VaultOptions,
    /// What the names of all entries begin with.
    pub secret_name_prefix: String,
}

impl FromSettings for AwsVaultSettings {
    fn scope(settings: Settings<'_>) -> Settings<'_> {
        settings.section(["providers"]).fixed("aws_secrets")
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        let options = VaultOptions::read(fields)?;
        let about = "What the names of all entries begin with; it may be empty.";
        Ok(AwsVaultSettings { options, secret_name_prefix: fields.with_default("secret_name_prefix", about, "dlt/".to_owned()) })
    }
}

/// Who we are to AWS: `providers.aws_secrets.credentials`. What is not set is found as the tools of AWS do: in the
/// environment, profiles, the container or the machine.
#[derive(Debug)]
pub struct AwsCredentials {
    /// A key, together with its secret.
    pub aws_access_key_id: Option<String>,
    /// The secret of the key.
    pub aws_secret_access_key: Option<Secret>,
    /// The token of temporary keys.
    pub aws_session_token: Option<Secret>,
    /// A profile in the files of the tools of AWS.
    pub profile_name: Option<String>,
    /// The region that the secrets are in.
    pub region_name: Option<String>,
    /// Where the service is, if not where the region has it.
    pub endpoint_url: Option<String>,
}

impl FromSettings for AwsCredentials {
    fn scope(settings: Settings<'_>) -> Settings<'_> {
        settings.section(["providers", "aws_secrets"]).nested("credentials")
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        Ok(AwsCredentials {
            aws_access_key_id: fields.optional(
                "aws_access_key_id",
                "A key, together with its secret. Without it what the tools of AWS find: variables, profiles, the role of the \
                 container or the machine. For single sign-on give the profile a `credential_process` with `aws configure \
                 export-credentials --format process`.",
            ),
            aws_secret_access_key: fields.optional("aws_secret_access_key", "The secret of the key."),
            aws_session_token: fields.optional("aws_session_token", "The token of temporary keys."),
            profile_name: fields.optional("profile_name", "A profile in the files of the tools of AWS."),
            region_name: fields.optional("region_name", "The region that the secrets are in; else that of the profile."),
            endpoint_url: fields.optional("endpoint_url", "Where the service is, if not where the region has it."),
        })
    }
}
