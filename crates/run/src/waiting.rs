//! What waits, and whether more may be extracted.

use catchment_extract::Source;
use catchment_load_package::{Content, PackageStore, Place};

use crate::error::RunError;

/// Refuses to extract an incremental resource that has rows which are not loaded yet: its cursor stands before them.
pub(crate) fn refuse_what_waits(store: &PackageStore, source: &Source) -> Result<(), RunError> {
    let incremental = |name: &str| source.resources.iter().any(|r| r.name == name && r.incremental.is_some());
    for stored in [store.look(Place::Extracted)?, store.look(Place::Packages)?].into_iter().flatten() {
        let begin = match stored.content {
            Content::Rows(begin) | Content::Package { begin, .. } => begin,
            // A damaged one is set aside when it is to be loaded; who wrote the rows of a later version cannot be asked.
            Content::Unreadable(error) if !error.is_damage() => return Err(error.into()),
            Content::Unreadable(_) | Content::Unfinished => continue,
        };
        if begin.source != source.name {
            continue;
        }
        if let Some((resource, _)) = begin.resources.iter().find(|(resource, _)| incremental(resource)) {
            return Err(RunError::Waiting { resource: resource.clone(), load_id: begin.load_id });
        }
    }
    Ok(())
}
