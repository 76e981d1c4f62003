//! `catchment run`: loads the API described by a spec.

use std::path::PathBuf;

use anyhow::{Context as _, anyhow};
use catchment::extract::Source;
use catchment::rest_api::{RestApi, Spec};
use catchment::{LoadInfo, PackageOutcome, Pipeline, PipelineSettings, ProgressMode, RunOptions, SchemaFiles, WorkingDir};

use crate::args::RunArgs;
use crate::dev_mode::{self, DevFolder};
use crate::failure::CliError;
use crate::output::Output;
use crate::settings::{Configuration, RunDestination, RunNames};
use crate::signals::Signals;
use crate::{dry_run, logging, runtime, spec_file};

pub(crate) fn run(args: &RunArgs, output: &Output) -> Result<(), CliError> {
    let spec = spec_file::read(&args.spec)?;
    let pipeline = spec_file::pipeline_name(args.pipeline_name.as_ref(), &spec, &args.spec)?;
    let configuration = Configuration::load(output)?.for_pipeline(&pipeline)?.with_vaults()?;
    logging::init_logging(configuration.log_level()?, output);
    warn_of_typos(&configuration, &spec, &pipeline);
    let defaults = configuration.pipeline(&pipeline)?;
    let target = RunTarget::resolve(args, &spec, pipeline, &defaults);
    let api = RestApi::new(&spec).client(configuration.rest_client()?).settings(configuration.settings());
    let source = apply_flags(api.source().map_err(|error| CliError::Usage(error.into()))?, args)?;
    let pipelines_dir = configuration.pipelines_dir(args.pipelines_dir.as_ref().or(defaults.pipelines_dir.as_ref()))?;
    let pipelines_dir = if args.dev_mode { dev_mode::pipelines_dir(&pipelines_dir, &target.pipeline) } else { pipelines_dir };
    let working_dir = WorkingDir::new(&pipelines_dir, &target.pipeline);
    if args.dry_run {
        let title = format!("plan of pipeline {} into dataset {} of {}", target.pipeline, target.dataset, target.destination);
        let known = working_dir.state().filter(|_| !args.dev_mode);
        return dry_run::show(&api, &source, known, &title, output);
    }
    let names = RunNames { pipeline: &target.pipeline, dataset: &target.dataset };
    let RunDestination { destination, diagnostics, default_file } =
        configuration.destination(&target.destination, &working_dir, names, args.dev_mode)?;
    // logged before the run too, which may take long or fail
    diagnostics.warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
    let path = |spec_path: &Option<String>, default: Option<PathBuf>| spec_path.as_ref().map(PathBuf::from).or(default);
    let files = SchemaFiles {
        import_schema_path: path(&spec.pipeline.import_schema_path, defaults.import_schema_path),
        export_schema_path: path(&spec.pipeline.export_schema_path, defaults.export_schema_path),
    };
    let options = RunOptions { refresh: args.refresh, ..configuration.run_options(&spec.name)? };
    let progress_mode = args.progress.unwrap_or(defaults.progress);
    // last, so that an invalid configuration deletes nothing
    let _dev_folder = args.dev_mode.then(|| DevFolder::start(&pipelines_dir)).transpose().map_err(CliError::Run)?;
    let pipeline = Pipeline::new(target.pipeline, destination, target.dataset)
        .pipelines_dir(pipelines_dir)
        .options(options)
        .schema_files(files)
        .redactor(output.redactor().clone())
        .progress(progress_mode.sink());
    let result = run_pipeline(&pipeline, source);
    // saved even if the run failed: it may have loaded a pending package
    if let Some(file) = default_file.filter(|file| file.exists()) {
        working_dir.save_default_database(&file);
    }
    let mut info = result?;
    info.diagnostics.notes.extend(diagnostics.notes);
    info.diagnostics.warnings.extend(diagnostics.warnings);
    let written = match progress_mode {
        ProgressMode::Json => output.json(&serde_json::to_string(&info).map_err(|error| CliError::Run(error.into()))?),
        ProgressMode::Auto | ProgressMode::Log | ProgressMode::Off => output.line(&info),
    };
    written.context("the load succeeded, but its report could not be written to stdout").map_err(CliError::Run)?;
    if args.fail_on_warning { fail_on_warnings(&info).map_err(CliError::Run) } else { Ok(()) }
}

/// Returns an error if a successful load has warnings or a failed package.
fn fail_on_warnings(info: &LoadInfo) -> anyhow::Result<()> {
    let failed = info.packages.iter().filter_map(|package| match &package.outcome {
        PackageOutcome::Failed(reason) => Some(format!("package {} failed: {reason}", package.load_id)),
        PackageOutcome::Loaded | PackageOutcome::Recovered | PackageOutcome::AlreadyLoaded => None,
    });
    let found: Vec<_> = info.warnings().map(ToString::to_string).chain(failed).collect();
    anyhow::ensure!(
        found.is_empty(),
        "the load succeeded with {} warning{}, and --fail-on-warning is set:\n  {}",
        found.len(),
        if found.len() == 1 { "" } else { "s" },
        found.join("\n  ")
    );
    Ok(())
}

/// Warns of unused keys that resemble a setting. Other unused keys are normal, as pipelines share configuration files.
fn warn_of_typos(configuration: &Configuration, spec: &Spec, pipeline: &str) {
    for key in configuration.unused_keys(spec, pipeline) {
        if let Some(suggestion) = key.suggestion {
            tracing::warn!("unused key {}; did you mean `{suggestion}`?", key.location);
        }
    }
}

/// The names of the pipeline, dataset and destination of a run.
struct RunTarget {
    pipeline: String,
    dataset: String,
    destination: String,
}

impl RunTarget {
    /// Resolves the names: flags take precedence over the spec, and the spec over the configuration.
    fn resolve(args: &RunArgs, spec: &Spec, pipeline: String, defaults: &PipelineSettings) -> RunTarget {
        let first_set = |flag: &Option<String>, key: &Option<String>, default: &Option<String>| {
            flag.as_ref().or(key.as_ref()).or(default.as_ref()).cloned()
        };
        let dataset = first_set(&args.dataset_name, &spec.pipeline.dataset_name, &defaults.dataset_name);
        let mut dataset = dataset.unwrap_or_else(|| format!("{pipeline}_dataset"));
        if args.dev_mode {
            dataset = format!("{dataset}_{}", dev_mode::suffix());
        }
        let destination = first_set(&args.destination, &spec.pipeline.destination, &defaults.destination_type);
        RunTarget { pipeline, dataset, destination: destination.unwrap_or_else(|| "duckdb".to_owned()) }
    }
}

/// Runs the pipeline on a new runtime until it finishes or a signal stops it.
fn run_pipeline(pipeline: &Pipeline, source: Source) -> Result<LoadInfo, CliError> {
    runtime::build_runtime()?.block_on(async {
        let signals = Signals::listen().map_err(|error| CliError::Run(error.into()))?;
        let result = pipeline.run_with_cancellation(source, signals.token()).await;
        match (result, signals.received()) {
            (Err(catchment::RunError::Cancelled), Some(number)) => Err(CliError::Signal(number)),
            (result, _) => result.map_err(CliError::from),
        }
    })
}

fn apply_flags(mut source: Source, args: &RunArgs) -> Result<Source, CliError> {
    if !args.select.is_empty() {
        source = source.select(&args.select).map_err(|unknown| CliError::Usage(anyhow!("--select: {unknown}")))?;
    }
    for resource in &mut source.resources {
        resource.limit.rows = args.limit.or(resource.limit.rows);
        resource.write_disposition = args.write_disposition.unwrap_or(resource.write_disposition);
    }
    Ok(source)
}

#[cfg(test)]
mod tests {
    use catchment::{Diagnostics, LoadInfo, PackageInfo, PackageOutcome, RowCounts, Warning};

    use super::fail_on_warnings;

    #[track_caller]
    fn check(outcome: PackageOutcome, diagnostics: Diagnostics, expected: Result<(), &str>) {
        let package = PackageInfo { load_id: "1.5".to_owned(), outcome, row_counts: RowCounts::new(), usage: None, diagnostics };
        let info = LoadInfo {
            pipeline_name: "p".to_owned(),
            dataset_name: "d".to_owned(),
            location: "duckdb:///p.duckdb".to_owned(),
            started_at: 0,
            finished_at: 1,
            packages: vec![package],
            diagnostics: Diagnostics::default(),
        };
        assert_eq!(fail_on_warnings(&info).map_err(|error| error.to_string()), expected.map_err(str::to_owned));
    }

    #[test]
    fn warnings_and_failed_packages_fail_a_strict_run_and_notes_do_not() {
        let notes = Diagnostics { notes: vec!["all is well".to_owned()], ..Diagnostics::default() };
        let warning = Warning::for_resource("orders", "rows may be missing").with_count(3);
        let warnings = Diagnostics { warnings: vec![warning, Warning::new("x")], ..Diagnostics::default() };
        check(PackageOutcome::Loaded, notes, Ok(()));
        check(
            PackageOutcome::Loaded,
            warnings,
            Err("the load succeeded with 2 warnings, and --fail-on-warning is set:\n  \
                 orders: rows may be missing (3 times)\n  x"),
        );
        check(
            PackageOutcome::Failed("it is stale".to_owned()),
            Diagnostics::default(),
            Err("the load succeeded with 1 warning, and --fail-on-warning is set:\n  \
                 package 1.5 failed: it is stale"),
        );
    }
}
