//! Packages that earlier runs left behind.

use std::sync::Arc;

use catchment_load::{Destination, Loaded};
use catchment_load_package::{PackageStore, Pending, SealedPackage};
use tokio_util::sync::CancellationToken;

use crate::error::RunError;
use crate::package::findings;
use crate::report::{PackageInfo, PackageOutcome};

/// Loads what is sealed, for which `outcome` is reported, and throws away what is not. What can never be loaded is
/// set aside; where it was only recovered, that does not keep the run from going on.
pub(crate) async fn load_pending(
    store: &PackageStore,
    destination: &Arc<dyn Destination>,
    outcome: &PackageOutcome,
    stop: &CancellationToken,
) -> Result<Vec<PackageInfo>, RunError> {
    let mut recovered = Vec::new();
    for pending in store.pending()? {
        match pending {
            Pending::Discarded { load_id } => tracing::info!("package {load_id} was never finished, and is thrown away"),
            Pending::Sealed(package) => {
                let info = load(store, destination, *package, outcome.clone(), stop).await?;
                recovered.push(info);
            }
        }
    }
    Ok(recovered)
}

/// Loads a package and removes it, or sets it aside where it can never be loaded.
pub(crate) async fn load(
    store: &PackageStore,
    destination: &Arc<dyn Destination>,
    package: SealedPackage,
    outcome: PackageOutcome,
    stop: &CancellationToken,
) -> Result<PackageInfo, RunError> {
    let (destination, stop) = (Arc::clone(destination), stop.clone());
    let loading = tokio::task::spawn_blocking(move || {
        let loaded = destination.load(&package, &|| stop.is_cancelled());
        (package, loaded)
    });
    let (package, loaded) = loading.await.map_err(|_| RunError::Panicked)?;
    let (load_id, row_counts) = (package.begin().load_id.clone(), package.row_counts());
    let findings = findings(&package);
    match loaded {
        Ok(loaded) => {
            store.complete(package)?;
            let outcome = if loaded == Loaded::Before { PackageOutcome::LoadedBefore } else { outcome };
            Ok(PackageInfo { load_id, outcome, row_counts, findings })
        }
        Err(error) if error.is_terminal() => {
            let reason = error.to_string();
            let place = store.set_aside(package, &reason)?;
            tracing::error!("package {load_id} cannot be loaded and was moved to {}: {reason}", place.display());
            if outcome == PackageOutcome::Loaded {
                return Err(error.into());
            }
            Ok(PackageInfo { load_id, outcome: PackageOutcome::SetAside(reason), row_counts, findings })
        }
        Err(error) => Err(error.into()),
    }
}
