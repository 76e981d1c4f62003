//! Spec files.

use std::path::Path;

use anyhow::{Context as _, anyhow};
use catchment::rest_api::{Spec, SpecFormat};
use catchment::validate_pipeline_name;

use crate::failure::CliError;

/// Reads and parses a spec file.
pub(crate) fn read(path: &Path) -> Result<Spec, CliError> {
    let read = || {
        let format = SpecFormat::from_path(path)
            .ok_or_else(|| anyhow!("unknown format of spec {}; use a .json, .toml, .yaml or .yml file", path.display()))?;
        let text = std::fs::read_to_string(path).with_context(|| format!("failed to read the spec {}", path.display()))?;
        Spec::parse(&text, format).with_context(|| format!("invalid spec {}", path.display()))
    };
    read().map_err(CliError::Usage)
}

/// Returns the pipeline name: from the flag, else from the spec, else the file name without extension.
pub(crate) fn pipeline_name(flag: Option<&String>, spec: &Spec, path: &Path) -> Result<String, CliError> {
    let stem = || path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let name = flag.or(spec.pipeline.pipeline_name.as_ref()).cloned().unwrap_or_else(stem);
    validate_pipeline_name(&name).map_err(|error| CliError::Usage(error.into()))?;
    Ok(name)
}
