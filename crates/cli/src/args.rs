//! Command-line arguments.

use std::path::PathBuf;

use catchment::schema::SchemaFormat;
use catchment::{ProgressMode, RefreshMode, WriteDisposition};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Parser, Subcommand, ValueEnum};

/// Load REST APIs into DuckDB, PostgreSQL or BigQuery as related tables with typed columns.
#[derive(Debug, Parser)]
#[command(name = "catchment", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Load the API described by a spec file.
    Run(RunArgs),
    /// Load a generated sample API into DuckDB, without network access.
    Demo(DemoArgs),
    /// Inspect the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// List pipelines, or inspect one.
    Pipeline(PipelineArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show each setting of a run, its origin and the values it overrides; also misplaced secrets and unused keys.
    /// Secret values are redacted.
    Explain(ExplainArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    /// Spec file: .json, .toml, .yaml or .yml.
    pub(crate) spec: PathBuf,
    /// Pipeline name [default: from the spec, else the file name without extension].
    #[arg(long, value_name = "NAME")]
    pub(crate) pipeline_name: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct RunArgs {
    /// Spec file: .json, .toml, .yaml or .yml.
    pub(crate) spec: PathBuf,
    /// Pipeline name [default: from the spec, else the file name without extension].
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
    /// Load only these resources, separated by commas.
    #[arg(long, value_name = "RESOURCES", value_delimiter = ',')]
    pub(crate) select: Vec<String>,
    /// Maximum number of rows to load from each resource.
    #[arg(long, value_name = "ROWS")]
    pub(crate) limit: Option<u64>,
    /// Write disposition of all resources; overrides the spec.
    #[arg(long, value_parser = disposition())]
    pub(crate) write_disposition: Option<WriteDisposition>,
    /// Start over: drop all tables that the pipeline has loaded from the source (`drop_sources`), drop the tables of the
    /// selected resources (`drop_resources`) or empty them (`drop_data`), and remove the cursors of these resources. The
    /// refresh is committed together with the new rows.
    #[arg(long, value_name = "MODE", value_parser = refresh())]
    pub(crate) refresh: Option<RefreshMode>,
    /// Load into a new dataset with a timestamp suffix, using a separate working folder; data and state of other runs are
    /// neither used nor changed. The next run with --dev-mode deletes this working folder, and the database file in it
    /// unless a setting names another file.
    #[arg(long)]
    pub(crate) dev_mode: bool,
    /// Show the plan and the first request of each resource; send no requests and load nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Exit with code 1 if the report contains a warning or a failed package. The loaded rows stay committed.
    #[arg(long)]
    pub(crate) fail_on_warning: bool,
    /// Progress output: `log` writes lines to stderr, `json` writes JSON Lines to stdout and ends with the report, `auto` is
    /// `log` in a terminal and `off` elsewhere [default: from the configuration, else auto].
    #[arg(long, value_parser = progress_mode())]
    pub(crate) progress: Option<ProgressMode>,
}

/// Returns the parser of `--write-disposition`, which does not accept `skip`.
fn disposition() -> impl TypedValueParser<Value = WriteDisposition> {
    let names = [WriteDisposition::Append, WriteDisposition::Replace, WriteDisposition::Merge].map(WriteDisposition::name);
    PossibleValuesParser::new(names).map(|name| WriteDisposition::from_name(&name).unwrap_or_default())
}

fn refresh() -> impl TypedValueParser<Value = RefreshMode> {
    PossibleValuesParser::new(RefreshMode::ALL.map(RefreshMode::name))
        .map(|name| RefreshMode::from_name(&name).unwrap_or(RefreshMode::DropData))
}

fn progress_mode() -> impl TypedValueParser<Value = ProgressMode> {
    PossibleValuesParser::new(ProgressMode::ALL.map(ProgressMode::name))
        .map(|name| ProgressMode::from_name(&name).unwrap_or(ProgressMode::Auto))
}

#[derive(Debug, clap::Args)]
pub(crate) struct DemoArgs {
    /// Folder for the dataset.
    #[arg(long, value_name = "DIR", default_value = "catchment-demo")]
    pub(crate) dir: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct PipelineArgs {
    /// Pipeline name; if omitted, all pipelines are listed.
    pub(crate) name: Option<String>,
    /// Operation on the pipeline or its packages.
    #[arg(value_enum, default_value = "info")]
    pub(crate) operation: PipelineOperation,
    /// For load-package: the load ID [default: the latest pending or failed package] and the action: `info` (used if no
    /// action is given), `row-counts`, `retry` or `abort`. `retry` and `abort` require a load ID.
    #[arg(num_args = 0..=2, value_names = ["LOAD_ID", "ACTION"])]
    pub(crate) package: Vec<String>,
    /// Folder for the state and packages of pipelines [default: `pipelines` in the data folder].
    #[arg(long, value_name = "DIR")]
    pub(crate) pipelines_dir: Option<PathBuf>,
    /// For info: also show tables and the state of sources.
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// For schema: the output format; `json` is the schema as stored in the dataset, `yaml` the form of schema files.
    #[arg(long, value_parser = schema_format(), default_value = "yaml")]
    pub(crate) format: SchemaFormat,
}

fn schema_format() -> impl TypedValueParser<Value = SchemaFormat> {
    PossibleValuesParser::new(SchemaFormat::ALL.map(SchemaFormat::name))
        .map(|name| SchemaFormat::from_name(&name).unwrap_or(SchemaFormat::Yaml))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PipelineOperation {
    /// Show state, tables and packages.
    Info,
    /// Print the schemas as of the last run.
    Schema,
    /// List failed packages and their reasons.
    FailedJobs,
    /// Show, retry or remove one package.
    LoadPackage,
    /// Remove all pending packages.
    AbortPackages,
}
