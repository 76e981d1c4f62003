//! Check for pending rows before an extraction.

use catchment_extract::Source;
use catchment_load_package::{PackageContent, PackageQueue, PackageStore};

use crate::error::RunError;

/// Returns an error if an incremental resource has pending rows. Its cursor does not include them, so they would be
/// extracted twice.
pub(crate) fn ensure_nothing_pending(store: &PackageStore, source: &Source) -> Result<(), RunError> {
    let incremental = |name: &str| source.resources.iter().any(|r| r.name == name && r.incremental.is_some());
    for stored in [store.inspect(PackageQueue::Extracted)?, store.inspect(PackageQueue::Normalized)?].into_iter().flatten() {
        let header = match stored.content {
            PackageContent::Extracted(header) | PackageContent::Sealed { header, .. } => header,
            // A corrupt package fails when it is loaded. The resources of a package of a later version are unknown.
            PackageContent::Corrupt(error) if !error.is_corrupt() => return Err(error.into()),
            PackageContent::Corrupt(_) | PackageContent::Incomplete => continue,
        };
        if header.source != source.name {
            continue;
        }
        if let Some((resource, _)) = header.resources.iter().find(|(resource, _)| incremental(resource)) {
            return Err(RunError::PendingRows { resource: resource.clone(), load_id: header.load_id });
        }
    }
    Ok(())
}
