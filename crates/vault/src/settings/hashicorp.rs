//! Settings of HashiCorp Vault.

use std::path::PathBuf;

use catchment_config::VaultOptions;
use catchment_settings::{FieldReader, FromSettings, IncompleteSettings, ScopedSettings, Secret};

/// The settings of HashiCorp Vault in `providers.hashicorp_secrets`.
#[derive(Debug)]
pub struct HashiCorpVaultSettings {
    /// Which entries are read.
    pub options: VaultOptions,
    /// The URL of the server.
    pub address: String,
    /// The namespace (Vault Enterprise).
    pub namespace: Option<String>,
    /// The mount path of the secrets engine.
    pub mount: String,
    /// The folder of the entries in the secrets engine.
    pub folder: String,
}

impl FromSettings for HashiCorpVaultSettings {
    fn scope(settings: ScopedSettings<'_>) -> ScopedSettings<'_> {
        settings.section(["providers", "hashicorp_secrets"])
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        let options = VaultOptions::read(fields);
        let about = "URL of the server. Not required if the variable `VAULT_ADDR` is set.";
        let address = match fields.variable("VAULT_ADDR") {
            Some(address) => Ok(fields.with_default("address", about, address)),
            None => fields.required("address", about),
        };
        let about = "Namespace (Vault Enterprise). Default: the variable `VAULT_NAMESPACE`.";
        let namespace = fields.optional("namespace", about).or_else(|| fields.variable("VAULT_NAMESPACE"));
        let mount = fields.with_default("mount", "Mount path of the secrets engine, KV version 2.", "secret".to_owned());
        let about =
            "Folder of the entries in the secrets engine: its entry `sources/github` has the fields of `[sources.github]`.";
        let folder = fields.with_default("folder", about, "catchment".to_owned());
        Ok(HashiCorpVaultSettings { options: options?, address: address?, namespace, mount, folder })
    }
}

/// HashiCorp Vault credentials in `providers.hashicorp_secrets`: a token, or a login that returns one.
#[derive(Debug)]
pub struct HashiCorpAuth {
    /// A Vault token.
    pub token: Option<Secret>,
    /// The role ID of an AppRole login; requires the secret ID.
    pub role_id: Option<String>,
    /// The secret ID of an AppRole login.
    pub secret_id: Option<Secret>,
    /// The role of a Kubernetes login.
    pub kubernetes_role: Option<String>,
    /// The file with the service account token of the pod.
    pub kubernetes_token_path: PathBuf,
}

impl FromSettings for HashiCorpAuth {
    fn scope(settings: ScopedSettings<'_>) -> ScopedSettings<'_> {
        settings.section(["providers", "hashicorp_secrets"])
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        let token_path = PathBuf::from("/var/run/secrets/kubernetes.io/serviceaccount/token");
        Ok(HashiCorpAuth {
            token: fields
                .optional(
                    "token",
                    "Vault token. Default: the variable `VAULT_TOKEN`, or the token of an AppRole or Kubernetes login.",
                )
                .or_else(|| fields.variable("VAULT_TOKEN")),
            role_id: fields.optional("role_id", "Role ID of an AppRole login."),
            secret_id: fields.optional("secret_id", "Secret ID of an AppRole login."),
            kubernetes_role: fields.optional("kubernetes_role", "Role of a Kubernetes login."),
            kubernetes_token_path: fields.with_default(
                "kubernetes_token_path",
                "File with the service account token of the pod.",
                token_path,
            ),
        })
    }
}
