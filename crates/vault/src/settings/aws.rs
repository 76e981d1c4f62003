//! Settings of AWS Secrets Manager.

use catchment_config::VaultOptions;
use catchment_settings::{FieldReader, FromSettings, IncompleteSettings, ScopedSettings, Secret};

/// The settings of AWS Secrets Manager in `providers.aws_secrets`.
#[derive(Debug)]
pub struct AwsVaultSettings {
    /// Which entries are read.
    pub options: VaultOptions,
    /// The prefix of all entry names.
    pub secret_name_prefix: String,
}

impl FromSettings for AwsVaultSettings {
    fn scope(settings: ScopedSettings<'_>) -> ScopedSettings<'_> {
        settings.section(["providers"]).fixed("aws_secrets")
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        let options = VaultOptions::read(fields)?;
        let about = "Prefix of all entry names; may be empty.";
        Ok(AwsVaultSettings { options, secret_name_prefix: fields.with_default("secret_name_prefix", about, "dlt/".to_owned()) })
    }
}

/// AWS credentials in `providers.aws_secrets.credentials`.
///
/// Missing values come from the default AWS chain: environment variables, profiles, and the role of the container or
/// machine.
#[derive(Debug)]
pub struct AwsCredentials {
    /// The access key ID; requires the secret access key.
    pub aws_access_key_id: Option<String>,
    /// The secret access key.
    pub aws_secret_access_key: Option<Secret>,
    /// The session token of temporary credentials.
    pub aws_session_token: Option<Secret>,
    /// A profile in the AWS configuration files.
    pub profile_name: Option<String>,
    /// The region of the secrets.
    pub region_name: Option<String>,
    /// The URL of the service, if it is not that of the region.
    pub endpoint_url: Option<String>,
}

impl FromSettings for AwsCredentials {
    fn scope(settings: ScopedSettings<'_>) -> ScopedSettings<'_> {
        settings.section(["providers", "aws_secrets"]).nested("credentials")
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        Ok(AwsCredentials {
            aws_access_key_id: fields.optional(
                "aws_access_key_id",
                "Access key ID; requires `aws_secret_access_key`. Default: the AWS credential chain (environment variables, \
                 profiles, the role of the container or machine). For single sign-on, set `credential_process` of the profile \
                 to `aws configure export-credentials --format process`.",
            ),
            aws_secret_access_key: fields.optional("aws_secret_access_key", "Secret access key."),
            aws_session_token: fields.optional("aws_session_token", "Session token of temporary credentials."),
            profile_name: fields.optional("profile_name", "Profile in the AWS configuration files."),
            region_name: fields.optional("region_name", "Region of the secrets. Default: the region of the profile."),
            endpoint_url: fields.optional("endpoint_url", "URL of the service. Default: the endpoint of the region."),
        })
    }
}
