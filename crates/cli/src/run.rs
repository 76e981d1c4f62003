//! `catchment run`.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use anyhow::{Context as _, anyhow};
use catchment::extract::Source;
use catchment::rest_api::{RestApi, Spec};
use catchment::{LoadInfo, PackageOutcome, Pipeline, ProgressTo, RunOptions, SchemaFiles, WorkingDir};

use crate::args::{Progress, RunArgs};
use crate::dev_mode::{self, DevFolder};
use crate::failure::Failure;
use crate::output::Output;
use crate::settings::{Configuration, PipelineSettings};
use crate::signals::Signals;
use crate::{dry_run, logging, runtime, spec_file};

pub(crate) fn run(args: &RunArgs, output: &Output) -> Result<(), Failure> {
    let spec = spec_file::read(&args.spec)?;
    let pipeline = spec_file::pipeline_name(args.pipeline_name.as_ref(), &spec, &args.spec)?;
    let configuration = Configuration::load(output)?.of_pipeline(&pipeline)?;
    logging::start(&configuration.log()?, output);
    warn_of_typos(&configuration, &spec, &pipeline);
    let defaults = configuration.pipeline(&pipeline)?;
    let names = Names::of(args, &spec, pipeline, &defaults);
    let api = RestApi::new(&spec).client(configuration.rest_client()?).settings(configuration.settings());
    let source = apply_flags(api.source().map_err(|error| Failure::Usage(error.into()))?, args)?;
    let pipelines_dir = configuration.pipelines_dir(args.pipelines_dir.as_ref().or(defaults.pipelines_dir.as_ref()))?;
    let pipelines_dir = if args.dev_mode { dev_mode::pipelines_dir(&pipelines_dir, &names.pipeline) } else { pipelines_dir };
    let working_dir = WorkingDir::new(&pipelines_dir, &names.pipeline);
    if args.dry_run {
        let title = format!("plan of pipeline {} into dataset {} of {}", names.pipeline, names.dataset, names.destination);
        let known = working_dir.state().filter(|_| !args.dev_mode);
        return dry_run::show(&api, &source, known, &title, output);
    }
    let (destination, mut file) = configuration.destination(&names.destination, &working_dir, &names.pipeline, args.dev_mode)?;
    file.warn_of_dataset(&names.dataset);
    // before the run too, which may be long or fail
    file.remarks.warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
    let path = |of_spec: &Option<String>, default: Option<PathBuf>| of_spec.as_ref().map(PathBuf::from).or(default);
    let files = SchemaFiles {
        import_schema_path: path(&spec.pipeline.import_schema_path, defaults.import_schema_path),
        export_schema_path: path(&spec.pipeline.export_schema_path, defaults.export_schema_path),
    };
    let options = RunOptions { refresh: args.refresh, ..configuration.run_options(&spec.name)? };
    let told = args.progress.unwrap_or(defaults.progress);
    // Last, so that a mistake in the configuration removes nothing.
    let _dev_folder = args.dev_mode.then(|| DevFolder::start(&pipelines_dir)).transpose().map_err(Failure::Run)?;
    let pipeline = Pipeline::new(names.pipeline, destination, names.dataset)
        .pipelines_dir(pipelines_dir)
        .options(options)
        .schema_files(files)
        .progress(progress(told));
    let loaded = load(&pipeline, source);
    // A run that fails may have loaded what an earlier one left.
    if file.is_default && file.path.exists() {
        working_dir.keep_default_file(&file.path);
    }
    let mut info = loaded?;
    info.remarks.notes.extend(file.remarks.notes);
    info.remarks.warnings.extend(file.remarks.warnings);
    let written = match told {
        Progress::Json => output.json(&serde_json::to_string(&info).map_err(|error| Failure::Run(error.into()))?),
        Progress::Auto | Progress::Log | Progress::Off => output.line(&info),
    };
    written.context("everything was loaded, but the report cannot be written to stdout").map_err(Failure::Run)?;
    if args.fail_on_warning { refuse_warnings(&info).map_err(Failure::Run) } else { Ok(()) }
}

/// Fails where a complete load has warnings, or left a package of an earlier run out.
fn refuse_warnings(info: &LoadInfo) -> anyhow::Result<()> {
    let set_aside = info.packages.iter().filter_map(|package| match &package.outcome {
        PackageOutcome::SetAside(reason) => Some(format!("package {} was set aside: {reason}", package.load_id)),
        PackageOutcome::Loaded | PackageOutcome::Recovered | PackageOutcome::LoadedBefore => None,
    });
    let found: Vec<_> = info.warnings().map(ToString::to_string).chain(set_aside).collect();
    anyhow::ensure!(
        found.is_empty(),
        "the load is complete, but it has {} warning{}, and --fail-on-warning is set:\n  {}",
        found.len(),
        if found.len() == 1 { "" } else { "s" },
        found.join("\n  ")
    );
    Ok(())
}

/// Keys that nobody asks for are fine, as files serve many pipelines; but not those that are almost what is asked for.
fn warn_of_typos(configuration: &Configuration, spec: &Spec, pipeline: &str) {
    for key in configuration.unused(spec, pipeline) {
        if let Some(meant) = key.meant {
            tracing::warn!("{} is not used: did you mean `{meant}`?", key.place);
        }
    }
}

/// What is loaded into what.
struct Names {
    pipeline: String,
    dataset: String,
    destination: String,
}

impl Names {
    /// Flags win over the spec, and that over the configuration.
    fn of(args: &RunArgs, spec: &Spec, pipeline: String, defaults: &PipelineSettings) -> Names {
        let first = |flag: &Option<String>, key: &Option<String>, default: &Option<String>| {
            flag.as_ref().or(key.as_ref()).or(default.as_ref()).cloned()
        };
        let dataset = first(&args.dataset_name, &spec.pipeline.dataset_name, &defaults.dataset_name);
        let mut dataset = dataset.unwrap_or_else(|| format!("{pipeline}_dataset"));
        if args.dev_mode {
            dataset = format!("{dataset}_{}", dev_mode::suffix());
        }
        let destination = first(&args.destination, &spec.pipeline.destination, &defaults.destination_type);
        Names { pipeline, dataset, destination: destination.unwrap_or_else(|| "duckdb".to_owned()) }
    }
}

/// Runs on a runtime of its own, until a signal stops it.
fn load(pipeline: &Pipeline, source: Source) -> Result<LoadInfo, Failure> {
    runtime::start()?.block_on(async {
        let signals = Signals::listen().map_err(|error| Failure::Run(error.into()))?;
        let result = pipeline.run_until(source, signals.token()).await;
        match (result, signals.received()) {
            (Err(catchment::RunError::Stopped), Some(number)) => Err(Failure::Signal(number)),
            (result, _) => result.map_err(Failure::from),
        }
    })
}

fn progress(progress: Progress) -> ProgressTo {
    match progress {
        Progress::Json => ProgressTo::Json,
        Progress::Log => ProgressTo::Log,
        Progress::Auto if std::io::stderr().is_terminal() => ProgressTo::Log,
        Progress::Auto | Progress::Off => ProgressTo::Off,
    }
}

fn apply_flags(mut source: Source, args: &RunArgs) -> Result<Source, Failure> {
    if !args.select.is_empty() {
        source = source.select(&args.select).map_err(|unknown| Failure::Usage(anyhow!("--select: {unknown}")))?;
    }
    for resource in &mut source.resources {
        resource.limit.rows = args.limit.or(resource.limit.rows);
        resource.write_disposition = args.write_disposition.unwrap_or(resource.write_disposition);
    }
    Ok(source)
}

#[cfg(test)]
mod tests {
    use catchment::{LoadInfo, PackageInfo, PackageOutcome, Remarks, RowCounts, Warning};

    use super::refuse_warnings;

    #[track_caller]
    fn check(outcome: PackageOutcome, remarks: Remarks, expected: Result<(), &str>) {
        let package = PackageInfo { load_id: "1.5".to_owned(), outcome, row_counts: RowCounts::new(), remarks };
        let info = LoadInfo {
            pipeline_name: "p".to_owned(),
            dataset_name: "d".to_owned(),
            location: "duckdb:///p.duckdb".to_owned(),
            started_at: 0,
            finished_at: 1,
            packages: vec![package],
            remarks: Remarks::default(),
        };
        assert_eq!(refuse_warnings(&info).map_err(|error| error.to_string()), expected.map_err(str::to_owned));
    }

    #[test]
    fn warnings_and_set_aside_packages_fail_a_strict_run_and_notes_do_not() {
        let notes = Remarks { notes: vec!["all is well".to_owned()], ..Remarks::default() };
        let warning = Warning::of("orders", "rows may be missing").times(3);
        let warnings = Remarks { warnings: vec![warning, Warning::new("x")], ..Remarks::default() };
        check(PackageOutcome::Loaded, notes, Ok(()));
        check(
            PackageOutcome::Loaded,
            warnings,
            Err("the load is complete, but it has 2 warnings, and --fail-on-warning is set:\n  \
                 orders: rows may be missing (3 times)\n  x"),
        );
        check(
            PackageOutcome::SetAside("it is stale".to_owned()),
            Remarks::default(),
            Err("the load is complete, but it has 1 warning, and --fail-on-warning is set:\n  \
                 package 1.5 was set aside: it is stale"),
        );
    }
}
