//! Specs from files and URLs.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use catchment::rest_api::{Spec, SpecFormat, UrlSpec};
use catchment::validate_pipeline_name;

use crate::args::{RunArgs, UrlArgs};
use crate::failure::CliError;

/// The argument of a command that takes a spec.
pub(crate) enum SpecInput {
    /// A spec file.
    File(PathBuf),
    /// The URL of an endpoint, with the options for it.
    Url(Box<UrlSpec>),
}

impl SpecInput {
    /// Returns the input of `catchment run`.
    pub(crate) fn from_args(args: &RunArgs) -> Result<SpecInput, CliError> {
        if is_url(&args.spec) {
            return url_spec(args).map_err(CliError::Usage);
        }
        match args.url.first_set() {
            None => Ok(SpecInput::File(PathBuf::from(&args.spec))),
            Some(flag) => Err(CliError::Usage(anyhow!("{flag} requires a URL; in a spec file, set it as a key"))),
        }
    }

    /// Reads and parses the spec.
    pub(crate) fn read(&self) -> Result<Spec, CliError> {
        match self {
            SpecInput::File(path) => read(path),
            SpecInput::Url(url) => url.spec().map_err(|error| CliError::Usage(error.into())),
        }
    }

    /// Returns the pipeline name: from the flag, else from the spec, else the file name without extension, or the name of the
    /// resource of a URL.
    pub(crate) fn pipeline_name(&self, flag: Option<&String>, spec: &Spec) -> Result<String, CliError> {
        match self {
            SpecInput::File(path) => pipeline_name(flag, spec, path),
            SpecInput::Url(url) => valid_name(flag.cloned().unwrap_or_else(|| url.name().to_owned())),
        }
    }

    /// Returns the name of the default database file without extension: that of the pipeline, except for URLs, whose
    /// pipelines share a file.
    pub(crate) fn file_stem<'n>(&self, pipeline: &'n str) -> &'n str {
        match self {
            SpecInput::File(_) => pipeline,
            SpecInput::Url(_) => "catchment",
        }
    }
}

fn is_url(text: &str) -> bool {
    let scheme = text.split("://").next().unwrap_or_default().to_ascii_lowercase();
    text.contains("://") && matches!(scheme.as_str(), "http" | "https")
}

fn url_spec(args: &RunArgs) -> anyhow::Result<SpecInput> {
    let UrlArgs { header, primary_key, cursor, save_spec } = &args.url;
    if let Some(file) = save_spec {
        anyhow::ensure!(
            matches!(SpecFormat::from_path(file), Some(SpecFormat::Yaml)),
            "--save-spec: {} must end with .yaml or .yml, because the spec has comments",
            file.display()
        );
    }
    let mut spec = UrlSpec::new(&args.spec)?;
    for header in header {
        spec = spec.header(header).context("--header")?;
    }
    if !primary_key.is_empty() {
        spec = spec.primary_key(primary_key);
    }
    if let Some(path) = cursor {
        spec = spec.cursor_path(path);
    }
    if let Some(disposition) = args.write_disposition {
        spec = spec.write_disposition(disposition);
    }
    Ok(SpecInput::Url(Box::new(spec)))
}

/// Reads and parses a spec file.
pub(crate) fn read(path: &Path) -> Result<Spec, CliError> {
    let read = || {
        let format = SpecFormat::from_path(path).ok_or_else(|| {
            let path = path.display();
            anyhow!("unknown format of spec {path}; use a .json, .toml, .yaml or .yml file, or a URL that starts with https://")
        })?;
        let text = std::fs::read_to_string(path).with_context(|| format!("failed to read the spec {}", path.display()))?;
        Spec::parse(&text, format).with_context(|| format!("invalid spec {}", path.display()))
    };
    read().map_err(CliError::Usage)
}

/// Returns the pipeline name: from the flag, else from the spec, else the file name without extension.
pub(crate) fn pipeline_name(flag: Option<&String>, spec: &Spec, path: &Path) -> Result<String, CliError> {
    let stem = || path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    valid_name(flag.or(spec.pipeline.pipeline_name.as_ref()).cloned().unwrap_or_else(stem))
}

fn valid_name(name: String) -> Result<String, CliError> {
    validate_pipeline_name(&name).map_err(|error| CliError::Usage(error.into()))?;
    Ok(name)
}
