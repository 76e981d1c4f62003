//! Command-line arguments.

mod backfill;
mod check;
mod pipeline;
mod query;
mod run;
mod target;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub(crate) use backfill::BackfillArgs;
pub(crate) use check::CheckArgs;
pub(crate) use pipeline::{DropArgs, PipelineArgs, PipelineOperation};
pub(crate) use query::QueryArgs;
pub(crate) use run::{RunArgs, UrlArgs};
pub(crate) use target::{PipelineArg, TargetArgs};

/// Load REST APIs into DuckDB, PostgreSQL or BigQuery as related tables with typed columns.
#[derive(Debug, Parser)]
#[command(name = "catchment", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Load the API described by a spec file, or the endpoint at a URL.
    Run(RunArgs),
    /// Request one page of each resource of a spec and show what was detected; load nothing.
    Check(CheckArgs),
    /// Run a SQL query in the dataset of a pipeline.
    Query(QueryArgs),
    /// Load the history of a resource in windows of its cursor; an interrupted backfill resumes.
    Backfill(BackfillArgs),
    /// Load a generated sample API into DuckDB, without network access.
    Demo(DemoArgs),
    /// Inspect the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// List pipelines, or inspect or change one.
    Pipeline(PipelineArgs),
    /// Print the script that completes the command in a shell.
    Completions(CompletionsArgs),
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
pub(crate) struct DemoArgs {
    /// Folder for the dataset.
    #[arg(long, value_name = "DIR", default_value = "catchment-demo")]
    pub(crate) dir: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CompletionsArgs {
    /// Shell.
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}
