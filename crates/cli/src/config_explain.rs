//! `catchment config explain`: the settings of a run and their origins.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::anyhow;
use catchment::rest_api::{SecretOrigin, SecretSource, Spec};
use catchment::rest_client::is_secret_name;
use catchment_config::UnusedKey;
use catchment_settings::{FieldDeclaration, FieldExplanation, FoundSetting, SettingsError};

use crate::args::ExplainArgs;
use crate::failure::CliError;
use crate::output::Output;
use crate::settings::{Configuration, groups};
use crate::spec_input;

/// The remedy for a literal secret in a spec.
const SECRET_HELP: &str = "replace it with ${env:NAME} or ${secret:sources.name.key}";

pub(crate) fn explain(args: &ExplainArgs, output: &Output) -> Result<(), CliError> {
    let spec = spec_input::read(&args.spec)?;
    let pipeline = spec_input::pipeline_name(args.pipeline_name.as_ref(), &spec, &args.spec)?;
    let configuration = Configuration::load(output)?.for_pipeline(&pipeline)?.with_vaults()?;
    let mut report = Report::default();
    report.line(format_args!("pipeline {pipeline}, source {}", spec.name));
    let enabled = configuration.without_vaults().read()?;
    for group in groups().into_iter().filter(|group| (group.is_read)(&enabled)) {
        let fields = group.explain(&configuration, &spec.name, &pipeline);
        let with_spec = fields.iter().map(|field| (field, spec_value(&spec, &field.field)));
        let shown: Vec<_> = with_spec.filter(|(field, given)| given.is_some() || is_shown(field)).collect();
        if !shown.is_empty() {
            report.line(format_args!("\n{}", group.title));
        }
        for (field, given) in shown {
            let path = group.path(&field.field, &spec.name);
            match given {
                Some(value) => report.given(&path, value, &args.spec, field),
                None => report.field(&path, field),
            }
        }
        report.errors.extend(group.check(&configuration, &spec.name, &pipeline).err());
    }
    let settings = configuration.settings();
    let secrets = spec.secrets(&settings);
    if !secrets.is_empty() {
        report.line(format_args!("\nSecrets of {}", args.spec.display()));
    }
    for secret in &secrets {
        report.secret(secret, secret.resolve_candidates(&spec, &settings));
    }
    report.unused(&configuration.unused_keys(&spec, &pipeline));
    report.line("\nConfiguration sources");
    for note in configuration.notes() {
        report.line(format_args!("  {note}"));
    }
    output.line(report.text.trim_end())?;
    match SettingsError::from_errors(report.errors) {
        None => Ok(()),
        Some(error) => Err(CliError::Usage(anyhow!(error).context("the configuration is invalid, a run would fail"))),
    }
}

/// Returns whether a field is required, has a value or has a default.
fn is_shown(field: &FieldExplanation) -> bool {
    field.field.default.is_some() || field.field.required || !field.candidates.as_ref().is_ok_and(Vec::is_empty)
}

/// Returns the value of a pipeline setting in the spec, which takes precedence over the configuration.
fn spec_value<'s>(spec: &'s Spec, field: &FieldDeclaration) -> Option<&'s str> {
    if field.key.scope().explicit_sections().first().is_none_or(|section| section != "pipelines") {
        return None;
    }
    let pipeline = &spec.pipeline;
    let value = match field.key.name() {
        "destination_type" => &pipeline.destination,
        "dataset_name" => &pipeline.dataset_name,
        "import_schema_path" => &pipeline.import_schema_path,
        "export_schema_path" => &pipeline.export_schema_path,
        _ => &None,
    };
    value.as_deref()
}

#[derive(Default)]
struct Report {
    text: String,
    /// Errors with which a run would fail.
    errors: Vec<SettingsError>,
}

impl Report {
    fn line(&mut self, line: impl std::fmt::Display) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(self.text, "{line}");
    }

    fn field(&mut self, path: &str, FieldExplanation { field, candidates }: &FieldExplanation) {
        match (candidates.as_deref(), &field.default) {
            (Ok([]), Some(default)) => self.line(format_args!("  {path} = {default} (default)")),
            (Ok([]), None) => self.line(format_args!("  {path}: MISSING")),
            (Ok(found), _) => self.found(path, found, field.key.is_secret()),
            (Err(_), _) => self.line(format_args!("  {path}: CANNOT BE READ")),
        }
    }

    /// Adds a field whose value is set in the spec.
    fn given(&mut self, path: &str, value: &str, spec: &Path, FieldExplanation { candidates, .. }: &FieldExplanation) {
        self.line(format_args!("  {path} = {value:?}\n    from {}", spec.display()));
        for candidate in candidates.iter().flatten() {
            self.overridden(candidate, false);
        }
    }

    fn overridden(&mut self, candidate: &FoundSetting, secret: bool) {
        let value = candidate.value.to_toml(secret || candidate.redact);
        self.line(format_args!("    overrides {value} in {}", candidate.location));
    }

    fn found(&mut self, path: &str, found: &[FoundSetting], secret: bool) {
        for (i, candidate) in found.iter().enumerate() {
            if i == 0 {
                let value = candidate.value.to_toml(secret || candidate.redact);
                self.line(format_args!("  {path} = {value}\n    from {}", candidate.location));
            } else {
                self.overridden(candidate, secret);
            }
            if candidate.value.is_placeholder() {
                self.line("    WARNING: still holds the placeholder `<configure me>`; set a value");
            }
            if candidate.misplaced {
                self.line("    WARNING: secrets are not allowed in this file; move it to secrets.toml");
                let (name, location) = (path.to_owned(), Box::new(candidate.location.clone()));
                self.errors.extend((i == 0).then_some(SettingsError::SecretInPlainFile { name, location }));
            }
        }
    }

    fn secret(&mut self, SecretOrigin { path, origin }: &SecretOrigin, found: Result<Vec<FoundSetting>, SettingsError>) {
        match (origin, &found) {
            (SecretSource::Literal, _) => {
                self.line(format_args!("  {path} = ***\n    WARNING: literal secret in the spec; {SECRET_HELP}"))
            }
            (_, Ok(found)) => self.found(path, found, true),
            (_, Err(SettingsError::Missing(_))) => self.line(format_args!("  {path}: MISSING")),
            (_, Err(_)) => self.line(format_args!("  {path}: CANNOT BE READ")),
        }
        if let SecretSource::Reference(reference, _) = origin {
            self.line(format_args!("    referenced as {reference}"));
        }
        self.errors.extend(found.err());
    }

    fn unused(&mut self, keys: &[UnusedKey]) {
        if !keys.is_empty() {
            self.line("\nUnused keys");
        }
        for UnusedKey { location, suggestion } in keys {
            match suggestion {
                Some(suggestion) => self.line(format_args!("  {location}: did you mean `{suggestion}`?")),
                None => self.line(format_args!("  {location}")),
            }
            let name = location.key.rsplit('.').next().unwrap_or_default();
            if location.provider == "config.toml" && is_secret_name(name) {
                self.line("    WARNING: the name suggests a secret; move it to secrets.toml");
            }
        }
    }
}
