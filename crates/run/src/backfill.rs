//! Backfill: loading a cursor range in windows, one package per window.

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

/// Loads the remaining `windows` in order. The diagnostics of windows without a package are added to `diagnostics`.
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
    let unsupported = |problem: String| RunError::Backfill { resource: resource.name.clone(), problem };
    if let Some(problem) = unsupported_reason(runner, resource) {
        return Err(unsupported(problem.to_owned()));
    }
    let Some(cursor) = &resource.incremental else { return Err(unsupported("it has no cursor; set `incremental`".to_owned())) };
    let restored = package_plan::restore(runner, &naming::normalize_identifier(&source.name), stop).await?;
    let resource_state = restored.state.as_ref().and_then(|state| state.resource(&source.name, &resource.name));
    let remaining = windows.remaining(cursor, resource_state).map_err(|error| unsupported(error.to_string()))?;

    let runner = &with_memory_share(runner, windows.parallel);
    let build = |window: (Value, Value)| async move {
        let source = window_source(source, &resource.name, &window);
        Ok::<_, RunError>((build_window(runner, store, &source, events, stop).await?, source))
    };
    let mut built = stream::iter(remaining.into_iter().map(build)).buffered(windows.parallel.max(1));
    let mut loaded = Vec::new();
    while let Some(window) = built.next().await {
        let (package, source) = window?;
        let Some(package) = package.package(diagnostics) else { continue };
        loaded.extend(load_window(runner, store, package, &source, events, diagnostics, stop).await?);
    }
    Ok(loaded)
}

/// Returns the only selected resource.
fn single_resource(source: &Source) -> Result<&Resource, RunError> {
    let mut loaded = source.selected_resources();
    match (loaded.next(), loaded.next()) {
        (Some(resource), None) => Ok(resource),
        (found, _) => {
            let (resource, problem) =
                (source.name.clone(), if found.is_some() { "several resources are" } else { "no resource is" });
            let problem = format!("{problem} selected; select exactly one");
            Err(RunError::Backfill { resource, problem })
        }
    }
}

/// Returns the reason why the resource cannot be backfilled, if any.
fn unsupported_reason(runner: &Runner, resource: &Resource) -> Option<&'static str> {
    let is_greatest = resource.incremental.as_ref().is_none_or(|cursor| matches!(cursor.last_value_func, LastValueFunc::Max));
    let problems = [
        (runner.options.refresh.is_some(), "each window would refresh the previous one; refresh in a separate run"),
        (
            resource.write_disposition == WriteDisposition::Replace,
            "each window would replace the previous one; use append or merge instead",
        ),
        (!resource.limit.is_none(), "a limit would skip rows of a window; use smaller windows instead"),
        (resource.parent().is_some(), "it is a dependent resource; backfill its parent resource instead"),
        (!is_greatest, "windows require an ascending cursor; set `last_value_func` to max"),
    ];
    problems.into_iter().find(|(applies, _)| *applies).map(|(_, problem)| problem)
}

/// Returns a runner with a share of the memory limits.
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

/// Loads the package of a window.
///
/// A package that was built while an earlier window was loaded can be stale, for example because of conflicting types. It is
/// then built again. Returns `None` if the rebuilt window has nothing to load, for example because another run has loaded
/// it.
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
            tracing::info!("rebuilding stale package {}: {reason}", package.header().load_id);
            store.remove_loaded(package)?;
            let Some(again) = build_window(runner, store, source, events, stop).await?.package(diagnostics) else {
                return Ok(None);
            };
            recover::load(runner, store, again, PackageOutcome::Loaded, stop).await.map(Some)
        }
        (package, loaded) => recover::finish_load(runner, store, package, loaded, PackageOutcome::Loaded).map(Some),
    }
}
