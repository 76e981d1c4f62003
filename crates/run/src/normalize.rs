//! Normalising what was extracted before.

use catchment_load_package::{PackageStore, PendingExtract};
use tokio_util::sync::CancellationToken;

use crate::error::RunError;
use crate::package;
use crate::package_failure::PackageFailure;
use crate::report::{Diagnostics, NormalizedPackage};
use crate::row_source::RowSource;
use crate::runner::Runner;

/// What became of all that was extracted.
#[derive(Default)]
pub(crate) struct Normalized {
    pub(crate) packages: Vec<NormalizedPackage>,
    /// What can never be normalized.
    pub(crate) blocked: Vec<PackageFailure>,
    /// What was noticed of rows that made no package.
    pub(crate) diagnostics: Diagnostics,
}

/// Makes packages of what was extracted. What can never be normalised is set aside, and does not keep the others from
/// being normalised.
pub(crate) async fn normalize(runner: &Runner, store: &PackageStore, stop: &CancellationToken) -> Result<Normalized, RunError> {
    let Normalized { mut packages, mut blocked, mut diagnostics } = Normalized::default();
    let mut block = |package| blocked.push(PackageFailure::without_details(package, "normalized"));
    for pending in store.pending_extracts()? {
        let mut extracted = match pending {
            PendingExtract::Complete(extracted) => *extracted,
            PendingExtract::Failed(package) => {
                block(package);
                continue;
            }
        };
        let plan = (extracted.header().clone(), extracted.schema().clone());
        // A process that was killed after it sealed the package has done the work.
        let made = match store.is_sealed(&plan.0.load_id)? {
            true => Ok(None),
            false => package::build(runner, store, plan, RowSource::ExtractedPackage(&mut extracted), stop).await.map(Some),
        };
        match made {
            Ok(made) => {
                let package = made.and_then(|made| made.package(&mut diagnostics));
                packages.extend(package.as_ref().map(NormalizedPackage::of));
                store.remove_normalized(extracted)?;
            }
            Err(error) if is_terminal(&error) => block(store.move_extract_to_failed(extracted, &error.to_string())?),
            Err(error) => return Err(error),
        }
    }
    Ok(Normalized { packages, blocked, diagnostics })
}

/// Whether the rows are to blame.
fn is_terminal(error: &RunError) -> bool {
    match error {
        RunError::Normalize(_) => true,
        RunError::Package(error) => error.is_corrupt(),
        _ => false,
    }
}
