//! Normalization of pending extracts.

use catchment_load_package::PendingExtract;

use super::build::PackageBuilder;
use super::built_package::BuiltPackage;
use super::package_failure::PackageFailure;
use crate::engine::RowSource;
use crate::error::RunError;
use crate::report::{Diagnostics, NormalizedPackage};

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
pub(crate) async fn normalize(builder: &PackageBuilder<'_>) -> Result<Normalized, RunError> {
    let store = builder.store;
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
            false => builder.build(plan, RowSource::ExtractedPackage(&mut extracted)).await.map(Some),
        };
        match built {
            Ok(built) => {
                let package = built.and_then(|built| built.package(&mut diagnostics));
                packages.extend(package.as_ref().map(BuiltPackage::to_normalized));
                store.remove_normalized(extracted)?;
            }
            Err(error) if error.is_caused_by_rows() => fail(store.move_extract_to_failed(extracted, &error.to_string())?),
            Err(error) => return Err(error),
        }
    }
    Ok(Normalized { packages, failures, diagnostics })
}
