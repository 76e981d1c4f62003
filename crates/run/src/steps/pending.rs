//! Check for pending packages before an operation that they would contradict.

use catchment_extract::Source;
use catchment_load_package::{PackageContent, PackageHeader, PackageQueue, PackageStore};

use crate::error::RunError;

/// Returns an error if an incremental resource has pending rows. Its cursor does not include them, so they would be
/// extracted twice.
pub(crate) fn ensure_nothing_pending(store: &PackageStore, source: &Source) -> Result<(), RunError> {
    let incremental = |name: &str| source.resources.iter().any(|r| r.name == name && r.incremental.is_some());
    for header in pending_headers(store)?.into_iter().filter(|header| header.source == source.name) {
        if let Some((resource, _)) = header.resources.iter().find(|(resource, _)| incremental(resource)) {
            return Err(RunError::PendingRows { resource: resource.clone(), load_id: header.load_id });
        }
    }
    Ok(())
}

/// Returns the headers of pending extracts and packages.
///
/// # Errors
///
/// Returns an error if a folder cannot be read, or if a later version wrote a package, whose resources are then unknown.
pub(crate) fn pending_headers(store: &PackageStore) -> Result<Vec<PackageHeader>, RunError> {
    let mut headers = Vec::new();
    for stored in [store.inspect(PackageQueue::Extracted)?, store.inspect(PackageQueue::Normalized)?].into_iter().flatten() {
        match stored.content {
            PackageContent::Extracted(header) | PackageContent::Sealed { header, .. } => headers.push(*header),
            PackageContent::Corrupt(error) if !error.is_corrupt() => return Err(error.into()),
            // A corrupt package fails when it is loaded.
            PackageContent::Corrupt(_) | PackageContent::Incomplete => {}
        }
    }
    Ok(headers)
}
