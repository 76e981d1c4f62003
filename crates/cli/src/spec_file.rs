//! Spec files.

use std::path::Path;

use anyhow::{Context as _, anyhow};
use catchment::rest_api::{Spec, SpecFormat};
use catchment::validate_pipeline_name;

use crate::failure::CliError;

/// Reads a spec.
pub(crate) fn read(path: &Path) -> Result<Spec, CliError> {
    let read = || {
        let format = SpecFormat::from_path(path)
            .ok_or_else(|| anyhow!("{}: a spec is a .json, .toml, .yaml or .yml file", path.display()))?;
        let text = std::fs::read_to_string(path).with_context(|| format!("failed to read the spec {}", path.display()))?;
        Spec::parse(&text, format).with_context(|| format!("the spec {} is wrong", path.display()))
    };
    read().map_err(CliError::Usage)
}

/// The name of the pipeline: that of the flag, else that of the spec, else the stem of the file's name.
pub(crate) fn pipeline_name(flag: Option<&String>, spec: &Spec, path: &Path) -> Result<String, CliError> {
    let stem = || path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let name = flag.or(spec.pipeline.pipeline_name.as_ref()).cloned().unwrap_or_else(stem);
    validate_pipeline_name(&name).map_err(|error| CliError::Usage(error.into()))?;
    Ok(name)
}
