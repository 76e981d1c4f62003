//! Pipelines that exist: their names, working folder and destination.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::anyhow;
use catchment::extract::Source;
use catchment::rest_api::{RestApi, Spec, SpecFormat};
use catchment::{Destination, Pipeline, State, WorkingDir, validate_pipeline_name};
use catchment_settings::ScopedSettings;

use crate::args::PipelineArg;
use crate::failure::CliError;
use crate::output::Output;
use crate::run_target::{DEFAULT_DESTINATION, default_dataset};
use crate::settings::{Configuration, RunNames};
use crate::{logging, spec_input};

/// A pipeline that is inspected, queried or changed.
pub(crate) struct PipelineContext {
    pub(crate) name: String,
    pub(crate) dataset: String,
    /// The name of the destination.
    pub(crate) destination: String,
    pub(crate) working_dir: WorkingDir,
    spec: Option<Spec>,
    pipelines_dir: PathBuf,
    configuration: Configuration,
}

impl PipelineContext {
    /// Finds the pipeline with a name, or the one of a spec file. Destination and dataset come from the flags, else from the
    /// last run in the working folder, else from the spec, else from the configuration.
    pub(crate) fn load(name: &str, args: &PipelineArg, output: &Output) -> Result<PipelineContext, CliError> {
        let (name, spec) = name_or_spec(name)?;
        let configuration = Configuration::load(output)?.for_pipeline(&name)?.with_vaults()?;
        logging::init_logging(configuration.log_level()?, output);
        let defaults = configuration.pipeline(&name)?;
        let pipelines_dir = configuration.pipelines_dir(args.pipelines_dir.as_ref().or(defaults.pipelines_dir.as_ref()))?;
        let working_dir = WorkingDir::new(&pipelines_dir, &name);
        let last = working_dir.state();
        let of_spec = |key: fn(&Spec) -> &Option<String>| spec.as_ref().and_then(|spec| key(spec).clone());
        let dataset = args.dataset_name.clone();
        let dataset = dataset.or_else(|| last.as_ref().and_then(|state| text_of(state, "dataset_name")));
        let dataset = dataset.or_else(|| of_spec(|spec| &spec.pipeline.dataset_name)).or(defaults.dataset_name);
        let destination = args.destination.clone().or_else(|| last.as_ref().and_then(destination_of));
        let destination = destination.or_else(|| of_spec(|spec| &spec.pipeline.destination)).or(defaults.destination_type);
        Ok(PipelineContext {
            dataset: dataset.unwrap_or_else(|| default_dataset(&name)),
            destination: destination.unwrap_or_else(|| DEFAULT_DESTINATION.to_owned()),
            name,
            working_dir,
            spec,
            pipelines_dir,
            configuration,
        })
    }

    /// Returns an error if the pipeline has no working folder.
    pub(crate) fn ensure_working_dir(&self) -> Result<(), CliError> {
        if self.working_dir.exists() {
            return Ok(());
        }
        let known = WorkingDir::list(&self.pipelines_dir).unwrap_or_default().join(", ");
        let hint = if known.is_empty() { "there are no pipelines".to_owned() } else { format!("existing pipelines: {known}") };
        let (name, folder) = (&self.name, self.pipelines_dir.display());
        Err(CliError::Usage(anyhow!(
            "pipeline {name:?} does not exist in {folder}; {hint}; `catchment pipeline {name} sync` restores the folder of a \
             pipeline from its dataset"
        )))
    }

    /// Returns the source of the spec file, if one was given. Its secrets need not be set.
    pub(crate) fn source(&self) -> Result<Option<Source>, CliError> {
        let Some(spec) = &self.spec else { return Ok(None) };
        let settings = self.configuration.with_placeholders();
        let api = RestApi::new(spec).settings(ScopedSettings::new(&settings));
        api.source().map(Some).map_err(|error| CliError::Usage(error.into()))
    }

    /// Creates the destination.
    pub(crate) fn destination(&self) -> Result<Arc<dyn Destination>, CliError> {
        let names = RunNames { file_stem: &self.name, dataset: &self.dataset };
        Ok(self.configuration.destination(&self.destination, &self.working_dir, names, false)?.destination)
    }

    /// Creates the pipeline.
    pub(crate) fn pipeline(&self, output: &Output) -> Result<Pipeline, CliError> {
        let pipeline = Pipeline::new(&self.name, self.destination()?, &self.dataset).pipelines_dir(&self.pipelines_dir);
        Ok(pipeline.redactor(output.redactor().clone()))
    }
}

/// Returns the name of a pipeline, and its spec if `text` is a spec file.
fn name_or_spec(text: &str) -> Result<(String, Option<Spec>), CliError> {
    let path = Path::new(text);
    if SpecFormat::from_path(path).is_some() {
        let spec = spec_input::read(path)?;
        return Ok((spec_input::pipeline_name(None, &spec, path)?, Some(spec)));
    }
    validate_pipeline_name(text).map_err(|error| CliError::Usage(error.into()))?;
    Ok((text.to_owned(), None))
}

fn text_of(state: &State, key: &str) -> Option<String> {
    state.to_value().get(key)?.as_str().map(str::to_owned)
}

/// Returns the destination in a state. dlt writes it with the path of its module: `dlt.destinations.duckdb`.
fn destination_of(state: &State) -> Option<String> {
    text_of(state, "destination_type")?.rsplit('.').next().map(str::to_owned)
}
