//! Google credentials and access tokens.

use std::sync::{Arc, PoisonError, RwLock};

use catchment_settings::Secret;
use google_cloud_auth::credentials::{
    Builder, CacheableResource, Credentials, external_account, impersonated, service_account, user_account,
};
use serde_json::json;
use thiserror::Error;

const SCOPES: [&str; 2] = ["https://www.googleapis.com/auth/bigquery", "https://www.googleapis.com/auth/devstorage.read_write"];

/// The endpoint of tokens of service accounts.
const TOKEN_URI: &str = "https://oauth2.googleapis.com/token";

/// Google credentials.
///
/// ```
/// use catchment_load_bigquery::GoogleCredentials;
///
/// assert!(matches!(GoogleCredentials::default(), GoogleCredentials::ApplicationDefault));
/// ```
#[derive(Debug, Clone, Default)]
pub enum GoogleCredentials {
    /// Application default credentials: the file in `GOOGLE_APPLICATION_CREDENTIALS`, the login of gcloud, or the metadata
    /// server of the machine.
    #[default]
    ApplicationDefault,
    /// A credentials file as JSON: a service account key, workload identity federation, or a login of gcloud.
    Json(Secret),
    /// A service account.
    ServiceAccount {
        /// The email address of the account.
        client_email: String,
        /// Its private key, in PEM format.
        private_key: Secret,
    },
}

/// The reason why credentials provide no access token.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// The credentials are not JSON.
    #[error(
        "destination.bigquery.credentials is neither JSON nor the path of a file: use the unmodified key file of the service \
         account"
    )]
    NotJson,
    /// The type of the credentials is unknown.
    #[error(
        "the `type` of destination.bigquery.credentials is not supported: use `service_account`, `external_account`, \
         `authorized_user` or `impersonated_service_account`, or remove the credentials to use application default credentials"
    )]
    UnknownType,
    /// The credentials are invalid.
    #[error("the Google credentials cannot be used: {0}; check destination.bigquery.credentials")]
    Invalid(String),
    /// The token endpoint returned no token.
    #[error(
        "no access token: {0}; check destination.bigquery.credentials, or log in with `gcloud auth application-default login`"
    )]
    NoToken(String),
}

/// An access token.
pub(super) struct AccessToken {
    pub(super) access_token: Secret,
    /// The project that is charged for the requests, with user credentials.
    pub(super) quota_project: Option<String>,
}

/// Returns access tokens, which are cached until they expire.
#[derive(Debug, Clone)]
pub(super) struct TokenSource {
    configured: GoogleCredentials,
    current: Arc<RwLock<Credentials>>,
}

impl TokenSource {
    /// Creates the source. Must be called in a tokio runtime, whose tasks refresh tokens.
    pub(super) fn new(configured: &GoogleCredentials) -> Result<TokenSource, CredentialsError> {
        let current = Arc::new(RwLock::new(build(configured)?));
        Ok(TokenSource { configured: configured.clone(), current })
    }

    /// Discards the cached token.
    pub(super) fn renew(&self) -> Result<(), CredentialsError> {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = build(&self.configured)?;
        Ok(())
    }

    /// Returns a valid token.
    pub(super) async fn token(&self) -> Result<AccessToken, CredentialsError> {
        let credentials = self.current.read().unwrap_or_else(PoisonError::into_inner).clone();
        let headers = credentials.headers(http::Extensions::new()).await;
        let headers = headers.map_err(|error| CredentialsError::NoToken(causes(&error)))?;
        // `NotModified` is returned only for requests with an entity tag.
        let CacheableResource::New { data, .. } = headers else { return Err(CredentialsError::NoToken(String::new())) };
        let text = |name: &str| data.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let token = text("authorization").and_then(|value| value.strip_prefix("Bearer ").map(Secret::from));
        let access_token = token.ok_or_else(|| CredentialsError::NoToken("the response has none".to_owned()))?;
        Ok(AccessToken { access_token, quota_project: text(super::QUOTA_PROJECT) })
    }
}

fn build(configured: &GoogleCredentials) -> Result<Credentials, CredentialsError> {
    let invalid = |error: google_cloud_auth::build_errors::Error| CredentialsError::Invalid(causes(&error));
    let json = match configured {
        GoogleCredentials::ApplicationDefault => return Builder::default().with_scopes(SCOPES).build().map_err(invalid),
        // The error of the parser may quote the key.
        GoogleCredentials::Json(text) => serde_json::from_str(text.expose()).map_err(|_| CredentialsError::NotJson)?,
        GoogleCredentials::ServiceAccount { client_email, private_key } => json!({
            "type": "service_account",
            "client_email": client_email,
            "private_key": private_key.expose(),
            "private_key_id": "",
            "project_id": "",
            "token_uri": TOKEN_URI,
        }),
    };
    let kind = json.get("type").and_then(serde_json::Value::as_str).map(str::to_owned);
    match kind.as_deref() {
        Some("service_account") => service_account::Builder::new(json)
            .with_access_specifier(service_account::AccessSpecifier::from_scopes(SCOPES))
            .build(),
        Some("external_account") => external_account::Builder::new(json).with_scopes(SCOPES).build(),
        Some("authorized_user") => user_account::Builder::new(json).with_scopes(SCOPES).build(),
        Some("impersonated_service_account") => impersonated::Builder::new(json).with_scopes(SCOPES).build(),
        _ => return Err(CredentialsError::UnknownType),
    }
    .map_err(invalid)
}

/// Returns the messages of an error and its causes, without those that an earlier message contains.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let errors = std::iter::successors(Some(error), |error| error.source());
    let mut messages: Vec<String> = Vec::new();
    for message in errors.map(ToString::to_string) {
        if !messages.iter().any(|earlier| earlier.contains(&message)) {
            messages.push(message);
        }
    }
    messages.join(": ")
}
