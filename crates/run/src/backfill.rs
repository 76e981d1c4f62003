//! Loading a range of a cursor in windows, each a package of its own.

use catchment_extract::{LastValueFunc, ProgressChannel, Resource, Source, Windows};
use catchment_json::Value;
use catchment_load::LoadError;
use catchment_load_package::{PackageStore, SealedPackage};
use catchment_schema::{WriteDisposition, naming};
use futures_util::{StreamExt as _, stream};
use tokio_util::sync::CancellationToken;

use crate::error::RunError;
use crate::package::{self, BuildOutcome};
use crate::package_plan;
use crate::recover;
use crate::report::{Diagnostics, PackageInfo, PackageOutcome};
use crate::runner::Runner;

/// Loads what is left of `windows`, in their order. What was noticed of windows without a package goes to `remarks`.
pub(crate) async fn backfill(
    runner: &Runner,
    store: &PackageStore,
    source: &Source,
    windows: &Windows,
    events: &ProgressChannel,
    diagnostics: &mut Diagnostics,
    stop: &CancellationToken,
) -> Result<Vec<PackageInfo>, RunError> {
    let resource = single_resource(source)?;
    let wrong = |problem: String| RunError::Backfill { resource: resource.name.clone(), problem };
    if let Some(problem) = unsupported_reason(runner, resource) {
        return Err(wrong(problem.to_owned()));
    }
    let Some(cursor) = &resource.incremental else { return Err(wrong("it has no cursor to walk".to_owned())) };
    let restored = package_plan::restore(runner, &naming::normalize_identifier(&source.name), stop).await?;
    let kept = restored.state.as_ref().and_then(|state| state.resource(&source.name, &resource.name));
    let remaining = windows.remaining(cursor, kept).map_err(|error| wrong(error.to_string()))?;

    let runner = &with_memory_share(runner, windows.parallel);
    let make = |window: (Value, Value)| async move {
        let source = window_source(source, &resource.name, &window);
        Ok::<_, RunError>((build_window(runner, store, &source, events, stop).await?, source))
    };
    let mut made = stream::iter(remaining.into_iter().map(make)).buffered(windows.parallel.max(1));
    let mut loaded = Vec::new();
    while let Some(made) = made.next().await {
        let (package, source) = made?;
        let Some(package) = package.package(diagnostics) else { continue };
        loaded.extend(load_window(runner, store, package, &source, events, diagnostics, stop).await?);
    }
    Ok(loaded)
}

/// The one resource that is loaded.
fn single_resource(source: &Source) -> Result<&Resource, RunError> {
    let mut loaded = source.selected_resources();
    match (loaded.next(), loaded.next()) {
        (Some(resource), None) => Ok(resource),
        (found, _) => {
            let (resource, problem) = (source.name.clone(), if found.is_some() { "of several" } else { "of no resource" });
            let problem = format!("windows {problem} cannot be walked; select one resource");
            Err(RunError::Backfill { resource, problem })
        }
    }
}

/// What keeps the resource from being loaded in windows.
fn unsupported_reason(runner: &Runner, resource: &Resource) -> Option<&'static str> {
    let is_greatest = resource.incremental.as_ref().is_none_or(|cursor| matches!(cursor.last_value_func, LastValueFunc::Max));
    let problems = [
        (runner.options.refresh.is_some(), "each window would refresh the one before it; refresh in a run of its own"),
        (
            resource.write_disposition == WriteDisposition::Replace,
            "each window would replace the one before it; append or merge instead",
        ),
        (!resource.limit.is_none(), "a limit would leave rows of a window out; take smaller windows instead"),
        (resource.parent().is_some(), "it is fed with rows of another resource, which has the cursor to walk"),
        (!is_greatest, "windows are walked towards greater values alone"),
    ];
    problems.into_iter().find(|(is_so, _)| *is_so).map(|(_, problem)| problem)
}

/// The same run with a share of the memory.
fn with_memory_share(runner: &Runner, parallel: usize) -> Runner {
    let mut runner = runner.clone();
    let options = &mut runner.options;
    options.in_flight_max_bytes = options.in_flight_max_bytes.div_ceil(parallel.max(1));
    options.writer.buffer_max_bytes = options.writer.buffer_max_bytes.div_ceil(parallel.max(1));
    runner
}

fn window_source(source: &Source, resource: &str, (start, end): &(Value, Value)) -> Source {
    let mut source = source.clone();
    if let Some(resource) = source.resource_mut(resource) {
        resource.incremental = resource.incremental.take().map(|cursor| cursor.window(start.clone(), end.clone()));
    }
    source
}

async fn build_window(
    runner: &Runner,
    store: &PackageStore,
    source: &Source,
    events: &ProgressChannel,
    stop: &CancellationToken,
) -> Result<BuildOutcome, RunError> {
    let plan = package_plan::plan_package(runner, store, source, stop).await?;
    let source = plan.source.clone();
    package::build_from_source(runner, store, &source, plan, events, stop).await
}

/// Loads the package of a window. One that was made while another was loaded may have types that do not go with the dataset
/// any more: it is made again, and there is none where another run has loaded the window by then.
async fn load_window(
    runner: &Runner,
    store: &PackageStore,
    package: SealedPackage,
    source: &Source,
    events: &ProgressChannel,
    diagnostics: &mut Diagnostics,
    stop: &CancellationToken,
) -> Result<Option<PackageInfo>, RunError> {
    match recover::try_load(runner, package, stop).await? {
        (package, Err(LoadError::Stale { reason })) => {
            tracing::info!("package {} is made again: {reason}", package.header().load_id);
            store.remove_loaded(package)?;
            let Some(again) = build_window(runner, store, source, events, stop).await?.package(diagnostics) else {
                return Ok(None);
            };
            recover::load(runner, store, again, PackageOutcome::Loaded, stop).await.map(Some)
        }
        (package, loaded) => recover::finish_load(runner, store, package, loaded, PackageOutcome::Loaded).map(Some),
    }
}
