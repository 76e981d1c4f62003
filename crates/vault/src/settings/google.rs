//! What is set of Google Secret Manager.

use catchment_config::VaultOptions;
use catchment_settings::{FieldReader, FromSettings, IncompleteSettings, Secret, Settings};

/// Google Secret Manager: `providers.google_secrets`.
#[derive(Debug)]
pub struct GoogleVaultSettings {
    /// What it is asked for.
    pub options: VaultOptions,
    /// Where it is.
    pub endpoint_url: String,
}

impl FromSettings for GoogleVaultSettings {
    fn scope(settings: Settings<'_>) -> Settings<'_> {
        settings.section(["providers"]).fixed("google_secrets")
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        let options = VaultOptions::read(fields)?;
        let default = "https://secretmanager.googleapis.com".to_owned();
        Ok(GoogleVaultSettings { options, endpoint_url: fields.with_default("endpoint_url", "Where the service is.", default) })
    }
}

/// Who we are to Google: `providers.google_secrets.credentials`.
#[derive(Debug)]
pub struct GoogleCredentials {
    /// The key of a service account or the configuration of workload identity, as JSON; without it application default
    /// credentials.
    pub json: Option<Secret>,
    /// The project that the secrets are in; else the one that the JSON names.
    pub project_id: Option<String>,
    /// The address of a service account, together with its private key.
    pub client_email: Option<String>,
    /// The private key of the service account, in PEM.
    pub private_key: Option<Secret>,
}

impl FromSettings for GoogleCredentials {
    fn scope(settings: Settings<'_>) -> Settings<'_> {
        settings.section(["providers", "google_secrets"])
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        Ok(GoogleCredentials {
            json: fields.scalar(
                "credentials",
                "The key of a service account, or the configuration of workload identity federation, as JSON. Without it, \
                 and without a private key, application default credentials: the file in `GOOGLE_APPLICATION_CREDENTIALS`, \
                 those of `gcloud`, or the metadata server.",
            ),
            project_id: fields
                .nested(
                    "credentials",
                    "project_id",
                    "The project that the secrets are in, where the JSON does not name it; else that of the variable \
                     `GOOGLE_CLOUD_PROJECT`.",
                )
                .or_else(|| fields.variable("GOOGLE_CLOUD_PROJECT")),
            client_email: fields.nested("credentials", "client_email", "The address of a service account."),
            private_key: fields.nested("credentials", "private_key", "The private key of the service account, in PEM."),
        })
    }
}
