//! The list of all settings that the command reads, for `config explain` and the documentation.

use catchment::rest_client::RequestSettings;
use catchment::{
    BigQuerySettings, DuckDbSettings, ExtractSettings, LoadSettings, LogSettings, NormalizeSettings, PipelineSettings,
    PostgresSettings,
};
use catchment_config::WorkspaceSettings;
use catchment_settings::{
    FieldDeclaration, FieldExplanation, FromSettings, ScopedSettings, SettingsError, declared_fields, explain,
};
use catchment_vault::{
    AwsCredentials, AwsVaultSettings, EnabledVaults, GoogleCredentials, GoogleVaultSettings, HashiCorpAuth,
    HashiCorpVaultSettings,
};

use super::Configuration;

/// The settings declared by one type, and their scope.
pub(crate) struct SettingGroup {
    pub(crate) title: &'static str,
    scope: SettingScope,
    fields: fn(&ScopedSettings<'_>) -> Vec<FieldDeclaration>,
    explain: fn(&ScopedSettings<'_>) -> Vec<FieldExplanation>,
    check: fn(&ScopedSettings<'_>) -> Result<(), SettingsError>,
    /// Returns whether a run reads the settings.
    pub(crate) is_read: fn(&EnabledVaults) -> bool,
}

/// The sections in which the settings of a group are looked up, besides their own.
#[derive(Clone, Copy)]
enum SettingScope {
    /// No further sections.
    Top,
    /// Also the sections of the source: `sources.rest_api.<name>`.
    Source,
    /// The sections of the pipeline: `pipelines.<name>`.
    Pipeline,
    /// No further sections, and no vaults.
    Local,
}

/// Returns all groups in display order.
pub(crate) fn groups() -> Vec<SettingGroup> {
    vec![
        group::<LogSettings>("Logging", SettingScope::Local),
        group::<PipelineSettings>("Pipeline", SettingScope::Pipeline),
        group::<RequestSettings>("Requests", SettingScope::Top),
        group::<ExtractSettings>("Extract", SettingScope::Source),
        group::<NormalizeSettings>("Normalize", SettingScope::Source),
        group::<LoadSettings>("Load", SettingScope::Source),
        group::<DuckDbSettings>("DuckDB", SettingScope::Top),
        group::<PostgresSettings>("PostgreSQL", SettingScope::Top),
        group::<BigQuerySettings>("BigQuery", SettingScope::Top),
        group::<WorkspaceSettings>("Folders of a project with profiles", SettingScope::Local),
        group::<EnabledVaults>("Vaults", SettingScope::Local),
        group::<GoogleVaultSettings>("Google Secret Manager", SettingScope::Local).read_when(|enabled| enabled.google),
        group::<GoogleCredentials>("Google Secret Manager credentials", SettingScope::Local).read_when(|enabled| enabled.google),
        group::<AwsVaultSettings>("AWS Secrets Manager", SettingScope::Local).read_when(|enabled| enabled.aws),
        group::<AwsCredentials>("AWS Secrets Manager credentials", SettingScope::Local).read_when(|enabled| enabled.aws),
        group::<HashiCorpVaultSettings>("HashiCorp Vault", SettingScope::Local).read_when(|enabled| enabled.hashicorp),
        group::<HashiCorpAuth>("HashiCorp Vault credentials", SettingScope::Local).read_when(|enabled| enabled.hashicorp),
    ]
}

fn group<T: FromSettings>(title: &'static str, scope: SettingScope) -> SettingGroup {
    let check = |settings: &ScopedSettings<'_>| settings.read::<T>().map(drop);
    SettingGroup { title, scope, fields: declared_fields::<T>, explain: explain::<T>, check, is_read: |_| true }
}

impl SettingGroup {
    fn read_when(self, is_read: fn(&EnabledVaults) -> bool) -> SettingGroup {
        SettingGroup { is_read, ..self }
    }

    /// Returns the declared fields without looking up values.
    pub(crate) fn fields(&self, configuration: &Configuration, source: &str, pipeline: &str) -> Vec<FieldDeclaration> {
        (self.fields)(&self.settings(configuration, source, pipeline))
    }

    /// Returns each field with its values in the configuration.
    pub(crate) fn explain(&self, configuration: &Configuration, source: &str, pipeline: &str) -> Vec<FieldExplanation> {
        (self.explain)(&self.settings(configuration, source, pipeline))
    }

    /// Reads the fields as a run would.
    pub(crate) fn check(&self, configuration: &Configuration, source: &str, pipeline: &str) -> Result<(), SettingsError> {
        (self.check)(&self.settings(configuration, source, pipeline))
    }

    /// Returns the path to display. Omits the sections of the source, as most settings are set for all sources.
    pub(crate) fn path(&self, field: &FieldDeclaration, source: &str) -> String {
        let path = field.path();
        let short = path.strip_prefix(&format!("sources.rest_api.{source}."));
        short.map(str::to_owned).unwrap_or(path)
    }

    fn settings<'s>(&self, configuration: &'s Configuration, source: &str, pipeline: &str) -> ScopedSettings<'s> {
        match self.scope {
            SettingScope::Top => configuration.settings(),
            SettingScope::Source => configuration.source_settings(source),
            SettingScope::Pipeline => configuration.pipeline_settings(pipeline),
            SettingScope::Local => configuration.without_vaults(),
        }
    }
}
