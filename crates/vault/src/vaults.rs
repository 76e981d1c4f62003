//! Creation of the enabled vaults.

use catchment_config::{Config, VaultError};
use catchment_settings::{ScopedSettings, SettingLocation, SettingsError};

use crate::EnabledVaults;

/// Adds the vaults that `[providers]` enables to the configuration, in the order Google, AWS, HashiCorp. Reads no secret
/// yet.
///
/// # Errors
///
/// Returns an error if the settings of a vault are invalid or incomplete, or its cargo feature is disabled.
pub fn add_enabled_vaults(config: Config) -> Result<Config, SettingsError> {
    let enabled = ScopedSettings::new(&config).read::<EnabledVaults>()?;
    let mut vaults = config.clone();
    if enabled.google {
        vaults = google(vaults, &ScopedSettings::new(&config))?;
    }
    if enabled.aws {
        vaults = aws(vaults, &ScopedSettings::new(&config))?;
    }
    if enabled.hashicorp {
        vaults = hashicorp(vaults, &ScopedSettings::new(&config))?;
    }
    Ok(vaults)
}

#[cfg(feature = "google")]
fn google(config: Config, settings: &ScopedSettings<'_>) -> Result<Config, SettingsError> {
    let secrets = settings.read::<crate::GoogleVaultSettings>()?;
    let options = secrets.options;
    let vault = crate::GoogleSecretManager::new(&settings.read()?, secrets).map_err(|error| unusable("google_secrets", error))?;
    Ok(config.with_vault(vault, options))
}

#[cfg(not(feature = "google"))]
fn google(_: Config, _: &ScopedSettings<'_>) -> Result<Config, SettingsError> {
    Err(not_built_in("google"))
}

#[cfg(feature = "aws")]
fn aws(config: Config, settings: &ScopedSettings<'_>) -> Result<Config, SettingsError> {
    let secrets = settings.read::<crate::AwsVaultSettings>()?;
    let options = secrets.options;
    let vault = crate::AwsSecretsManager::new(settings.read()?, secrets).map_err(|error| unusable("aws_secrets", error))?;
    Ok(config.with_vault(vault, options))
}

#[cfg(not(feature = "aws"))]
fn aws(_: Config, _: &ScopedSettings<'_>) -> Result<Config, SettingsError> {
    Err(not_built_in("aws"))
}

#[cfg(feature = "hashicorp")]
fn hashicorp(config: Config, settings: &ScopedSettings<'_>) -> Result<Config, SettingsError> {
    let secrets = settings.read::<crate::HashiCorpVaultSettings>()?;
    let options = secrets.options;
    let vault = crate::HashiCorpVault::new(settings.read()?, secrets).map_err(|error| unusable("hashicorp_secrets", error))?;
    Ok(config.with_vault(vault, options))
}

#[cfg(not(feature = "hashicorp"))]
fn hashicorp(_: Config, _: &ScopedSettings<'_>) -> Result<Config, SettingsError> {
    Err(not_built_in("hashicorp"))
}

#[cfg(any(feature = "aws", feature = "google", feature = "hashicorp"))]
fn unusable(section: &str, error: VaultError) -> SettingsError {
    SettingsError::Unreadable {
        name: "credentials".to_owned(),
        location: Box::new(SettingLocation::new("the configuration", format!("providers.{section}"))),
        source: error.into(),
    }
}

#[cfg(not(all(feature = "aws", feature = "google", feature = "hashicorp")))]
fn not_built_in(feature: &'static str) -> SettingsError {
    let problem = format!("this program was built without this vault: enable the cargo feature `{feature}`");
    SettingsError::Unreadable {
        name: format!("enable_{feature}_secrets"),
        location: Box::new(SettingLocation::new("the configuration", "providers")),
        source: VaultError::failed(problem).into(),
    }
}
