//! Arguments of `catchment query`.

use std::path::PathBuf;

use catchment::dataset::ResultFormat;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::PipelineArg;

/// The arguments of `catchment query`.
#[derive(Debug, clap::Args)]
pub(crate) struct QueryArgs {
    /// Pipeline name, or a spec file.
    pub(crate) name: String,
    /// SQL query; tables of the dataset need no schema. Default: read from stdin, or a prompt if stdin is a terminal.
    pub(crate) sql: Option<String>,
    /// Format of the result [default: from the extension of --output, else `table` in a terminal and `csv` elsewhere].
    #[arg(long, value_parser = format())]
    pub(crate) format: Option<ResultFormat>,
    /// Write the result to this file instead of stdout. An existing file is replaced when the result is complete.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) pipeline: PipelineArg,
}

fn format() -> impl TypedValueParser<Value = ResultFormat> {
    PossibleValuesParser::new(ResultFormat::ALL.map(ResultFormat::name))
        .map(|name| ResultFormat::from_name(&name).unwrap_or(ResultFormat::Csv))
}
