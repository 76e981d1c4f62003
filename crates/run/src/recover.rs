//! Packages that earlier runs left behind.

use std::sync::Arc;

use catchment_load::{LoadError, LoadOutcome, Loaded};
use catchment_load_package::{PackageStore, Pending, SealedPackage};
use tokio_util::sync::CancellationToken;

use crate::aside::Blocked;
use crate::error::RunError;
use crate::report::{PackageInfo, PackageOutcome, Remarks, Warning};
use crate::runner::Runner;
use crate::threads::blocking;

/// Loads what is sealed, for which `outcome` is reported, and throws away what is not. What can never be loaded is
/// set aside; where it was only recovered, that does not keep the run from going on, unless its options say so.
pub(crate) async fn load_pending(
    runner: &Runner,
    store: &PackageStore,
    outcome: &PackageOutcome,
    stop: &CancellationToken,
) -> Result<Vec<PackageInfo>, RunError> {
    let mut recovered = Vec::new();
    for pending in store.pending()? {
        match pending {
            Pending::Discarded { load_id } => tracing::info!("package {load_id} was never finished, and is thrown away"),
            Pending::SetAside(package) => {
                recovered.push(go_on(runner, outcome, Blocked::unknown(package, TASK))?);
            }
            Pending::Sealed(package) => recovered.push(load(runner, store, *package, outcome.clone(), stop).await?),
        }
    }
    Ok(recovered)
}

/// What cannot be done with what is set aside here.
const TASK: &str = "loaded";

/// Goes on without a package that earlier runs have made, where the options do not say otherwise.
fn go_on(runner: &Runner, outcome: &PackageOutcome, blocked: Blocked) -> Result<PackageInfo, RunError> {
    let is_own = *outcome == PackageOutcome::Loaded;
    if is_own || runner.options.raise_on_failed_jobs { Err(blocked.stop()) } else { Ok(blocked.go_on()) }
}

/// Loads a package and removes it, or sets it aside where it can never be loaded.
pub(crate) async fn load(
    runner: &Runner,
    store: &PackageStore,
    package: SealedPackage,
    outcome: PackageOutcome,
    stop: &CancellationToken,
) -> Result<PackageInfo, RunError> {
    let (package, loaded) = attempt(runner, package, stop).await?;
    settle(runner, store, package, loaded, outcome)
}

/// Loads a package, or tries to.
pub(crate) async fn attempt(
    runner: &Runner,
    package: SealedPackage,
    stop: &CancellationToken,
) -> Result<(SealedPackage, Result<Loaded, LoadError>), RunError> {
    let (destination, stop) = (Arc::clone(&runner.destination), stop.clone());
    let loading = move || {
        let loaded = destination.load(&package, &|| stop.is_cancelled());
        (package, loaded)
    };
    blocking(loading).await
}

/// Removes a package that is loaded, or sets it aside where it can never be.
pub(crate) fn settle(
    runner: &Runner,
    store: &PackageStore,
    package: SealedPackage,
    loaded: Result<Loaded, LoadError>,
    outcome: PackageOutcome,
) -> Result<PackageInfo, RunError> {
    let (load_id, row_counts) = (package.begin().load_id.clone(), package.row_counts());
    let mut remarks = Remarks::from_stored(&package.seal().findings);
    match loaded {
        Ok(loaded) => {
            remarks.warnings.extend(loaded.warnings.into_iter().map(Warning::new));
            #[cfg(feature = "failpoints")]
            fail::fail_point!("run::load_answered");
            // The rows are in the dataset, and the load id keeps them from being loaded again.
            if let Err(error) = store.complete(package) {
                tracing::warn!("package {load_id} is loaded, and its folder stays until the next run: {error}");
            }
            let outcome = if loaded.outcome == LoadOutcome::AlreadyLoaded { PackageOutcome::LoadedBefore } else { outcome };
            Ok(PackageInfo { load_id, outcome, row_counts, remarks })
        }
        Err(error) if error.is_terminal() => {
            let package = store.set_aside(package, &error.to_string())?;
            go_on(runner, &outcome, Blocked { package, task: TASK, row_counts, remarks })
        }
        Err(LoadError::Cancelled) => Err(RunError::Stopped),
        Err(source) => Err(RunError::NotLoaded { load_id, source }),
    }
}
