//! What is set of a pipeline.

use std::path::PathBuf;

use catchment_settings::{FieldReader, FromSettings, IncompleteSettings, Settings};

use crate::args::ProgressMode;

/// The defaults of a pipeline, under the section that the caller has set: `pipelines.<name>`. Flags and the spec win.
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
            destination_type: fields.optional("destination_type", "The destination; by default duckdb."),
            dataset_name: fields.optional("dataset_name", "The dataset; by default the name of the pipeline and `_dataset`."),
            pipelines_dir: fields.optional("pipelines_dir", "The folder that pipelines keep their packages in."),
            import_schema_path: fields.optional("import_schema_path", "The folder with schemas that people edit."),
            export_schema_path: fields.optional("export_schema_path", "The folder that schemas are written to."),
            progress: fields.choice("progress", "How a run tells of itself.", &progress, ProgressMode::Auto),
        })
    }
}
