//! Normalization of pending extracts.

use catchment_load_package::{PackageStore, PendingExtract};
use tokio_util::sync::CancellationToken;

use crate::error::RunError;
use crate::package;
use crate::package_failure::PackageFailure;
use crate::report::{Diagnostics, NormalizedPackage};
use crate::row_source::RowSource;
use crate::runner::Runner;

/// The result of normalizing all pending extracts.
#[derive(Default)]
pub(crate) struct Normalized {
    pub(crate) packages: Vec<NormalizedPackage>,
    /// The extracts that cannot be normalized.
    pub(crate) failures: Vec<PackageFailure>,
    /// The diagnostics of rows that resulted in no package.
    pub(crate) diagnostics: Diagnostics,
}

/// Normalizes pending extracts into packages. An extract that cannot be normalized moves to the failed packages, and the
/// others are still normalized.
pub(crate) async fn normalize(runner: &Runner, store: &PackageStore, stop: &CancellationToken) -> Result<Normalized, RunError> {
    let Normalized { mut packages, mut failures, mut diagnostics } = Normalized::default();
    let mut fail = |package| failures.push(PackageFailure::without_details(package, "normalized"));
    for pending in store.pending_extracts()? {
        let mut extracted = match pending {
            PendingExtract::Complete(extracted) => *extracted,
            PendingExtract::Failed(package) => {
                fail(package);
                continue;
            }
        };
        let plan = (extracted.header().clone(), extracted.schema().clone());
        // An earlier process may have been killed after it sealed the package.
        let built = match store.is_sealed(&plan.0.load_id)? {
            true => Ok(None),
            false => package::build(runner, store, plan, RowSource::ExtractedPackage(&mut extracted), stop).await.map(Some),
        };
        match built {
            Ok(built) => {
                let package = built.and_then(|built| built.package(&mut diagnostics));
                packages.extend(package.as_ref().map(NormalizedPackage::of));
                store.remove_normalized(extracted)?;
            }
            Err(error) if is_terminal(&error) => fail(store.move_extract_to_failed(extracted, &error.to_string())?),
            Err(error) => return Err(error),
        }
    }
    Ok(Normalized { packages, failures, diagnostics })
}

/// Returns true if the extract itself causes the error, so that a retry cannot succeed.
fn is_terminal(error: &RunError) -> bool {
    match error {
        RunError::Normalize(_) => true,
        RunError::Package(error) => error.is_corrupt(),
        _ => false,
    }
}
