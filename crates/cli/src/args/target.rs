//! Arguments that select a pipeline, its destination and its dataset.

use std::path::PathBuf;

/// The pipeline, destination and dataset of a run; the flags take precedence over the spec and the configuration.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct TargetArgs {
    /// Pipeline name [default: from the spec, else the file name without extension or the last word in the URL].
    #[arg(long, value_name = "NAME")]
    pub(crate) pipeline_name: Option<String>,
    /// Destination [default: from the spec or the configuration, else duckdb].
    #[arg(long, value_name = "NAME")]
    pub(crate) destination: Option<String>,
    /// Dataset name [default: from the spec or the configuration, else `<pipeline>_dataset`].
    #[arg(long, value_name = "NAME")]
    pub(crate) dataset_name: Option<String>,
    /// Folder for the state and packages of pipelines [default: from the configuration, else `pipelines` in the data folder].
    #[arg(long, value_name = "DIR")]
    pub(crate) pipelines_dir: Option<PathBuf>,
}

/// The destination and dataset of a pipeline that exists.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct PipelineArg {
    /// Destination [default: that of the last run, else from the spec or the configuration, else duckdb].
    #[arg(long, value_name = "NAME", global = true)]
    pub(crate) destination: Option<String>,
    /// Dataset name [default: that of the last run, else from the spec or the configuration, else `<pipeline>_dataset`].
    #[arg(long, value_name = "NAME", global = true)]
    pub(crate) dataset_name: Option<String>,
    /// Folder for the state and packages of pipelines [default: from the configuration, else `pipelines` in the data folder].
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) pipelines_dir: Option<PathBuf>,
}
