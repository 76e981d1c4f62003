//! Everything that the command reads of the configuration, in one list: what it is documented and explained by.

use catchment::rest_client::RequestSettings;
use catchment::{DuckDbSettings, ExtractSettings, LoadSettings, NormalizeSettings};
use catchment_config::WorkspaceSettings;
use catchment_settings::{FieldDeclaration, FieldExplanation, FromSettings, Settings, SettingsError, declared_fields, explain};
use catchment_vault::{
    AwsCredentials, AwsVaultSettings, EnabledVaults, GoogleCredentials, GoogleVaultSettings, HashiCorpAuth,
    HashiCorpVaultSettings,
};

use super::{Configuration, PipelineSettings};
use crate::logging::LogSettings;

/// Settings that a crate declares, and where they stand.
pub(crate) struct SettingGroup {
    /// What they are of.
    pub(crate) title: &'static str,
    /// Where they are looked for.
    scope: SettingScope,
    fields: fn(&Settings<'_>) -> Vec<FieldDeclaration>,
    explain: fn(&Settings<'_>) -> Vec<FieldExplanation>,
    check: fn(&Settings<'_>) -> Result<(), SettingsError>,
    /// Whether a run reads them.
    pub(crate) is_read: fn(&EnabledVaults) -> bool,
}

/// What the settings of a group stand under, beside their own sections.
#[derive(Clone, Copy)]
enum SettingScope {
    /// Nothing.
    Top,
    /// The sections of the source too: `sources.rest_api.<name>`.
    Source,
    /// The sections of the pipeline: `pipelines.<name>`.
    Pipeline,
    /// Nothing, and they are not asked for in vaults.
    Local,
}

/// All of them, in the order in which they are shown.
pub(crate) fn groups() -> Vec<SettingGroup> {
    vec![
        group::<LogSettings>("The log", SettingScope::Local),
        group::<PipelineSettings>("A pipeline", SettingScope::Pipeline),
        group::<RequestSettings>("Requests", SettingScope::Top),
        group::<ExtractSettings>("Extracting", SettingScope::Source),
        group::<NormalizeSettings>("Normalising", SettingScope::Source),
        group::<LoadSettings>("Loading", SettingScope::Source),
        group::<DuckDbSettings>("DuckDB", SettingScope::Top),
        group::<WorkspaceSettings>("The folders of a project with profiles", SettingScope::Local),
        group::<EnabledVaults>("Vaults", SettingScope::Local),
        group::<GoogleVaultSettings>("Google Secret Manager", SettingScope::Local).read_when(|enabled| enabled.google),
        group::<GoogleCredentials>("Credentials for Google Secret Manager", SettingScope::Local)
            .read_when(|enabled| enabled.google),
        group::<AwsVaultSettings>("AWS Secrets Manager", SettingScope::Local).read_when(|enabled| enabled.aws),
        group::<AwsCredentials>("Credentials for AWS Secrets Manager", SettingScope::Local).read_when(|enabled| enabled.aws),
        group::<HashiCorpVaultSettings>("HashiCorp Vault", SettingScope::Local).read_when(|enabled| enabled.hashicorp),
        group::<HashiCorpAuth>("Logging in to HashiCorp Vault", SettingScope::Local).read_when(|enabled| enabled.hashicorp),
    ]
}

fn group<T: FromSettings>(title: &'static str, scope: SettingScope) -> SettingGroup {
    let check = |settings: &Settings<'_>| settings.read::<T>().map(drop);
    SettingGroup { title, scope, fields: declared_fields::<T>, explain: explain::<T>, check, is_read: |_| true }
}

impl SettingGroup {
    fn read_when(self, is_read: fn(&EnabledVaults) -> bool) -> SettingGroup {
        SettingGroup { is_read, ..self }
    }

    /// The fields, whether they are read or not. Nothing is looked up.
    pub(crate) fn fields(&self, configuration: &Configuration, source: &str, pipeline: &str) -> Vec<FieldDeclaration> {
        (self.fields)(&self.settings(configuration, source, pipeline))
    }

    /// What the configuration says of each field.
    pub(crate) fn explain(&self, configuration: &Configuration, source: &str, pipeline: &str) -> Vec<FieldExplanation> {
        (self.explain)(&self.settings(configuration, source, pipeline))
    }

    /// Whether a run could read the fields.
    pub(crate) fn check(&self, configuration: &Configuration, source: &str, pipeline: &str) -> Result<(), SettingsError> {
        (self.check)(&self.settings(configuration, source, pipeline))
    }

    /// The path of a field for people: settings of a source are mostly set for all of them.
    pub(crate) fn path(&self, field: &FieldDeclaration, source: &str) -> String {
        let path = field.path();
        let short = path.strip_prefix(&format!("sources.rest_api.{source}."));
        short.map(str::to_owned).unwrap_or(path)
    }

    fn settings<'s>(&self, configuration: &'s Configuration, source: &str, pipeline: &str) -> Settings<'s> {
        match self.scope {
            SettingScope::Top => configuration.settings(),
            SettingScope::Source => configuration.source_settings(source),
            SettingScope::Pipeline => configuration.pipeline_settings(pipeline),
            SettingScope::Local => configuration.without_vaults(),
        }
    }
}
