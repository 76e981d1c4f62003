//! Loading of packages.

use std::sync::Arc;

use catchment_load::{Destination, LoadError, LoadOutcome, LoadResult};
use catchment_load_package::{PackageStore, PendingPackage, fail_point};
use tokio_util::sync::CancellationToken;

use super::built_package::BuiltPackage;
use super::package_failure::PackageFailure;
use crate::error::RunError;
use crate::report::{PackageInfo, PackageOutcome, Warning};

/// The name of the operation in messages about failed packages.
const OPERATION: &str = "loaded";

/// Loads packages of a store into a destination.
pub(crate) struct PackageLoader<'r> {
    pub(crate) destination: &'r dyn Destination,
    pub(crate) store: &'r PackageStore,
    /// Whether a failed package of an earlier run fails the run.
    pub(crate) raise_on_failed_jobs: bool,
    pub(crate) stop: &'r CancellationToken,
}

impl PackageLoader<'_> {
    /// Loads sealed packages, reported with `outcome`, and discards incomplete ones. Packages that can never be loaded move
    /// to the failed packages. A failed package of an earlier run does not end the run, unless the options say so.
    pub(crate) async fn load_pending(&self, outcome: &PackageOutcome) -> Result<Vec<PackageInfo>, RunError> {
        let mut recovered = Vec::new();
        for pending in self.store.pending_packages()? {
            match pending {
                PendingPackage::Discarded { load_id } => tracing::info!("discarded incomplete package {load_id}"),
                PendingPackage::Failed(package) => {
                    recovered.push(self.tolerate_failure(outcome, PackageFailure::without_details(package, OPERATION))?);
                }
                PendingPackage::Sealed(package) => {
                    recovered.push(self.load(BuiltPackage::from_stored(Arc::new(*package)), outcome.clone()).await?);
                }
            }
        }
        Ok(recovered)
    }

    /// Loads a package and removes it, or moves it to the failed packages if it can never be loaded.
    pub(crate) async fn load(&self, package: BuiltPackage, outcome: PackageOutcome) -> Result<PackageInfo, RunError> {
        let loaded = self.try_load(&package).await;
        self.finish_load(package, loaded, outcome)
    }

    /// Loads a package.
    pub(crate) async fn try_load(&self, package: &BuiltPackage) -> Result<LoadResult, LoadError> {
        self.destination.load(Arc::clone(&package.package), self.stop).await
    }

    /// Removes a loaded package, or moves it to the failed packages if it can never be loaded.
    pub(crate) fn finish_load(
        &self,
        built: BuiltPackage,
        loaded: Result<LoadResult, LoadError>,
        outcome: PackageOutcome,
    ) -> Result<PackageInfo, RunError> {
        let BuiltPackage { package, mut diagnostics } = built;
        let (load_id, row_counts) = (package.header().load_id.clone(), package.row_counts());
        match loaded {
            Ok(loaded) => {
                diagnostics.warnings.extend(loaded.warnings.into_iter().map(Warning::new));
                fail_point!("run::destination_loaded");
                // The rows are in the dataset, and the load id prevents loading them twice.
                if let Err(error) = self.store.remove_package(&package) {
                    tracing::warn!("package {load_id} is loaded but its folder remains until the next run: {error}");
                }
                let is_repeated = loaded.outcome == LoadOutcome::AlreadyLoaded;
                let outcome = if is_repeated { PackageOutcome::AlreadyLoaded } else { outcome };
                Ok(PackageInfo { load_id, outcome, row_counts, usage: loaded.usage, diagnostics })
            }
            Err(error) if error.is_terminal() => {
                let package = self.store.move_to_failed(&package, &error.to_string())?;
                self.tolerate_failure(&outcome, PackageFailure { package, operation: OPERATION, row_counts, diagnostics })
            }
            Err(LoadError::Cancelled) => Err(RunError::Cancelled),
            Err(source) => Err(RunError::LoadDeferred { load_id, source }),
        }
    }

    /// Reports a failed package of an earlier run, unless the options make it an error.
    fn tolerate_failure(&self, outcome: &PackageOutcome, failure: PackageFailure) -> Result<PackageInfo, RunError> {
        let is_own = *outcome == PackageOutcome::Loaded;
        if is_own || self.raise_on_failed_jobs { Err(failure.into_error()) } else { Ok(failure.into_package_info()) }
    }
}
