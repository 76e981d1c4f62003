//! `catchment run`: loads the API described by a spec, or the endpoint at a URL.

use anyhow::anyhow;
use catchment::extract::Source;
use catchment::rest_api::SavedPipeline;
use catchment::{LoadInfo, PackageOutcome};

use crate::args::RunArgs;
use crate::dev_mode::{self, DevFolder};
use crate::failure::CliError;
use crate::output::Output;
use crate::run_setup::RunSetup;
use crate::spec_input::SpecInput;
use crate::traffic::Traffic;
use crate::{cursor_range, dry_run, save_spec};

pub(crate) fn run(args: &RunArgs, output: &Output) -> Result<(), CliError> {
    let input = SpecInput::from_args(args)?;
    let mut setup = RunSetup::load(&input, &args.target, output)?;
    let dataset = setup.target.dataset.clone();
    if args.dev_mode {
        setup.target.dataset = format!("{}_{}", setup.target.dataset, dev_mode::suffix());
        setup.pipelines_dir = dev_mode::pipelines_dir(&setup.pipelines_dir, &setup.target.pipeline);
    }
    let traffic = Traffic::open(args.record.as_deref(), args.replay.as_deref())?;
    let api = setup.api(&traffic)?;
    let source = apply_flags(RunSetup::source(&api)?, args, traffic.now())?;
    if args.dry_run {
        let target = &setup.target;
        let title = format!("plan of pipeline {} into dataset {} of {}", target.pipeline, target.dataset, target.destination);
        let known = setup.working_dir().state().filter(|_| !args.dev_mode);
        return dry_run::show(&api, &source, known, &title, output);
    }
    let progress = args.progress.unwrap_or(setup.defaults.progress);
    let prepared = setup.pipeline(args.refresh, progress, args.dev_mode, output)?;
    if let (SpecInput::Url(url), Some(file)) = (&input, &args.url.save_spec) {
        // the check is not part of the recording
        let check = setup.api(&traffic.without_recording())?;
        let pipeline = SavedPipeline { name: &setup.target.pipeline, destination: &setup.target.destination, dataset: &dataset };
        save_spec::save(url, &check, pipeline, file, progress, output)?;
    }
    // last, so that an invalid configuration deletes nothing
    let _dev_folder = args.dev_mode.then(|| DevFolder::start(&setup.pipelines_dir)).transpose().map_err(CliError::Run)?;
    let info = prepared.run(progress, output, async |pipeline, stop| pipeline.run_with_cancellation(source, stop).await)?;
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

/// Applies the flags to the source. `now` is the start of the run, in microseconds since 1970.
fn apply_flags(mut source: Source, args: &RunArgs, now: i64) -> Result<Source, CliError> {
    if !args.select.is_empty() {
        source = source.select(&args.select).map_err(|unknown| CliError::Usage(anyhow!("--select: {unknown}")))?;
    }
    for resource in &mut source.resources {
        resource.limit.rows = args.limit.or(resource.limit.rows);
        resource.write_disposition = args.write_disposition.unwrap_or(resource.write_disposition);
    }
    if let Some(from) = &args.from {
        cursor_range::limit(&mut source, from, args.to.as_deref(), now).map_err(CliError::Usage)?;
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
