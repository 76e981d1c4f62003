//! Loading of pending packages.

use std::sync::Arc;

use catchment_load::{LoadError, LoadOutcome, LoadResult};
use catchment_load_package::{PackageStore, PendingPackage, SealedPackage};
use tokio_util::sync::CancellationToken;

use crate::error::RunError;
use crate::package_failure::PackageFailure;
use crate::report::{Diagnostics, PackageInfo, PackageOutcome, Warning};
use crate::runner::Runner;
use crate::threads::spawn_blocking;

/// Loads sealed packages, reported with `outcome`, and discards incomplete ones. Packages that can never be loaded move to
/// the failed packages. A failed package of an earlier run does not end the run, unless its options say so.
pub(crate) async fn load_pending(
    runner: &Runner,
    store: &PackageStore,
    outcome: &PackageOutcome,
    stop: &CancellationToken,
) -> Result<Vec<PackageInfo>, RunError> {
    let mut recovered = Vec::new();
    for pending in store.pending_packages()? {
        match pending {
            PendingPackage::Discarded { load_id } => tracing::info!("discarded incomplete package {load_id}"),
            PendingPackage::Failed(package) => {
                recovered.push(tolerate_failure(runner, outcome, PackageFailure::without_details(package, TASK))?);
            }
            PendingPackage::Sealed(package) => recovered.push(load(runner, store, *package, outcome.clone(), stop).await?),
        }
    }
    Ok(recovered)
}

/// The operation that fails here.
const TASK: &str = "loaded";

/// Reports a failed package of an earlier run, unless the options make it an error.
fn tolerate_failure(runner: &Runner, outcome: &PackageOutcome, failure: PackageFailure) -> Result<PackageInfo, RunError> {
    let is_own = *outcome == PackageOutcome::Loaded;
    if is_own || runner.options.raise_on_failed_jobs { Err(failure.into_error()) } else { Ok(failure.into_package_info()) }
}

/// Loads a package and removes it, or moves it to the failed packages if it can never be loaded.
pub(crate) async fn load(
    runner: &Runner,
    store: &PackageStore,
    package: SealedPackage,
    outcome: PackageOutcome,
    stop: &CancellationToken,
) -> Result<PackageInfo, RunError> {
    let (package, loaded) = try_load(runner, package, stop).await?;
    finish_load(runner, store, package, loaded, outcome)
}

/// Loads a package and returns it with the result of the destination.
pub(crate) async fn try_load(
    runner: &Runner,
    package: SealedPackage,
    stop: &CancellationToken,
) -> Result<(SealedPackage, Result<LoadResult, LoadError>), RunError> {
    let (destination, stop) = (Arc::clone(&runner.destination), stop.clone());
    let loading = move || {
        let loaded = destination.load(&package, &|| stop.is_cancelled());
        (package, loaded)
    };
    spawn_blocking(loading).await
}

/// Removes a loaded package, or moves it to the failed packages if it can never be loaded.
pub(crate) fn finish_load(
    runner: &Runner,
    store: &PackageStore,
    package: SealedPackage,
    loaded: Result<LoadResult, LoadError>,
    outcome: PackageOutcome,
) -> Result<PackageInfo, RunError> {
    let (load_id, row_counts) = (package.header().load_id.clone(), package.row_counts());
    let mut diagnostics = Diagnostics::from_stored(&package.footer().findings);
    match loaded {
        Ok(loaded) => {
            diagnostics.warnings.extend(loaded.warnings.into_iter().map(Warning::new));
            #[cfg(feature = "failpoints")]
            fail::fail_point!("run::load_answered");
            // The rows are in the dataset, and the load id prevents loading them twice.
            if let Err(error) = store.remove_loaded(package) {
                tracing::warn!("package {load_id} is loaded but its folder remains until the next run: {error}");
            }
            let outcome = if loaded.outcome == LoadOutcome::AlreadyLoaded { PackageOutcome::AlreadyLoaded } else { outcome };
            Ok(PackageInfo { load_id, outcome, row_counts, diagnostics })
        }
        Err(error) if error.is_terminal() => {
            let package = store.move_to_failed(package, &error.to_string())?;
            tolerate_failure(runner, &outcome, PackageFailure { package, operation: TASK, row_counts, diagnostics })
        }
        Err(LoadError::Cancelled) => Err(RunError::Cancelled),
        Err(source) => Err(RunError::LoadDeferred { load_id, source }),
    }
}
