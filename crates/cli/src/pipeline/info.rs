//! `catchment pipeline NAME info`.

use catchment::load_package::PackageQueue;
use catchment::schema::format_timestamp;
use catchment::{RunFailure, Trace, WorkingDir};

use crate::failure::CliError;
use crate::output::Output;

/// Prints the last run, state, schemas and packages of a pipeline.
pub(super) fn info(working_dir: &WorkingDir, name: &str, verbose: bool, output: &Output) -> Result<(), CliError> {
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
