//! What is set of HashiCorp Vault.

use std::path::PathBuf;

use catchment_config::VaultOptions;
use catchment_settings::{FieldReader, FromSettings, IncompleteSettings, Secret, Settings};

/// HashiCorp Vault: `providers.hashicorp_secrets`.
#[derive(Debug)]
pub struct HashiCorpVaultSettings {
    /// What it is asked for.
    pub options: VaultOptions,
    /// Its URL.
    pub address: String,
    /// The namespace, of the enterprise edition.
    pub namespace: Option<String>,
    /// Where the secrets engine is mounted.
    pub mount: String,
    /// The folder in the engine that the entries are in.
    pub folder: String,
}

impl FromSettings for HashiCorpVaultSettings {
    fn scope(settings: Settings<'_>) -> Settings<'_> {
        settings.section(["providers", "hashicorp_secrets"])
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        let options = VaultOptions::read(fields);
        let about = "The URL of the server; else that of the variable `VAULT_ADDR`.";
        let address = match fields.variable("VAULT_ADDR") {
            Some(address) => Ok(fields.with_default("address", about, address)),
            None => fields.required("address", about),
        };
        let about = "The namespace, of the enterprise edition; else that of the variable `VAULT_NAMESPACE`.";
        let namespace = fields.optional("namespace", about).or_else(|| fields.variable("VAULT_NAMESPACE"));
        let mount = fields.with_default("mount", "Where the secrets engine, KV version 2, is mounted.", "secret".to_owned());
        let about =
            "The folder in the engine that the entries are in: `sources/github` there has the fields of `[sources.github]`.";
        let folder = fields.with_default("folder", about, "catchment".to_owned());
        Ok(HashiCorpVaultSettings { options: options?, address: address?, namespace, mount, folder })
    }
}

/// Who we are to HashiCorp Vault: `providers.hashicorp_secrets`. A token, or what one is got for.
#[derive(Debug)]
pub struct HashiCorpAuth {
    /// A token.
    pub token: Option<Secret>,
    /// A role of the method AppRole, together with its secret.
    pub role_id: Option<String>,
    /// The secret of the role.
    pub secret_id: Option<Secret>,
    /// A role of the method Kubernetes.
    pub kubernetes_role: Option<String>,
    /// The file with the token of the pod's service account.
    pub kubernetes_token_path: PathBuf,
}

impl FromSettings for HashiCorpAuth {
    fn scope(settings: Settings<'_>) -> Settings<'_> {
        settings.section(["providers", "hashicorp_secrets"])
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        let token_path = PathBuf::from("/var/run/secrets/kubernetes.io/serviceaccount/token");
        Ok(HashiCorpAuth {
            token: fields
                .optional("token", "A token; else that of the variable `VAULT_TOKEN`, or one that is got by one of these:")
                .or_else(|| fields.variable("VAULT_TOKEN")),
            role_id: fields.optional("role_id", "A role of the method AppRole."),
            secret_id: fields.optional("secret_id", "The secret of the role."),
            kubernetes_role: fields.optional("kubernetes_role", "A role of the method Kubernetes."),
            kubernetes_token_path: fields.with_default(
                "kubernetes_token_path",
                "The file with the token of the pod's service account.",
                token_path,
            ),
        })
    }
}
