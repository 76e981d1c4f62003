//! `catchment pipeline`.

use std::path::Path;

use anyhow::anyhow;
use catchment::WorkingDir;

use crate::args::{Operation, PipelineArgs};
use crate::failure::Failure;
use crate::settings::Configuration;

pub(crate) fn pipeline(args: &PipelineArgs) -> Result<(), Failure> {
    let pipelines_dir = Configuration::load()?.pipelines_dir(args.pipelines_dir.as_ref());
    match (&args.name, args.operation) {
        (None, _) => list(&pipelines_dir),
        (Some(name), Operation::Info) => info(&pipelines_dir, name, args.verbose),
    }
}

fn list(pipelines_dir: &Path) -> Result<(), Failure> {
    let names = WorkingDir::list(pipelines_dir).map_err(|error| Failure::Run(error.into()))?;
    if names.is_empty() {
        println!("there are no pipelines in {}", pipelines_dir.display());
    }
    for name in names {
        println!("{name}");
    }
    Ok(())
}

fn info(pipelines_dir: &Path, name: &str, verbose: bool) -> Result<(), Failure> {
    let working_dir = WorkingDir::new(pipelines_dir, name);
    if !working_dir.exists() {
        let known = WorkingDir::list(pipelines_dir).unwrap_or_default().join(", ");
        return Err(Failure::Usage(anyhow!("there is no pipeline {name:?} in {}; there are: {known}", pipelines_dir.display())));
    }
    println!("pipeline {name} in {}", working_dir.path().display());
    if let Some(trace) = working_dir.trace() {
        let text = |key: &str| trace.get(key).and_then(|value| value.as_str()).unwrap_or("?").to_owned();
        println!("  last run ended {}, dataset {} of {}", text("finished_at"), text("dataset_name"), text("destination"));
    }
    match working_dir.state() {
        Some(state) => show_state(&working_dir, &state, verbose),
        None => println!("  it has not loaded anything yet"),
    }
    let packages = working_dir.packages().and_then(|packages| Ok((packages.load_ids()?, packages.aside()?)));
    let (waiting, aside) = packages.map_err(|error| Failure::Run(error.into()))?;
    println!("  packages that wait to be loaded: {}", none_or(&waiting));
    println!("  packages set aside: {}", none_or(&aside));
    Ok(())
}

fn show_state(working_dir: &WorkingDir, state: &catchment::State, verbose: bool) {
    println!("  state version {}, hash {}", state.version(), state.hash());
    for name in state.schema_names() {
        let Some(schema) = working_dir.schema(name) else { continue };
        let tables: Vec<_> = schema.data_tables().collect();
        println!("  schema {name}: version {}, {} tables", schema.version, tables.len());
        if verbose {
            for table in tables {
                println!("    {}: {} columns", table.name, table.complete_columns().count());
            }
        }
    }
    let document = state.to_value();
    if verbose && let Some(sources) = document.get("sources") {
        println!("  sources: {sources}");
    }
}

fn none_or(load_ids: &[String]) -> String {
    if load_ids.is_empty() { "none".to_owned() } else { load_ids.join(", ") }
}
