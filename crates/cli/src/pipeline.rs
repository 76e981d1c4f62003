//! `catchment pipeline`.

use std::path::Path;

use anyhow::anyhow;
use catchment::WorkingDir;
use catchment::schema::{Schema, SchemaFormat, format_timestamp, render};

use crate::args::{Operation, PipelineArgs};
use crate::failure::Failure;
use crate::output;
use crate::settings::Configuration;

pub(crate) fn pipeline(args: &PipelineArgs) -> Result<(), Failure> {
    let pipelines_dir = Configuration::load()?.pipelines_dir(args.pipelines_dir.as_ref());
    match (&args.name, args.operation) {
        (None, _) => list(&pipelines_dir),
        (Some(name), Operation::Info) => info(&open(&pipelines_dir, name)?, name, args.verbose),
        (Some(name), Operation::Schema) => show_schemas(&open(&pipelines_dir, name)?, name, args.format),
    }
}

fn list(pipelines_dir: &Path) -> Result<(), Failure> {
    let names = WorkingDir::list(pipelines_dir).map_err(|error| Failure::Run(error.into()))?;
    if names.is_empty() {
        output::line(format_args!("there are no pipelines in {}", pipelines_dir.display()))?;
    }
    for name in names {
        output::line(name)?;
    }
    Ok(())
}

fn open(pipelines_dir: &Path, name: &str) -> Result<WorkingDir, Failure> {
    let working_dir = WorkingDir::new(pipelines_dir, name);
    if !working_dir.exists() {
        let known = WorkingDir::list(pipelines_dir).unwrap_or_default().join(", ");
        return Err(Failure::Usage(anyhow!("there is no pipeline {name:?} in {}; there are: {known}", pipelines_dir.display())));
    }
    Ok(working_dir)
}

fn info(working_dir: &WorkingDir, name: &str, verbose: bool) -> Result<(), Failure> {
    output::line(format_args!("pipeline {name} in {}", working_dir.path().display()))?;
    if let Some(load) = working_dir.trace().and_then(|trace| trace.load) {
        let ended = format_timestamp(load.finished_at);
        output::line(format_args!("  last run ended {ended}, dataset {} of {}", load.dataset_name, load.location))?;
    }
    match working_dir.state() {
        Some(state) => show_state(working_dir, &state, verbose)?,
        None => output::line("  it has not loaded anything yet")?,
    }
    let packages = working_dir.packages();
    let found = packages.and_then(|found| Ok((found.extracted_load_ids()?, found.load_ids()?, found.aside()?)));
    let (extracted, waiting, aside) = found.map_err(|error| Failure::Run(error.into()))?;
    output::line(format_args!("  extracted rows that wait to be normalized: {}", none_or(&extracted)))?;
    output::line(format_args!("  packages that wait to be loaded: {}", none_or(&waiting)))?;
    output::line(format_args!("  packages set aside: {}", none_or(&aside)))?;
    Ok(())
}

fn show_state(working_dir: &WorkingDir, state: &catchment::State, verbose: bool) -> std::io::Result<()> {
    output::line(format_args!("  state version {}, hash {}", state.version(), state.hash()))?;
    for name in state.schema_names() {
        let Some(schema) = working_dir.schema(name) else { continue };
        let tables: Vec<_> = schema.data_tables().collect();
        output::line(format_args!("  schema {name}: version {}, {} tables", schema.version, tables.len()))?;
        if verbose {
            for table in tables {
                output::line(format_args!("    {}: {} columns", table.name, table.complete_columns().count()))?;
            }
        }
    }
    let document = state.to_value();
    if verbose && let Some(sources) = document.get("sources") {
        output::line(format_args!("  sources: {sources}"))?;
    }
    Ok(())
}

/// Prints all schemas of the pipeline, YAML as documents of one stream.
fn show_schemas(working_dir: &WorkingDir, name: &str, format: SchemaFormat) -> Result<(), Failure> {
    let state = working_dir.state();
    let names = state.as_ref().map(catchment::State::schema_names).unwrap_or_default();
    let schemas: Vec<Schema> = names.into_iter().filter_map(|name| working_dir.schema(name)).collect();
    if schemas.is_empty() {
        return Err(Failure::Run(anyhow!("pipeline {name:?} has no schema yet; it gets one when it is run")));
    }
    for (i, schema) in schemas.iter().enumerate() {
        if i > 0 {
            output::line(if format == SchemaFormat::Yaml { "---" } else { "" })?;
        }
        output::line(render(schema, format).trim_end())?;
    }
    Ok(())
}

fn none_or(load_ids: &[String]) -> String {
    if load_ids.is_empty() { "none".to_owned() } else { load_ids.join(", ") }
}
