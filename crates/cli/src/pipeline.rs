//! `catchment pipeline`: lists and inspects pipelines.

use std::path::Path;

use anyhow::anyhow;
use catchment::load_package::PackageQueue;
use catchment::schema::{Schema, SchemaFormat, format_timestamp, render};
use catchment::{RunFailure, Trace, WorkingDir, validate_pipeline_name};

use crate::args::{PipelineArgs, PipelineOperation};
use crate::failure::CliError;
use crate::output::Output;
use crate::packages;
use crate::settings::Configuration;

pub(crate) fn pipeline(args: &PipelineArgs, output: &Output) -> Result<(), CliError> {
    let configuration = Configuration::load(output)?;
    let Some(name) = &args.name else { return list(&configuration.pipelines_dir(args.pipelines_dir.as_ref())?, output) };
    let configuration = configuration.for_pipeline(name)?;
    let defaults = configuration.pipeline(name)?;
    let pipelines_dir = configuration.pipelines_dir(args.pipelines_dir.as_ref().or(defaults.pipelines_dir.as_ref()))?;
    let working_dir = open(&pipelines_dir, name)?;
    if let Some(word) = args.package.first()
        && args.operation != PipelineOperation::LoadPackage
    {
        return Err(CliError::Usage(anyhow!("unexpected argument {word:?}; only load-package accepts a load ID and an action")));
    }
    match args.operation {
        PipelineOperation::Info => info(&working_dir, name, args.verbose, output),
        PipelineOperation::Schema => show_schemas(&working_dir, name, args.format, output),
        PipelineOperation::FailedJobs => packages::failed_jobs(&working_dir, name, output),
        PipelineOperation::LoadPackage => packages::load_package(&working_dir, name, &args.package, output),
        PipelineOperation::AbortPackages => packages::abort_packages(&working_dir, name, output),
    }
}

fn list(pipelines_dir: &Path, output: &Output) -> Result<(), CliError> {
    let names = WorkingDir::list(pipelines_dir).map_err(|error| CliError::Run(error.into()))?;
    if names.is_empty() {
        output.line(format_args!("no pipelines in {}", pipelines_dir.display()))?;
    }
    for name in names {
        output.line(name)?;
    }
    Ok(())
}

fn open(pipelines_dir: &Path, name: &str) -> Result<WorkingDir, CliError> {
    validate_pipeline_name(name).map_err(|error| CliError::Usage(error.into()))?;
    let working_dir = WorkingDir::new(pipelines_dir, name);
    if !working_dir.exists() {
        let known = WorkingDir::list(pipelines_dir).unwrap_or_default().join(", ");
        let hint = if known.is_empty() { "there are no pipelines".to_owned() } else { format!("existing pipelines: {known}") };
        let folder = pipelines_dir.display();
        return Err(CliError::Usage(anyhow!("pipeline {name:?} does not exist in {folder}; {hint}")));
    }
    Ok(working_dir)
}

fn info(working_dir: &WorkingDir, name: &str, verbose: bool, output: &Output) -> Result<(), CliError> {
    output.line(format_args!("pipeline {name} in {}", working_dir.path().display()))?;
    let Trace { load, failure, .. } = working_dir.trace().unwrap_or_default();
    if let Some(RunFailure { finished_at, error, .. }) = &failure {
        output.line(format_args!("  last run failed {}: {error}", format_timestamp(*finished_at)))?;
    }
    if let Some(load) = load {
        let run = if failure.is_some() { "last successful run" } else { "last run" };
        let ended = format_timestamp(load.finished_at);
        output.line(format_args!("  {run} finished {ended}, dataset {} of {}", load.dataset_name, load.location))?;
        for warning in load.warnings() {
            output.line(format_args!("    warning: {warning}"))?;
        }
    }
    match working_dir.state() {
        Some(state) => show_state(working_dir, &state, verbose, output)?,
        None => output.line("  nothing loaded yet")?,
    }
    let packages = working_dir.packages().map_err(|error| CliError::Run(error.into()))?;
    for (queue, what) in [
        (PackageQueue::Extracted, "pending extracts"),
        (PackageQueue::Normalized, "pending packages"),
        (PackageQueue::Failed, "failed packages"),
    ] {
        let load_ids = packages.load_ids(queue).map_err(|error| CliError::Run(error.into()))?;
        output.line(format_args!("  {what}: {}", if load_ids.is_empty() { "none".to_owned() } else { load_ids.join(", ") }))?;
    }
    Ok(())
}

fn show_state(working_dir: &WorkingDir, state: &catchment::State, verbose: bool, output: &Output) -> std::io::Result<()> {
    output.line(format_args!("  state version {}, hash {}", state.version(), state.hash()))?;
    for name in state.schema_names() {
        let Some(schema) = working_dir.schema(name) else { continue };
        let tables: Vec<_> = schema.data_tables().collect();
        output.line(format_args!("  schema {name}: version {}, {}", schema.version, counted(tables.len(), "table")))?;
        if verbose {
            for table in tables {
                output.line(format_args!("    {}: {}", table.name, counted(table.complete_columns().count(), "column")))?;
            }
        }
    }
    let document = state.to_value();
    if verbose && let Some(sources) = document.get("sources") {
        output.line(format_args!("  sources: {sources}"))?;
    }
    Ok(())
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Prints all schemas of the pipeline; with YAML, as documents of one stream.
fn show_schemas(working_dir: &WorkingDir, name: &str, format: SchemaFormat, output: &Output) -> Result<(), CliError> {
    let state = working_dir.state();
    let names = state.as_ref().map(catchment::State::schema_names).unwrap_or_default();
    let schemas: Vec<Schema> = names.into_iter().filter_map(|name| working_dir.schema(name)).collect();
    if schemas.is_empty() {
        return Err(CliError::Run(anyhow!("pipeline {name:?} has no schema yet; its first load creates one")));
    }
    for (i, schema) in schemas.iter().enumerate() {
        if i > 0 {
            output.line(if format == SchemaFormat::Yaml { "---" } else { "" })?;
        }
        output.line(render(schema, format).trim_end())?;
    }
    Ok(())
}
