//! Google Secret Manager provider.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use catchment_config::{Vault, VaultEntry, VaultError};
use catchment_json::Value;
use catchment_rest_client::{BearerToken, Request, RestClient};
use catchment_settings::Secret;
use google_cloud_auth::credentials::{Builder, CacheableResource, Credentials, external_account, service_account};
use serde_json::json;

use crate::entry_name;
use crate::http::{client, get_json, request_failed, unexpected_response};
use crate::settings::{GoogleCredentials, GoogleVaultSettings};
use crate::worker::VaultThread;

const NO_TOKEN: &str = "the credentials returned no access token: check providers.google_secrets.credentials";
const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";
/// Header with the quota project, which requests with user credentials need.
const QUOTA_PROJECT: &str = "x-goog-user-project";

/// A vault that reads the latest versions of the secrets of a Google Cloud project. Entry names are paths joined by `-`.
#[derive(Debug)]
pub struct GoogleSecretManager {
    api: SecretManagerApi,
    worker: VaultThread,
}

#[derive(Debug, Clone)]
struct SecretManagerApi {
    project: String,
    credentials: Credentials,
    client: RestClient,
}

impl GoogleSecretManager {
    /// Creates the provider. Without configured credentials, it uses application default credentials. Reads no secret yet.
    ///
    /// # Errors
    ///
    /// Returns an error if the credentials are missing or invalid, or no project is configured.
    pub fn new(credentials: &GoogleCredentials, secrets: GoogleVaultSettings) -> Result<GoogleSecretManager, VaultError> {
        let worker = VaultThread::start("google secret manager")?;
        let key = credentials_json(credentials)?;
        let project_of_key = key.as_ref().and_then(|key| key.get("project_id")?.as_str().map(str::to_owned));
        let Some(project) = credentials.project_id.clone().or(project_of_key) else {
            return Err(VaultError::failed(
                "no Google Cloud project is configured: set `project_id` in providers.google_secrets.credentials",
            ));
        };
        let client = client(&secrets.endpoint_url).build().map_err(request_failed)?;
        // Built on the runtime, whose tasks refresh cached credentials.
        let credentials = worker.run(async move { build_credentials(key) })?;
        Ok(GoogleSecretManager { api: SecretManagerApi { project, credentials, client }, worker })
    }
}

impl Vault for GoogleSecretManager {
    fn name(&self) -> &str {
        "google secret manager"
    }

    fn entry_name(&self, path: &[&str]) -> String {
        entry_name::joined(path, "-")
    }

    fn fetch(&self, entry: &str) -> Result<Option<VaultEntry>, VaultError> {
        let (api, entry) = (self.api.clone(), entry.to_owned());
        self.worker.run(async move {
            let path = format!("v1/projects/{}/secrets/{entry}/versions/latest:access", api.project);
            let Some(response) = api.get(&path, &[]).await? else {
                return Ok(None);
            };
            let data = response.get("payload").and_then(|payload| payload.get("data")?.as_str());
            let text = data.and_then(|data| String::from_utf8(BASE64_STANDARD.decode(data).ok()?).ok());
            let text = text.ok_or_else(|| unexpected_response("text in `payload.data`"))?;
            Ok(Some(VaultEntry::Text(Secret::from(text))))
        })
    }

    fn list(&self) -> Result<BTreeSet<String>, VaultError> {
        let api = self.api.clone();
        self.worker.run(async move {
            let path = format!("v1/projects/{}/secrets", api.project);
            let (mut names, mut token) = (BTreeSet::new(), String::new());
            loop {
                let response = api.get(&path, &[("pageToken", &token)]).await?;
                let response = response.ok_or_else(|| VaultError::failed("the project does not exist: check `project_id`"))?;
                let secrets = response.get("secrets").and_then(Value::as_array).unwrap_or_default();
                let name = |secret: &Value| Some(secret.get("name")?.as_str()?.rsplit('/').next()?.to_owned());
                names.extend(secrets.iter().filter_map(name));
                let next = response.get("nextPageToken").and_then(Value::as_str).unwrap_or_default();
                if next.is_empty() || next == token {
                    return Ok(names);
                }
                token = next.to_owned();
            }
        })
    }
}

impl SecretManagerApi {
    async fn get(&self, path: &str, params: &[(&str, &str)]) -> Result<Option<Value>, VaultError> {
        let headers = self.headers().await?;
        let token = headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let token = Secret::from(token.ok_or_else(|| VaultError::failed(NO_TOKEN))?);
        let client = self.client.clone().with_auth(BearerToken::new(token.clone()));
        let mut request: Request = client.request(path).map_err(request_failed)?.params(params);
        if let Some(project) = headers.get(QUOTA_PROJECT).and_then(|value| value.to_str().ok()) {
            request = request.header(QUOTA_PROJECT, project).map_err(request_failed)?;
        }
        get_json(&client, request, &token).await
    }

    async fn headers(&self) -> Result<http::HeaderMap, VaultError> {
        match self.credentials.headers(http::Extensions::new()).await {
            Ok(CacheableResource::New { data, .. }) => Ok(data),
            // Returned only for requests with an entity tag.
            Ok(CacheableResource::NotModified) => Err(VaultError::failed(NO_TOKEN)),
            Err(error) => Err(VaultError::Failed {
                problem: "the credentials returned no access token: check providers.google_secrets.credentials, or log in with \
                          `gcloud auth application-default login`"
                    .to_owned(),
                source: Some(error.into()),
            }),
        }
    }
}

/// Returns the configured key or workload identity configuration as JSON, built from fields if necessary.
fn credentials_json(credentials: &GoogleCredentials) -> Result<Option<serde_json::Value>, VaultError> {
    match (&credentials.json, &credentials.client_email, &credentials.private_key) {
        (Some(text), _, _) => match serde_json::from_str(text.expose()) {
            Ok(key) => Ok(Some(key)),
            // The source error may quote the key.
            Err(_) => Err(VaultError::failed(
                "providers.google_secrets.credentials is not JSON: use the unmodified key file of the service account",
            )),
        },
        (None, Some(email), Some(key)) => Ok(Some(json!({
            "type": "service_account",
            "client_email": email,
            "private_key": key.expose(),
            "private_key_id": "",
            "project_id": credentials.project_id,
            "token_uri": "https://oauth2.googleapis.com/token",
        }))),
        (None, Some(_), None) => Err(VaultError::failed("`client_email` is set without `private_key`: set both")),
        (None, None, Some(_)) => Err(VaultError::failed("`private_key` is set without `client_email`: set both")),
        (None, None, None) => Ok(None),
    }
}

fn build_credentials(key: Option<serde_json::Value>) -> Result<Credentials, VaultError> {
    let kind = key.as_ref().and_then(|key| key.get("type")?.as_str().map(str::to_owned));
    let built = match (key, kind.as_deref()) {
        (None, _) => Builder::default().with_scopes([SCOPE]).build(),
        (Some(key), Some("service_account")) => service_account::Builder::new(key)
            .with_access_specifier(service_account::AccessSpecifier::from_scopes([SCOPE]))
            .build(),
        (Some(key), Some("external_account")) => external_account::Builder::new(key).with_scopes([SCOPE]).build(),
        (Some(_), _) => {
            return Err(VaultError::failed(
                "the `type` of the credentials is not supported: use `service_account` or `external_account`, or remove the \
                 credentials to use application default credentials",
            ));
        }
    };
    built.map_err(|error| VaultError::Failed {
        problem: "the Google credentials cannot be loaded: check providers.google_secrets.credentials".to_owned(),
        source: Some(error.into()),
    })
}
