//! `catchment run URL --save-spec`: writes a spec file that does the same.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use catchment::ProgressMode;
use catchment::rest_api::{RestApi, SavedPipeline, SavedSpec, UrlSpec};

use crate::failure::CliError;
use crate::output::Output;
use crate::runtime::build_runtime;

/// Requests the first page of the URL, and writes the spec with what was detected. An existing file is not replaced.
pub(crate) fn save(
    url: &UrlSpec,
    api: &RestApi<'_>,
    pipeline: SavedPipeline<'_>,
    file: &Path,
    progress: ProgressMode,
    output: &Output,
) -> Result<(), CliError> {
    if file.exists() {
        let problem = anyhow!("--save-spec: {} exists; choose another name or remove it", file.display());
        return Err(CliError::Usage(problem));
    }
    let checks = build_runtime()?.block_on(api.check(|_| true)).map_err(|error| CliError::Usage(error.into()))?;
    let check = checks.first().context("the spec has no resource").map_err(CliError::Run)?;
    if let Err(error) = &check.page {
        return Err(CliError::Run(anyhow!("{}: {error}", check.name)));
    }
    let SavedSpec { text, variables } = url.to_yaml(pipeline, Some(check));
    write(file, &text).map_err(CliError::Run)?;
    let path = file.display();
    let mut lines = vec![format!("wrote {path}; run it with `catchment run {path}`")];
    if !variables.is_empty() {
        lines.push(format!("set {} before you run it; secrets are not in the file", variables.join(", ")));
    }
    for line in lines {
        match progress {
            // stdout holds JSON Lines
            ProgressMode::Json => output.error_line(line),
            ProgressMode::Auto | ProgressMode::Log | ProgressMode::Off => output.line(line)?,
        }
    }
    Ok(())
}

/// Creates the file. A file that exists is an error.
fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    let created = File::options().write(true).create_new(true).open(file);
    let written = created.and_then(|mut file| file.write_all(text.as_bytes()));
    written.with_context(|| format!("failed to write {}", file.display()))
}
