//! Settings of a pipeline.

use std::path::PathBuf;

use catchment_settings::{FieldReader, FromSettings, IncompleteSettings, Settings};

use crate::args::ProgressMode;

/// Defaults of a pipeline, read from `pipelines.<name>`. Flags and the spec take precedence.
#[derive(Debug)]
pub(crate) struct PipelineSettings {
    pub(crate) destination_type: Option<String>,
    pub(crate) dataset_name: Option<String>,
    pub(crate) pipelines_dir: Option<PathBuf>,
    pub(crate) import_schema_path: Option<PathBuf>,
    pub(crate) export_schema_path: Option<PathBuf>,
    pub(crate) progress: ProgressMode,
}

impl FromSettings for PipelineSettings {
    fn scope(settings: Settings<'_>) -> Settings<'_> {
        settings
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        let progress =
            [("auto", ProgressMode::Auto), ("log", ProgressMode::Log), ("json", ProgressMode::Json), ("off", ProgressMode::Off)];
        Ok(PipelineSettings {
            destination_type: fields.optional("destination_type", "The destination. Default: duckdb."),
            dataset_name: fields.optional("dataset_name", "The dataset. Default: `<pipeline>_dataset`."),
            pipelines_dir: fields.optional(
                "pipelines_dir",
                "The folder for the state and packages of pipelines. Default: `pipelines` in the data folder.",
            ),
            import_schema_path: fields
                .optional("import_schema_path", "The folder from which a run imports new and changed schema files."),
            export_schema_path: fields.optional("export_schema_path", "The folder to which a run exports the schema."),
            progress: fields.choice(
                "progress",
                "The progress output of runs, as for `--progress`.",
                &progress,
                ProgressMode::Auto,
            ),
        })
    }
}
