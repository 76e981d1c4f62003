//! Everything that the command reads of the configuration, in one list: what it is documented and explained by.

use catchment::rest_client::RequestSettings;
use catchment::{DuckDbSettings, ExtractSettings, LoadSettings, NormalizeSettings};
use catchment_config::WorkspaceSettings;
use catchment_settings::{Configured, Explained, Field, Settings, SettingsError, explain, fields_of};
use catchment_vault::{AwsCredentials, AwsSecrets, Enabled, GoogleCredentials, GoogleSecrets, HashiCorpLogin, HashiCorpSecrets};

use super::{Configuration, PipelineSettings};
use crate::logging::LogSettings;

/// Settings that a crate declares, and where they stand.
pub(crate) struct Group {
    /// What they are of.
    pub(crate) title: &'static str,
    /// Where they are looked for.
    place: Place,
    fields: fn(&Settings<'_>) -> Vec<Field>,
    explain: fn(&Settings<'_>) -> Vec<Explained>,
    check: fn(&Settings<'_>) -> Result<(), SettingsError>,
    /// Whether a run reads them.
    pub(crate) is_read: fn(&Enabled) -> bool,
}

/// What the settings of a group stand under, beside their own sections.
#[derive(Clone, Copy)]
enum Place {
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
pub(crate) fn groups() -> Vec<Group> {
    vec![
        group::<LogSettings>("The log", Place::Local),
        group::<PipelineSettings>("A pipeline", Place::Pipeline),
        group::<RequestSettings>("Requests", Place::Top),
        group::<ExtractSettings>("Extracting", Place::Source),
        group::<NormalizeSettings>("Normalising", Place::Source),
        group::<LoadSettings>("Loading", Place::Source),
        group::<DuckDbSettings>("DuckDB", Place::Top),
        group::<WorkspaceSettings>("The folders of a project with profiles", Place::Local),
        group::<Enabled>("Vaults", Place::Local),
        group::<GoogleSecrets>("Google Secret Manager", Place::Local).where_read(|enabled| enabled.google),
        group::<GoogleCredentials>("Credentials for Google Secret Manager", Place::Local).where_read(|enabled| enabled.google),
        group::<AwsSecrets>("AWS Secrets Manager", Place::Local).where_read(|enabled| enabled.aws),
        group::<AwsCredentials>("Credentials for AWS Secrets Manager", Place::Local).where_read(|enabled| enabled.aws),
        group::<HashiCorpSecrets>("HashiCorp Vault", Place::Local).where_read(|enabled| enabled.hashicorp),
        group::<HashiCorpLogin>("Logging in to HashiCorp Vault", Place::Local).where_read(|enabled| enabled.hashicorp),
    ]
}

fn group<T: Configured>(title: &'static str, place: Place) -> Group {
    let check = |settings: &Settings<'_>| settings.read::<T>().map(drop);
    Group { title, place, fields: fields_of::<T>, explain: explain::<T>, check, is_read: |_| true }
}

impl Group {
    fn where_read(self, is_read: fn(&Enabled) -> bool) -> Group {
        Group { is_read, ..self }
    }

    /// The fields, whether they are read or not. Nothing is looked up.
    pub(crate) fn fields(&self, configuration: &Configuration, source: &str, pipeline: &str) -> Vec<Field> {
        (self.fields)(&self.settings(configuration, source, pipeline))
    }

    /// What the configuration says of each field.
    pub(crate) fn explain(&self, configuration: &Configuration, source: &str, pipeline: &str) -> Vec<Explained> {
        (self.explain)(&self.settings(configuration, source, pipeline))
    }

    /// Whether a run could read the fields.
    pub(crate) fn check(&self, configuration: &Configuration, source: &str, pipeline: &str) -> Result<(), SettingsError> {
        (self.check)(&self.settings(configuration, source, pipeline))
    }

    /// The path of a field for people: settings of a source are mostly set for all of them.
    pub(crate) fn path(&self, field: &Field, source: &str) -> String {
        let path = field.path();
        let short = path.strip_prefix(&format!("sources.rest_api.{source}."));
        short.map(str::to_owned).unwrap_or(path)
    }

    fn settings<'s>(&self, configuration: &'s Configuration, source: &str, pipeline: &str) -> Settings<'s> {
        match self.place {
            Place::Top => configuration.settings(),
            Place::Source => configuration.of_source(source),
            Place::Pipeline => configuration.section_of_pipeline(pipeline),
            Place::Local => configuration.local(),
        }
    }
}
