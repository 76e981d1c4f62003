//! Settings of Google Secret Manager.

use catchment_config::VaultOptions;
use catchment_settings::{FieldReader, FromSettings, IncompleteSettings, ScopedSettings, Secret};

/// The settings of Google Secret Manager in `providers.google_secrets`.
#[derive(Debug)]
pub struct GoogleVaultSettings {
    /// Which entries are read.
    pub options: VaultOptions,
    /// The URL of the service.
    pub endpoint_url: String,
}

impl FromSettings for GoogleVaultSettings {
    fn scope(settings: ScopedSettings<'_>) -> ScopedSettings<'_> {
        settings.section(["providers"]).fixed("google_secrets")
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        let options = VaultOptions::read(fields)?;
        let default = "https://secretmanager.googleapis.com".to_owned();
        Ok(GoogleVaultSettings { options, endpoint_url: fields.with_default("endpoint_url", "URL of the service.", default) })
    }
}

/// Google credentials in `providers.google_secrets.credentials`.
#[derive(Debug)]
pub struct GoogleCredentials {
    /// A service account key or a workload identity configuration, as JSON. Default: application default credentials.
    pub json: Option<Secret>,
    /// The project of the secrets. Default: the project in the JSON.
    pub project_id: Option<String>,
    /// The email address of a service account; requires its private key.
    pub client_email: Option<String>,
    /// The private key of the service account, in PEM format.
    pub private_key: Option<Secret>,
}

impl FromSettings for GoogleCredentials {
    fn scope(settings: ScopedSettings<'_>) -> ScopedSettings<'_> {
        settings.section(["providers", "google_secrets"])
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        Ok(GoogleCredentials {
            json: fields.scalar(
                "credentials",
                "Service account key or workload identity federation configuration, as JSON. Default without a private key: \
                 application default credentials (the file in `GOOGLE_APPLICATION_CREDENTIALS`, the `gcloud` login, or the \
                 metadata server).",
            ),
            project_id: fields
                .nested(
                    "credentials",
                    "project_id",
                    "Project of the secrets. Default: the variable `GOOGLE_CLOUD_PROJECT`, then the project in the JSON.",
                )
                .or_else(|| fields.variable("GOOGLE_CLOUD_PROJECT")),
            client_email: fields.nested("credentials", "client_email", "Email address of a service account."),
            private_key: fields.nested("credentials", "private_key", "Private key of the service account, in PEM format."),
        })
    }
}
