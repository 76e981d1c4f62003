//! The parts that all runs of a spec have in common.

use std::path::PathBuf;

use anyhow::Context as _;
use catchment::extract::Source;
use catchment::rest_api::{RestApi, Spec};
use catchment::{
    CancellationToken, Diagnostics, LoadInfo, Pipeline, PipelineSettings, ProgressMode, RefreshMode, RunError, RunOptions,
    SchemaFiles, WorkingDir,
};
use catchment_settings::ScopedSettings;

use crate::args::TargetArgs;
use crate::failure::CliError;
use crate::logging;
use crate::output::Output;
use crate::run_target::RunTarget;
use crate::runtime::build_runtime;
use crate::settings::{Configuration, PlaceholderSettings, RunDestination, RunNames};
use crate::signals::Signals;
use crate::spec_input::SpecInput;
use crate::traffic::Traffic;

/// A spec with its configuration and the names of its pipeline.
pub(crate) struct RunSetup {
    pub(crate) spec: Spec,
    pub(crate) configuration: Configuration,
    pub(crate) defaults: PipelineSettings,
    pub(crate) target: RunTarget,
    /// The folder with the working folders of pipelines.
    pub(crate) pipelines_dir: PathBuf,
    /// The default database file without extension.
    file_stem: String,
    /// The settings for a replay.
    with_placeholders: PlaceholderSettings,
}

/// A pipeline that is ready to run.
pub(crate) struct PreparedPipeline {
    pipeline: Pipeline,
    /// Diagnostics of the configuration, for the report.
    diagnostics: Diagnostics,
    /// The default database file, which later runs from other folders use too.
    default_file: Option<PathBuf>,
}

impl RunSetup {
    /// Reads the spec and the configuration, and starts logging.
    pub(crate) fn load(input: &SpecInput, args: &TargetArgs, output: &Output) -> Result<RunSetup, CliError> {
        let spec = input.read()?;
        let pipeline = input.pipeline_name(args.pipeline_name.as_ref(), &spec)?;
        let configuration = Configuration::load(output)?.for_pipeline(&pipeline)?.with_vaults()?;
        logging::init_logging(configuration.log_level()?, output);
        warn_of_typos(&configuration, &spec, &pipeline);
        let defaults = configuration.pipeline(&pipeline)?;
        let file_stem = input.file_stem(&pipeline).to_owned();
        let target = RunTarget::resolve(args, &spec, pipeline, &defaults);
        let pipelines_dir = configuration.pipelines_dir(args.pipelines_dir.as_ref().or(defaults.pipelines_dir.as_ref()))?;
        let with_placeholders = configuration.with_placeholders();
        Ok(RunSetup { spec, configuration, defaults, target, pipelines_dir, file_stem, with_placeholders })
    }

    /// Returns the builder of the source.
    pub(crate) fn api(&self, traffic: &Traffic) -> Result<RestApi<'_>, CliError> {
        let (client, now) = (traffic.apply(self.configuration.rest_client()?), traffic.now());
        let settings =
            if traffic.is_replay() { ScopedSettings::new(&self.with_placeholders) } else { self.configuration.settings() };
        Ok(RestApi::new(&self.spec).client(client).settings(settings).clock(move || now))
    }

    /// Builds the source.
    pub(crate) fn source(api: &RestApi<'_>) -> Result<Source, CliError> {
        api.source().map_err(|error| CliError::Usage(error.into()))
    }

    pub(crate) fn working_dir(&self) -> WorkingDir {
        WorkingDir::new(&self.pipelines_dir, &self.target.pipeline)
    }

    /// Creates the pipeline. In development mode, the default database file is in the working folder.
    pub(crate) fn pipeline(
        &self,
        refresh: Option<RefreshMode>,
        progress: ProgressMode,
        dev_mode: bool,
        output: &Output,
    ) -> Result<PreparedPipeline, CliError> {
        let (target, defaults) = (&self.target, &self.defaults);
        let names = RunNames { file_stem: &self.file_stem, dataset: &target.dataset };
        let RunDestination { destination, diagnostics, default_file } =
            self.configuration.destination(&target.destination, &self.working_dir(), names, dev_mode)?;
        // logged before the run too, which may take long or fail
        diagnostics.warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
        let path = |spec_path: &Option<String>, default: &Option<PathBuf>| {
            spec_path.as_ref().map(PathBuf::from).or_else(|| default.clone())
        };
        let files = SchemaFiles {
            import_schema_path: path(&self.spec.pipeline.import_schema_path, &defaults.import_schema_path),
            export_schema_path: path(&self.spec.pipeline.export_schema_path, &defaults.export_schema_path),
        };
        let options = RunOptions { refresh, ..self.configuration.run_options(&self.spec.name)? };
        let pipeline = Pipeline::new(&target.pipeline, destination, &target.dataset)
            .pipelines_dir(&self.pipelines_dir)
            .options(options)
            .schema_files(files)
            .redactor(output.redactor().clone())
            .progress(progress.sink());
        Ok(PreparedPipeline { pipeline, diagnostics, default_file })
    }
}

impl PreparedPipeline {
    /// Runs `load` on a new runtime until it finishes or a signal stops it, and prints its report.
    pub(crate) fn run(
        self,
        progress: ProgressMode,
        output: &Output,
        load: impl AsyncFnOnce(&Pipeline, &CancellationToken) -> Result<LoadInfo, RunError>,
    ) -> Result<LoadInfo, CliError> {
        let result = build_runtime()?.block_on(async {
            let signals = Signals::listen().map_err(|error| CliError::Run(error.into()))?;
            let result = load(&self.pipeline, signals.token()).await;
            match (result, signals.received()) {
                (Err(RunError::Cancelled), Some(number)) => Err(CliError::Signal(number)),
                (result, _) => Ok(result?),
            }
        });
        // saved even if the run failed: it may have loaded a pending package
        if let Some(file) = self.default_file.filter(|file| file.exists()) {
            self.pipeline.working_dir().save_default_database(&file);
        }
        let mut info = result?;
        info.diagnostics.notes.extend(self.diagnostics.notes);
        info.diagnostics.warnings.extend(self.diagnostics.warnings);
        let written = match progress {
            ProgressMode::Json => output.json(&serde_json::to_string(&info).map_err(|error| CliError::Run(error.into()))?),
            ProgressMode::Auto | ProgressMode::Log | ProgressMode::Off => output.line(&info),
        };
        written.context("the load succeeded, but its report could not be written to stdout").map_err(CliError::Run)?;
        Ok(info)
    }
}

/// Warns of unused keys that resemble a setting. Other unused keys are normal, as pipelines share configuration files.
fn warn_of_typos(configuration: &Configuration, spec: &Spec, pipeline: &str) {
    for key in configuration.unused_keys(spec, pipeline) {
        if let Some(suggestion) = key.suggestion {
            tracing::warn!("unused key {}; did you mean `{suggestion}`?", key.location);
        }
    }
}
