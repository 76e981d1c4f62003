//! Normalising what was extracted before.

use catchment_load_package::{PackageStore, PendingRows};
use tokio_util::sync::CancellationToken;

use crate::aside::Blocked;
use crate::error::RunError;
use crate::feed::Feed;
use crate::package;
use crate::report::{NormalizedPackage, Remarks};
use crate::runner::Runner;

/// What became of all that was extracted.
#[derive(Default)]
pub(crate) struct Normalized {
    pub(crate) packages: Vec<NormalizedPackage>,
    /// What can never be normalized.
    pub(crate) blocked: Vec<Blocked>,
    /// What was noticed of rows that made no package.
    pub(crate) remarks: Remarks,
}

/// Makes packages of what was extracted. What can never be normalised is set aside, and does not keep the others from
/// being normalised.
pub(crate) async fn normalize(runner: &Runner, store: &PackageStore, stop: &CancellationToken) -> Result<Normalized, RunError> {
    let Normalized { mut packages, mut blocked, mut remarks } = Normalized::default();
    let mut block = |package| blocked.push(Blocked::unknown(package, "normalized"));
    for pending in store.extracted()? {
        let mut extracted = match pending {
            PendingRows::Complete(extracted) => *extracted,
            PendingRows::SetAside(package) => {
                block(package);
                continue;
            }
        };
        let begun = (extracted.begin().clone(), extracted.schema().clone());
        // A process that was killed after it sealed the package has done the work.
        let made = match store.is_sealed(&begun.0.load_id)? {
            true => Ok(None),
            false => package::make(runner, store, begun, Feed::Extracted(&mut extracted), stop).await.map(Some),
        };
        match made {
            Ok(made) => {
                let package = made.and_then(|made| made.package(&mut remarks));
                packages.extend(package.as_ref().map(NormalizedPackage::of));
                store.complete_extracted(extracted)?;
            }
            Err(error) if is_terminal(&error) => block(store.set_extracted_aside(extracted, &error.to_string())?),
            Err(error) => return Err(error),
        }
    }
    Ok(Normalized { packages, blocked, remarks })
}

/// Whether the rows are to blame.
fn is_terminal(error: &RunError) -> bool {
    match error {
        RunError::Normalize(_) => true,
        RunError::Package(error) => error.is_damage(),
        _ => false,
    }
}
