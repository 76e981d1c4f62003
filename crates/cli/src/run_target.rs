//! The names of the pipeline, dataset and destination of a run.

use catchment::PipelineSettings;
use catchment::rest_api::Spec;

use crate::args::TargetArgs;

/// The destination of runs without a configured one.
pub(crate) const DEFAULT_DESTINATION: &str = "duckdb";

/// The names of the pipeline, dataset and destination of a run.
pub(crate) struct RunTarget {
    pub(crate) pipeline: String,
    pub(crate) dataset: String,
    pub(crate) destination: String,
}

impl RunTarget {
    /// Resolves the names: flags take precedence over the spec, and the spec over the configuration.
    pub(crate) fn resolve(args: &TargetArgs, spec: &Spec, pipeline: String, defaults: &PipelineSettings) -> RunTarget {
        let first_set = |flag: &Option<String>, key: &Option<String>, default: &Option<String>| {
            flag.as_ref().or(key.as_ref()).or(default.as_ref()).cloned()
        };
        let dataset = first_set(&args.dataset_name, &spec.pipeline.dataset_name, &defaults.dataset_name);
        let dataset = dataset.unwrap_or_else(|| default_dataset(&pipeline));
        let destination = first_set(&args.destination, &spec.pipeline.destination, &defaults.destination_type);
        RunTarget { pipeline, dataset, destination: destination.unwrap_or_else(|| DEFAULT_DESTINATION.to_owned()) }
    }
}

/// Returns the default name of the dataset of a pipeline.
pub(crate) fn default_dataset(pipeline: &str) -> String {
    format!("{pipeline}_dataset")
}
