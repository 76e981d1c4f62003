//! Settings of the BigQuery destination.

use std::path::PathBuf;

use catchment_settings::{FieldReader, FromSettings, IncompleteSettings, ScopedSettings, Secret};
use thiserror::Error;

use crate::{BigQueryOptions, GoogleCredentials, StagingBucket};

/// The settings of the BigQuery destination: `destination.bigquery`.
///
/// ```
/// use catchment_load_bigquery::BigQuerySettings;
/// use catchment_settings::{NoSettings, ScopedSettings};
///
/// let settings = ScopedSettings::new(&NoSettings).read::<BigQuerySettings>()?;
/// assert!(settings.options().unwrap_err().to_string().starts_with("no Google Cloud project"));
/// # Ok::<(), catchment_settings::SettingsError>(())
/// ```
#[derive(Debug)]
pub struct BigQuerySettings {
    credentials: Option<Secret>,
    project_id: Option<String>,
    client_email: Option<String>,
    private_key: Option<Secret>,
    location: Option<String>,
    api_endpoint: Option<String>,
    emulator_host: Option<String>,
    staging_bucket_url: Option<String>,
    storage_emulator_host: Option<String>,
    maximum_bytes_billed: Option<u64>,
}

/// A setting of the BigQuery destination is missing or invalid.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OptionsError {
    /// The project is unknown.
    #[error(
        "no Google Cloud project is configured: set destination.bigquery.project_id (DESTINATION__BIGQUERY__PROJECT_ID) or \
         GOOGLE_CLOUD_PROJECT"
    )]
    NoProject,
    /// Only one of two settings is set.
    #[error("destination.bigquery.{set} is set without `{missing}`: set both, or use `credentials` with the key file")]
    Incomplete {
        /// The setting that is set.
        set: &'static str,
        /// The setting that is missing.
        missing: &'static str,
    },
    /// The URL of the bucket is invalid.
    #[error("destination.bigquery.staging_bucket_url is {url:?}, expected gs://BUCKET or gs://BUCKET/FOLDER")]
    BucketUrl {
        /// The URL.
        url: String,
    },
    /// The credentials are neither JSON nor a path.
    #[error(
        "destination.bigquery.credentials is neither JSON nor the path of a file: use the unmodified key file of the service \
         account, or set `private_key` and `client_email`"
    )]
    NotCredentials,
    /// The file of the credentials is not JSON.
    #[error("{} is not JSON; set destination.bigquery.credentials to the unmodified key file of the service account", path.display())]
    NotJson {
        /// The path.
        path: PathBuf,
    },
    /// The file of the credentials cannot be read.
    #[error("failed to read the credentials file {}; set destination.bigquery.credentials to its path or content", path.display())]
    Credentials {
        /// The path.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
}

impl BigQuerySettings {
    /// Returns the options of the destination. Reads the credentials if the setting is the path of a file.
    ///
    /// # Errors
    ///
    /// Returns an error if the project or a part of the credentials is missing, or the file cannot be read.
    pub fn options(&self) -> Result<BigQueryOptions, OptionsError> {
        let credentials = self.google_credentials()?;
        let project = self.project_id.clone().or_else(|| project_of(&credentials)).filter(|project| !project.is_empty());
        let defaults = BigQueryOptions::new(project.ok_or(OptionsError::NoProject)?);
        let bucket = |url: &String| StagingBucket::parse(url).ok_or_else(|| OptionsError::BucketUrl { url: url.clone() });
        let staging_bucket = self.staging_bucket_url.as_ref().map(bucket).transpose()?;
        let storage_endpoint = self.storage_emulator_host.as_deref().map_or(defaults.storage_endpoint.clone(), emulator_url);
        let endpoint = self.emulator_host.as_deref().map(emulator_url);
        let endpoint = endpoint.or_else(|| self.api_endpoint.clone()).unwrap_or_else(|| defaults.endpoint.clone());
        Ok(BigQueryOptions {
            credentials,
            location: self.location.clone(),
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            is_emulator: self.emulator_host.is_some(),
            staging_bucket,
            storage_endpoint: storage_endpoint.trim_end_matches('/').to_owned(),
            maximum_bytes_billed: self.maximum_bytes_billed,
            ..defaults
        })
    }

    fn google_credentials(&self) -> Result<GoogleCredentials, OptionsError> {
        match (&self.credentials, &self.client_email, &self.private_key) {
            (Some(text), _, _) if text.expose().trim_start().starts_with('{') => Ok(GoogleCredentials::Json(text.clone())),
            (Some(text), _, _) if !is_path(text.expose()) => Err(OptionsError::NotCredentials),
            (Some(path), _, _) => {
                let path = PathBuf::from(path.expose());
                match std::fs::read_to_string(&path) {
                    Ok(text) if text.trim_start().starts_with('{') => Ok(GoogleCredentials::Json(text.into())),
                    Ok(_) => Err(OptionsError::NotJson { path }),
                    Err(source) => Err(OptionsError::Credentials { path, source }),
                }
            }
            (None, Some(email), Some(key)) => {
                Ok(GoogleCredentials::ServiceAccount { client_email: email.clone(), private_key: pem(key) })
            }
            (None, Some(_), None) => Err(OptionsError::Incomplete { set: "client_email", missing: "private_key" }),
            (None, None, Some(_)) => Err(OptionsError::Incomplete { set: "private_key", missing: "client_email" }),
            (None, None, None) => Ok(GoogleCredentials::ApplicationDefault),
        }
    }
}

/// Returns the URL of an emulator, given as a URL or a host.
fn emulator_url(host: &str) -> String {
    if host.contains("://") { host.to_owned() } else { format!("http://{host}") }
}

/// Returns whether a text can be the path of a file. Other texts may be secrets, which must not be printed.
fn is_path(text: &str) -> bool {
    const MAX_PATH: usize = 255;
    text.len() <= MAX_PATH && !text.contains('\n') && !text.contains("PRIVATE KEY")
}

/// Returns a key with line breaks. In environment variables they are often written as `\n`.
fn pem(key: &Secret) -> Secret {
    key.expose().replace("\\n", "\n").into()
}

/// Returns the project in a key file.
fn project_of(credentials: &GoogleCredentials) -> Option<String> {
    let GoogleCredentials::Json(text) = credentials else { return None };
    let json: serde_json::Value = serde_json::from_str(text.expose()).ok()?;
    ["project_id", "quota_project_id"].iter().find_map(|name| json.get(*name)?.as_str().map(str::to_owned))
}

impl FromSettings for BigQuerySettings {
    fn scope(settings: ScopedSettings<'_>) -> ScopedSettings<'_> {
        settings.section(["destination", "bigquery"])
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        const CREDENTIALS: &str = "credentials";
        let project: Option<String> = fields.optional(
            "project_id",
            "Project that contains the datasets and is charged. Default: `credentials.project_id`, the project in the key \
             file, then the variable `GOOGLE_CLOUD_PROJECT`.",
        );
        let project_of_credentials = fields.nested(CREDENTIALS, "project_id", "Project of the service account.");
        let client_email = fields.optional("client_email", "Email address of a service account; requires `private_key`.");
        let nested_email = fields.nested(CREDENTIALS, "client_email", "Email address of a service account.");
        let private_key = fields.optional("private_key", "Private key of the service account, in PEM format.");
        let nested_key = fields.nested(CREDENTIALS, "private_key", "Private key of the service account, in PEM format.");
        Ok(BigQuerySettings {
            credentials: fields.scalar(
                CREDENTIALS,
                "Service account key or another credentials file, as JSON or as the path of a file. Default without a private \
                 key: application default credentials (the file in `GOOGLE_APPLICATION_CREDENTIALS`, the `gcloud` login, or \
                 the metadata server).",
            ),
            project_id: project.or(project_of_credentials).or_else(|| fields.variable("GOOGLE_CLOUD_PROJECT")),
            client_email: client_email.or(nested_email),
            private_key: private_key.or(nested_key),
            location: fields.optional("location", "Location of new datasets, such as `EU` or `europe-west3`. Default: `US`."),
            api_endpoint: fields
                .optional("api_endpoint", "URL of the API, for private endpoints. Default: `https://bigquery.googleapis.com`."),
            emulator_host: fields.variable::<String>("BIGQUERY_EMULATOR_HOST").filter(|host| !host.is_empty()),
            staging_bucket_url: fields.optional(
                "staging_bucket_url",
                "Folder of a Cloud Storage bucket through which rows are loaded, such as `gs://my-bucket/loads`. Default: none, \
                 rows are uploaded to BigQuery.",
            ),
            storage_emulator_host: fields.variable::<String>("STORAGE_EMULATOR_HOST").filter(|host| !host.is_empty()),
            maximum_bytes_billed: fields.optional(
                "maximum_bytes_billed",
                "Maximum number of bytes that a job may be billed for; a job that would exceed it fails. Default: none.",
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(credentials: Option<&str>, client_email: Option<&str>, private_key: Option<&str>) -> BigQuerySettings {
        BigQuerySettings {
            credentials: credentials.map(Secret::from),
            project_id: None,
            client_email: client_email.map(str::to_owned),
            private_key: private_key.map(Secret::from),
            location: None,
            api_endpoint: None,
            emulator_host: None,
            staging_bucket_url: None,
            storage_emulator_host: None,
            maximum_bytes_billed: None,
        }
    }

    #[test]
    fn credentials_are_json_or_a_path_or_fields() {
        #[track_caller]
        fn check(settings: &BigQuerySettings, expected: &str) {
            let found = match settings.options() {
                Ok(options) => format!("{} {:?}", options.project, options.credentials),
                Err(error) => error.to_string(),
            };
            assert!(found.contains(expected), "{found}");
        }
        check(&settings(Some(r#"{"type":"service_account","project_id":"p"}"#), None, None), "p Json(");
        check(&settings(Some("/none.json"), None, None), "failed to read the credentials file /none.json");
        check(&settings(None, Some("a@b"), None), "client_email is set without `private_key`");
        check(&settings(None, None, Some("key")), "private_key is set without `client_email`");
        check(&settings(None, None, None), "no Google Cloud project");
        let with_project =
            BigQuerySettings { project_id: Some("p".to_owned()), ..settings(None, Some("a@b"), Some("-----BEGIN\\nx")) };
        check(&with_project, "p ServiceAccount");
        let credentials = with_project.options().unwrap().credentials;
        let GoogleCredentials::ServiceAccount { private_key, .. } = credentials else { panic!("{credentials:?}") };
        assert_eq!(private_key.expose(), "-----BEGIN\nx");
    }

    #[test]
    fn a_key_in_place_of_a_path_is_not_printed() {
        for secret in ["-----BEGIN PRIVATE KEY-----", "s3cret\nlines", &"c2VjcmV0".repeat(100)] {
            let shown = settings(Some(secret), None, None).options().unwrap_err().to_string();
            assert!(shown.contains("neither JSON nor the path") && !shown.contains(secret), "{shown}");
        }
    }

    #[test]
    fn the_bucket_is_a_url() {
        let settings = |url: &str| BigQuerySettings {
            project_id: Some("p".to_owned()),
            staging_bucket_url: Some(url.to_owned()),
            ..settings(None, None, None)
        };
        assert_eq!(settings("gs://b/f").options().unwrap().staging_bucket, StagingBucket::parse("gs://b/f"));
        let error = settings("s3://b").options().unwrap_err().to_string();
        assert_eq!(error, r#"destination.bigquery.staging_bucket_url is "s3://b", expected gs://BUCKET or gs://BUCKET/FOLDER"#);
    }

    #[test]
    fn an_emulator_gets_no_credentials() {
        let settings = BigQuerySettings {
            project_id: Some("p".to_owned()),
            emulator_host: Some("localhost:9050".to_owned()),
            ..settings(None, None, None)
        };
        let options = settings.options().unwrap();
        assert_eq!((options.endpoint.as_str(), options.is_emulator), ("http://localhost:9050", true));
    }
}
