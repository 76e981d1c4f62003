//! AWS Secrets Manager provider.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::Credentials;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_secretsmanager::types::{Filter, FilterNameStringType};
use catchment_config::{Vault, VaultEntry, VaultError};
use catchment_settings::Secret;

use crate::entry_name;
use crate::settings::{AwsCredentials, AwsVaultSettings};
use crate::worker::VaultThread;

/// A vault that reads the current versions of the secrets of an AWS account and region. Entry names are a prefix and the
/// path, joined by `/`.
#[derive(Debug)]
pub struct AwsSecretsManager {
    client: Client,
    prefix: String,
    worker: VaultThread,
}

impl AwsSecretsManager {
    /// Creates the provider. Without configured credentials, it uses the default AWS credential chain. Reads no secret yet.
    ///
    /// # Errors
    ///
    /// Returns an error if only one of access key ID and secret access key is set, or no region is configured.
    pub fn new(credentials: AwsCredentials, secrets: AwsVaultSettings) -> Result<AwsSecretsManager, VaultError> {
        let worker = VaultThread::start("aws secrets manager")?;
        let loader = config_loader(credentials)?;
        let client = worker.run(async move {
            let config = loader.load().await;
            match config.region() {
                Some(_) => Ok(Client::new(&config)),
                None => Err(VaultError::failed(
                    "no AWS region is configured: set `region_name` in providers.aws_secrets.credentials, the variable AWS_REGION, \
                     or the region of the profile",
                )),
            }
        })?;
        Ok(AwsSecretsManager { client, prefix: secrets.secret_name_prefix, worker })
    }
}

impl Vault for AwsSecretsManager {
    fn name(&self) -> &str {
        "aws secrets manager"
    }

    fn entry_name(&self, path: &[&str]) -> String {
        format!("{}{}", self.prefix, entry_name::joined(path, "/"))
    }

    fn fetch(&self, entry: &str) -> Result<Option<VaultEntry>, VaultError> {
        let request = self.client.get_secret_value().secret_id(entry);
        self.worker.run(async move {
            let response = match request.send().await {
                Ok(response) => response,
                Err(error) if error.code() == Some("ResourceNotFoundException") => return Ok(None),
                Err(error) => return Err(from_sdk_error(error)),
            };
            let binary = || String::from_utf8(response.secret_binary()?.as_ref().to_vec()).ok();
            let text = response.secret_string().map(str::to_owned).or_else(binary);
            let text = text.ok_or_else(|| VaultError::failed("the secret is neither text nor UTF-8 binary data"))?;
            Ok(Some(VaultEntry::Text(Secret::from(text))))
        })
    }

    fn list(&self) -> Result<BTreeSet<String>, VaultError> {
        let mut request = self.client.list_secrets();
        if !self.prefix.is_empty() {
            request = request.filters(Filter::builder().key(FilterNameStringType::Name).values(&self.prefix).build());
        }
        self.worker.run(async move {
            let (mut names, mut pages) = (BTreeSet::new(), request.into_paginator().send());
            while let Some(page) = pages.next().await {
                let page = page.map_err(from_sdk_error)?;
                names.extend(page.secret_list().iter().filter_map(|secret| secret.name().map(str::to_owned)));
            }
            Ok(names)
        })
    }
}

fn config_loader(credentials: AwsCredentials) -> Result<ConfigLoader, VaultError> {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(5))
        .operation_attempt_timeout(Duration::from_secs(10))
        .operation_timeout(Duration::from_secs(30))
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(200)));
    match (credentials.aws_access_key_id, credentials.aws_secret_access_key) {
        (Some(id), Some(secret)) => {
            let token = credentials.aws_session_token.map(|token| token.expose().to_owned());
            loader = loader.credentials_provider(Credentials::new(id, secret.expose(), token, None, "catchment"));
        }
        (Some(_), None) => {
            return Err(VaultError::failed("`aws_access_key_id` is set without `aws_secret_access_key`: set both"));
        }
        (None, Some(_)) => {
            return Err(VaultError::failed("`aws_secret_access_key` is set without `aws_access_key_id`: set both"));
        }
        (None, None) => {}
    }
    if let Some(profile) = credentials.profile_name {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = credentials.region_name {
        loader = loader.region(Region::new(region));
    }
    if let Some(url) = credentials.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    Ok(loader)
}

fn from_sdk_error<E>(error: SdkError<E>) -> VaultError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let reason = || format!("{} ({})", error.message().unwrap_or("no message"), error.code().unwrap_or("no code"));
    match error.code() {
        Some("AccessDeniedException" | "UnrecognizedClientException" | "InvalidRequestException" | "DecryptionFailure") => {
            VaultError::Denied(reason())
        }
        Some(_) => VaultError::failed(format!("the vault returned an error: {}", reason())),
        // `into_source` drops the response, which may contain a secret.
        None => VaultError::Failed {
            problem: "the vault did not respond: check region, endpoint and network".to_owned(),
            source: Some(error.into_source().unwrap_or_else(|error| error.to_string().into())),
        },
    }
}
