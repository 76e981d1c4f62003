//! Settings of a pipeline.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use catchment_run::{ProgressSink, RunOptions, SchemaFiles, WorkingDir};
use catchment_settings::{FieldReader, FromSettings, IncompleteSettings, ScopedSettings};

use super::{ProjectError, Settings};
use crate::Pipeline;

/// Defaults of a pipeline, read from `pipelines.<name>`. Flags and the spec take precedence.
#[derive(Debug)]
pub struct PipelineSettings {
    /// The name of the destination. Default: `duckdb`.
    pub destination_type: Option<String>,
    /// The dataset. Default: `<pipeline>_dataset`.
    pub dataset_name: Option<String>,
    /// The folder with the working folders of pipelines.
    pub pipelines_dir: Option<PathBuf>,
    /// The folder from which schema files are imported.
    pub import_schema_path: Option<PathBuf>,
    /// The folder to which schemas are exported.
    pub export_schema_path: Option<PathBuf>,
    /// The progress output of runs.
    pub progress: ProgressMode,
}

/// The progress output of runs, as a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgressMode {
    /// `Log` if stderr is a terminal, otherwise `Off`.
    Auto,
    /// Text lines on stderr.
    Log,
    /// JSON Lines on stdout.
    Json,
    /// No output.
    Off,
}

impl ProgressMode {
    /// All modes.
    pub const ALL: [ProgressMode; 4] = [ProgressMode::Auto, ProgressMode::Log, ProgressMode::Json, ProgressMode::Off];

    /// Returns the name in lowercase.
    pub fn name(self) -> &'static str {
        match self {
            ProgressMode::Auto => "auto",
            ProgressMode::Log => "log",
            ProgressMode::Json => "json",
            ProgressMode::Off => "off",
        }
    }

    /// Returns the mode with this name, or `None` if it is unknown.
    pub fn from_name(name: &str) -> Option<ProgressMode> {
        ProgressMode::ALL.into_iter().find(|mode| mode.name() == name)
    }

    /// Returns the sink of progress events.
    pub fn sink(self) -> ProgressSink {
        match self {
            ProgressMode::Json => ProgressSink::Json,
            ProgressMode::Log => ProgressSink::Log,
            ProgressMode::Auto if std::io::stderr().is_terminal() => ProgressSink::Log,
            ProgressMode::Auto | ProgressMode::Off => ProgressSink::Off,
        }
    }
}

impl FromSettings for PipelineSettings {
    fn scope(settings: ScopedSettings<'_>) -> ScopedSettings<'_> {
        settings
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        let progress = ProgressMode::ALL.map(|mode| (mode.name(), mode));
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

impl Settings {
    /// Creates the pipeline `name` with its destination, dataset, folders and options from the settings. By default, the
    /// dataset is `<name>_dataset` in the DuckDB file `<name>.duckdb`, in the folder for local files or the current folder.
    ///
    /// Unlike `catchment run`, it does not read the options of a single source (`sources.<name>.extract`), and does not
    /// look for the default file in the folder of earlier runs.
    ///
    /// # Errors
    ///
    /// Returns an error if a setting is invalid, or if the cargo feature of the destination is disabled.
    pub fn pipeline(&self, name: &str) -> Result<Pipeline, ProjectError> {
        let settings = self.for_pipeline(name)?;
        let defaults = settings.pipeline_section(name).read::<PipelineSettings>()?;
        let dirs = settings.data_dirs()?;
        let pipelines_dir = defaults.pipelines_dir.unwrap_or(dirs.pipelines);
        let working_dir = WorkingDir::new(&pipelines_dir, name);
        let destination = defaults.destination_type.as_deref().unwrap_or("duckdb");
        let destination = settings.destination(destination, name, &dirs.local, working_dir.path())?;
        let files =
            SchemaFiles { import_schema_path: defaults.import_schema_path, export_schema_path: defaults.export_schema_path };
        let dataset = defaults.dataset_name.unwrap_or_else(|| format!("{name}_dataset"));
        Ok(Pipeline::new(name, destination, dataset)
            .pipelines_dir(pipelines_dir)
            .options(RunOptions::from_settings(&settings.scoped())?)
            .schema_files(files)
            .redactor(settings.config().redactor().clone())
            .progress(defaults.progress.sink()))
    }
}
