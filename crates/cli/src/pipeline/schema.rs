//! `catchment pipeline NAME schema`.

use anyhow::anyhow;
use catchment::WorkingDir;
use catchment::schema::{Schema, SchemaFormat, render};

use crate::failure::CliError;
use crate::output::Output;

/// Prints all schemas of the pipeline; with YAML, as documents of one stream.
pub(super) fn show_schemas(working_dir: &WorkingDir, name: &str, format: SchemaFormat, output: &Output) -> Result<(), CliError> {
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
