//! Arguments of `catchment pipeline`.

use catchment::schema::SchemaFormat;
use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::PipelineArg;

/// The arguments of `catchment pipeline`.
#[derive(Debug, clap::Args)]
pub(crate) struct PipelineArgs {
    /// Pipeline name, or a spec file; if omitted, all pipelines are listed.
    pub(crate) name: Option<String>,
    /// For info: also show tables and the state of sources.
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    #[command(flatten)]
    pub(crate) pipeline: PipelineArg,
    #[command(subcommand)]
    pub(crate) operation: Option<PipelineOperation>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PipelineOperation {
    /// Show state, tables and packages (the default).
    Info,
    /// Print the schemas as of the last run.
    Schema(SchemaArgs),
    /// List failed packages and their reasons.
    FailedJobs,
    /// Show, retry or remove one package.
    LoadPackage(LoadPackageArgs),
    /// Remove all pending packages.
    AbortPackages,
    /// Drop tables and state of resources, or set a cursor, in one transaction for each schema. Shows the plan and asks first.
    /// With a spec file as NAME, resources that depend on a dropped one keep their cursors.
    Drop(DropArgs),
    /// Restore the working folder from the dataset: state and schemas.
    Sync(SyncArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct SchemaArgs {
    /// Output format; `json` is the schema as stored in the dataset, `yaml` the form of schema files.
    #[arg(long, value_parser = schema_format(), default_value = "yaml")]
    pub(crate) format: SchemaFormat,
}

#[derive(Debug, clap::Args)]
pub(crate) struct LoadPackageArgs {
    /// Load ID [default: the latest pending or failed package], and the action: `info` (used if no action is given),
    /// `row-counts`, `retry` or `abort`. `retry` and `abort` require a load ID.
    #[arg(num_args = 0..=2, value_names = ["LOAD_ID", "ACTION"])]
    pub(crate) package: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct DropArgs {
    /// Resources whose tables and state are dropped: names, or patterns such as re:^old_.
    pub(crate) resources: Vec<String>,
    /// JSONPaths of values to delete from the state of each source, such as resources.issues.incremental.
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub(crate) state_paths: Vec<String>,
    /// Drop all resources of the pipeline.
    #[arg(long, conflicts_with = "resources")]
    pub(crate) drop_all: bool,
    /// Set the cursor of a resource, so that the next run loads the rows from this value on; with several cursors,
    /// RESOURCE:PATH=VALUE. Can be repeated.
    #[arg(long, value_name = "RESOURCE=VALUE")]
    pub(crate) set_cursor: Vec<String>,
    /// Drop only state and keep all tables.
    #[arg(long)]
    pub(crate) state_only: bool,
    /// Restrict the drop to this source.
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
    /// Do not ask.
    #[arg(short, long)]
    pub(crate) yes: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SyncArgs {
    /// Remove pending packages, which are lost. Without it, they are an error.
    #[arg(long)]
    pub(crate) discard_pending: bool,
}

fn schema_format() -> impl TypedValueParser<Value = SchemaFormat> {
    PossibleValuesParser::new(SchemaFormat::ALL.map(SchemaFormat::name))
        .map(|name| SchemaFormat::from_name(&name).unwrap_or(SchemaFormat::Yaml))
}
