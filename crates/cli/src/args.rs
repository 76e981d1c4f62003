//! The command line.

use std::path::PathBuf;

use catchment::schema::SchemaFormat;
use catchment::{RefreshMode, WriteDisposition};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Parser, Subcommand, ValueEnum};

/// Loads REST APIs into a warehouse: related, typed tables, run after run.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Load the API that a spec file describes.
    Run(RunArgs),
    /// Run the main job with no network: serve pages of a sample API on loopback and load them into DuckDB.
    Demo(DemoArgs),
    /// Look at the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// List pipelines, or look at one.
    Pipeline(PipelineArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show each setting of a run of a spec, where it comes from and what it wins over; secrets that stand in the wrong place,
    /// and keys that nobody asks for. Secrets themselves are not shown.
    Explain(ExplainArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    /// The spec, a .json, .toml or .yaml file.
    pub(crate) spec: PathBuf,
    /// The name of the pipeline [default: the spec's, else the stem of its file name].
    #[arg(long, value_name = "NAME")]
    pub(crate) pipeline_name: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct RunArgs {
    /// The spec, a .json, .toml or .yaml file.
    pub(crate) spec: PathBuf,
    /// The name of the pipeline [default: the spec's, else the stem of its file name].
    #[arg(long, value_name = "NAME")]
    pub(crate) pipeline_name: Option<String>,
    /// The destination [default: the spec's, else duckdb].
    #[arg(long, value_name = "NAME")]
    pub(crate) destination: Option<String>,
    /// The dataset [default: the spec's, else the name of the pipeline and `_dataset`].
    #[arg(long, value_name = "NAME")]
    pub(crate) dataset_name: Option<String>,
    /// The folder that pipelines keep their packages in.
    #[arg(long, value_name = "DIR")]
    pub(crate) pipelines_dir: Option<PathBuf>,
    /// Load these resources only.
    #[arg(long, value_name = "RESOURCES", value_delimiter = ',')]
    pub(crate) select: Vec<String>,
    /// Load at most so many rows of each resource.
    #[arg(long, value_name = "ROWS")]
    pub(crate) limit: Option<u64>,
    /// What to do with the rows that the tables have, whatever the spec says.
    #[arg(long, value_parser = disposition())]
    pub(crate) write_disposition: Option<WriteDisposition>,
    /// Start over: drop the tables that the pipeline has loaded of the source, or those of the resources that are loaded, or empty these; what is
    /// known of earlier runs is forgotten. It happens together with the load.
    #[arg(long, value_name = "MODE", value_parser = refresh())]
    pub(crate) refresh: Option<RefreshMode>,
    /// Load into a new dataset, whose name ends in the time, from a working folder of its own: what earlier runs loaded does not
    /// count and is not touched. The next run with --dev-mode removes the files of this one, and the database with them where no
    /// setting says where it is.
    #[arg(long)]
    pub(crate) dev_mode: bool,
    /// Show what would be loaded and the first request of each resource, and do nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Exit with code 1 where the report has a warning, or a package was set aside. The load is complete by then, and is kept.
    #[arg(long)]
    pub(crate) fail_on_warning: bool,
    /// How the run tells of itself: `log` writes lines to stderr, `json` one object a line to stdout, the report the last
    /// one; `auto`, the default, is `log` in a terminal.
    #[arg(long, value_enum)]
    pub(crate) progress: Option<ProgressMode>,
}

/// The dispositions that a resource can have; `skip` is for system tables.
fn disposition() -> impl TypedValueParser<Value = WriteDisposition> {
    let names = [WriteDisposition::Append, WriteDisposition::Replace, WriteDisposition::Merge].map(WriteDisposition::name);
    PossibleValuesParser::new(names).map(|name| WriteDisposition::from_name(&name).unwrap_or_default())
}

fn refresh() -> impl TypedValueParser<Value = RefreshMode> {
    PossibleValuesParser::new(RefreshMode::ALL.map(RefreshMode::name))
        .map(|name| RefreshMode::from_name(&name).unwrap_or(RefreshMode::DropData))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressMode {
    Auto,
    Log,
    Json,
    Off,
}

#[derive(Debug, clap::Args)]
pub(crate) struct DemoArgs {
    /// The folder that the dataset is kept in.
    #[arg(long, value_name = "DIR", default_value = "catchment-demo")]
    pub(crate) dir: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct PipelineArgs {
    /// The pipeline; all are listed where it is left out.
    pub(crate) name: Option<String>,
    /// What to show of it.
    #[arg(value_enum, default_value = "info")]
    pub(crate) operation: PipelineOperation,
    /// For load-package: which one [default: the latest that waits or is set aside], and `info`, `row-counts`, `retry` or
    /// `abort`.
    #[arg(num_args = 0..=2, value_names = ["LOAD_ID", "ACTION"])]
    pub(crate) package: Vec<String>,
    /// The folder that pipelines keep their packages in.
    #[arg(long, value_name = "DIR")]
    pub(crate) pipelines_dir: Option<PathBuf>,
    /// Show more.
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// How schemas are shown: `json` is the stored form, `yaml` what is exported to files.
    #[arg(long, value_parser = schema_format(), default_value = "yaml")]
    pub(crate) format: SchemaFormat,
}

fn schema_format() -> impl TypedValueParser<Value = SchemaFormat> {
    PossibleValuesParser::new(SchemaFormat::ALL.map(SchemaFormat::name))
        .map(|name| SchemaFormat::from_name(&name).unwrap_or(SchemaFormat::Yaml))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PipelineOperation {
    /// State, tables and packages.
    Info,
    /// The schemas, as they were after the last run.
    Schema,
    /// The packages that can never be loaded, and why.
    FailedJobs,
    /// One package: what it holds; have one that was set aside tried again, or remove it.
    LoadPackage,
    /// Remove all packages that wait to be normalized or loaded.
    AbortPackages,
}
