//! HashiCorp Vault provider (KV secrets engine, version 2).

use std::collections::BTreeSet;

use catchment_config::{Vault, VaultEntry, VaultError};
use catchment_json::Value;
use catchment_rest_client::{Body, RestClient};
use catchment_settings::Secret;

use crate::http::{client, get_json, request_failed, unexpected_response};
use crate::settings::{HashiCorpAuth, HashiCorpVaultSettings};
use crate::worker::VaultThread;

/// Maximum depth of folders that are listed.
const MAX_DEPTH: usize = 8;

/// A vault that reads the latest versions of the secrets in a folder of a KV engine. Entry names are paths joined by `/`,
/// and the fields of an entry are settings.
#[derive(Debug)]
pub struct HashiCorpVault {
    api: KvApi,
    login: HashiCorpAuth,
    worker: VaultThread,
    /// The session after the first login.
    session: std::sync::Mutex<Option<Session>>,
}

/// A client that sends a token, with the token.
#[derive(Debug, Clone)]
struct Session {
    client: RestClient,
    token: Secret,
}

#[derive(Debug, Clone)]
struct KvApi {
    address: String,
    namespace: Option<String>,
    mount: String,
    folder: String,
}

impl HashiCorpVault {
    /// Creates the provider. Without a token, it logs in on the first request.
    ///
    /// # Errors
    ///
    /// Returns an error if neither a token nor a complete login is configured.
    pub fn new(login: HashiCorpAuth, secrets: HashiCorpVaultSettings) -> Result<HashiCorpVault, VaultError> {
        let is_complete = match &login {
            HashiCorpAuth { token: Some(_), .. } | HashiCorpAuth { kubernetes_role: Some(_), .. } => true,
            HashiCorpAuth { role_id, secret_id, .. } => role_id.is_some() && secret_id.is_some(),
        };
        if !is_complete {
            return Err(VaultError::failed(
                "no credentials are configured: set `token` or the variable VAULT_TOKEN, or `role_id` and `secret_id`, or \
                 `kubernetes_role` in providers.hashicorp_secrets",
            ));
        }
        let HashiCorpVaultSettings { address, namespace, mount, folder, .. } = secrets;
        let worker = VaultThread::start("hashicorp vault")?;
        let trimmed = |text: String| text.trim_matches('/').to_owned();
        let api = KvApi { address, namespace, mount: trimmed(mount), folder: trimmed(folder) };
        Ok(HashiCorpVault { api, login, worker, session: std::sync::Mutex::default() })
    }

    /// Returns the session, and logs in on the first call.
    fn session(&self) -> Result<Session, VaultError> {
        let mut session = self.session.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(session) = &*session {
            return Ok(session.clone());
        }
        let token = match &self.login {
            HashiCorpAuth { token: Some(token), .. } => token.clone(),
            HashiCorpAuth { role_id: Some(role), secret_id: Some(secret), .. } => {
                self.log_in("approle", [("role_id", role.as_str()), ("secret_id", secret.expose())])?
            }
            HashiCorpAuth { kubernetes_role, kubernetes_token_path, .. } => {
                let token = std::fs::read_to_string(kubernetes_token_path).map_err(|source| VaultError::Failed {
                    problem: format!("failed to read the Kubernetes service account token {}", kubernetes_token_path.display()),
                    source: Some(source.into()),
                })?;
                let role = kubernetes_role.as_deref().unwrap_or_default();
                self.log_in("kubernetes", [("role", role), ("jwt", Secret::from(token).expose().trim())])?
            }
        };
        let logged_in = Session { client: self.api.client(Some(&token))?, token };
        *session = Some(logged_in.clone());
        Ok(logged_in)
    }

    /// Logs in with `fields`, the second of which is secret, and returns the token.
    fn log_in(&self, method: &str, fields: [(&str, &str); 2]) -> Result<Secret, VaultError> {
        let client = self.api.client(None)?;
        let [_, (_, secret)] = fields;
        let secret = Secret::from(secret);
        let body = Value::object(fields.map(|(name, value)| (name, Value::from(value))));
        let path = format!("v1/auth/{method}/login");
        self.worker.run(async move {
            let request = client.request(&path).map_err(request_failed)?;
            let request = request.method(catchment_rest_client::Method::POST).body(Body::Json(body));
            let response = get_json(&client, request, &secret)
                .await?
                .ok_or_else(|| VaultError::failed("the login method is not enabled in the vault: enable it or use a token"))?;
            let token = response.get("auth").and_then(|auth| auth.get("client_token")?.as_str());
            token.map(Secret::from).ok_or_else(|| unexpected_response("`auth.client_token`"))
        })
    }
}

impl Vault for HashiCorpVault {
    fn name(&self) -> &str {
        "hashicorp vault"
    }

    fn entry_name(&self, path: &[&str]) -> String {
        path.join("/")
    }

    fn value_entry_name(&self, path: &[&str]) -> String {
        self.entry_name(path.split_last().map_or(path, |(_, sections)| sections))
    }

    fn fetch(&self, entry: &str) -> Result<Option<VaultEntry>, VaultError> {
        let (Session { client, token }, path) = (self.session()?, self.api.path("data", entry));
        self.worker.run(async move {
            let request = client.request(&path).map_err(request_failed)?;
            let Some(response) = get_json(&client, request, &token).await? else {
                return Ok(None);
            };
            let fields = response.get("data").and_then(|data| data.get("data")).cloned();
            fields.and_then(VaultEntry::fields).map(Some).ok_or_else(|| unexpected_response("fields in `data.data`"))
        })
    }

    fn list(&self) -> Result<BTreeSet<String>, VaultError> {
        let (Session { client, token }, api) = (self.session()?, self.api.clone());
        self.worker.run(async move {
            let mut names = BTreeSet::new();
            let mut folders = vec![String::new()];
            while let Some(folder) = folders.pop() {
                let request = client.request(&api.path("metadata", &folder)).map_err(request_failed)?.param("list", "true");
                let response = get_json(&client, request, &token).await?;
                let keys = response.as_ref().and_then(|response| response.get("data")?.get("keys")?.as_array());
                for key in keys.unwrap_or_default().iter().filter_map(Value::as_str) {
                    let name = format!("{folder}{key}");
                    if !name.ends_with('/') {
                        names.insert(name);
                    } else if name.matches('/').count() <= MAX_DEPTH {
                        folders.push(name);
                    }
                }
            }
            Ok(names)
        })
    }
}

impl KvApi {
    fn client(&self, token: Option<&Secret>) -> Result<RestClient, VaultError> {
        let client = self.namespace.iter().fold(client(&self.address), |client, name| client.header("X-Vault-Namespace", name));
        let client = token.into_iter().fold(client, |client, token| client.header("X-Vault-Token", token.expose()));
        // servers may require this header, which browsers do not send
        client.header("X-Vault-Request", "true").build().map_err(request_failed)
    }

    fn path(&self, kind: &str, entry: &str) -> String {
        let parts = ["v1", &self.mount, kind, &self.folder, entry];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
    }
}
