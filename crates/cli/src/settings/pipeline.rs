//! What is set of a pipeline.

use std::path::PathBuf;

use catchment_settings::{Configured, Fields, Incomplete, Settings};

use crate::args::Progress;

/// The defaults of a pipeline, under the section that the caller has set: `pipelines.<name>`. Flags and the spec win.
#[derive(Debug)]
pub(crate) struct PipelineSettings {
    pub(crate) destination_type: Option<String>,
    pub(crate) dataset_name: Option<String>,
    pub(crate) pipelines_dir: Option<PathBuf>,
    pub(crate) import_schema_path: Option<PathBuf>,
    pub(crate) export_schema_path: Option<PathBuf>,
    pub(crate) progress: Progress,
}

impl Configured for PipelineSettings {
    fn under(settings: Settings<'_>) -> Settings<'_> {
        settings
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self, Incomplete> {
        let progress = [("auto", Progress::Auto), ("log", Progress::Log), ("json", Progress::Json), ("off", Progress::Off)];
        Ok(PipelineSettings {
            destination_type: fields.optional("destination_type", "The destination; by default duckdb."),
            dataset_name: fields.optional("dataset_name", "The dataset; by default the name of the pipeline and `_dataset`."),
            pipelines_dir: fields.optional("pipelines_dir", "The folder that pipelines keep their packages in."),
            import_schema_path: fields.optional("import_schema_path", "The folder with schemas that people edit."),
            export_schema_path: fields.optional("export_schema_path", "The folder that schemas are written to."),
            progress: fields.choice("progress", "How a run tells of itself.", &progress, Progress::Auto),
        })
    }
}
