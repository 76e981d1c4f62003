//! What waits, and whether more may be extracted.

use catchment_extract::Source;
use catchment_load_package::{PackageContent, PackageQueue, PackageStore};

use crate::error::RunError;

/// Refuses to extract an incremental resource that has rows which are not loaded yet: its cursor stands before them.
pub(crate) fn ensure_nothing_pending(store: &PackageStore, source: &Source) -> Result<(), RunError> {
    let incremental = |name: &str| source.resources.iter().any(|r| r.name == name && r.incremental.is_some());
    for stored in [store.inspect(PackageQueue::Extracted)?, store.inspect(PackageQueue::Normalized)?].into_iter().flatten() {
        let header = match stored.content {
            PackageContent::Extracted(header) | PackageContent::Sealed { header, .. } => header,
            // A damaged one is set aside when it is to be loaded; who wrote the rows of a later version cannot be asked.
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
