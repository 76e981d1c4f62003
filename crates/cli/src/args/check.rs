//! Arguments of `catchment check`.

use std::path::PathBuf;

/// The arguments of `catchment check`.
#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// Spec file: .json, .toml, .yaml or .yml.
    pub(crate) spec: PathBuf,
    /// Pipeline name, for its settings [default: from the spec, else the file name without extension].
    #[arg(long, value_name = "NAME")]
    pub(crate) pipeline_name: Option<String>,
    /// Check only these resources and their parent resources, separated by commas.
    #[arg(long, value_name = "RESOURCES", value_delimiter = ',')]
    pub(crate) select: Vec<String>,
    /// Print JSON: an array with an object for each resource.
    #[arg(long)]
    pub(crate) json: bool,
}
