//! Renames that conflict with another field of the object.

use super::{FieldEdit, FoundField, PathMatch};
use crate::document::{Document, NodeId};
use crate::path::FieldPath;

/// Removes from `fields`, starting at `first`, the renames that would duplicate a name in their object, and records the
/// conflict in `uses`. A name is free if its field is dropped or renamed itself.
pub(super) fn drop_conflicts(
    document: &Document,
    edits: &[(FieldPath, FieldEdit)],
    fields: &mut Vec<FoundField>,
    first: usize,
    uses: &mut [PathMatch],
) {
    // Repeat: a field that keeps its name may conflict with another rename.
    while let Some(taken) = find(document, edits, fields.get(first..).unwrap_or_default()) {
        let FoundField { edit, .. } = fields.remove(first + taken);
        if let Some(path_use) = uses.get_mut(edit as usize) {
            path_use.name_conflict = true;
        }
    }
}

fn find(document: &Document, edits: &[(FieldPath, FieldEdit)], fields: &[FoundField]) -> Option<usize> {
    let new_name = |field: &FoundField| match edits.get(field.edit as usize) {
        Some((_, FieldEdit::Rename(name))) => Some(name.as_str()),
        _ => None,
    };
    let is_kept = |at: u32| {
        let edit = fields.iter().find(|field| field.at == at).and_then(|field| edits.get(field.edit as usize));
        edit.is_none_or(|(_, edit)| matches!(edit, FieldEdit::Replace(_)))
    };
    fields.iter().enumerate().position(|(index, field)| {
        let (Some(name), Some(object)) = (new_name(field), field.object) else { return false };
        let others = document.node(NodeId(object)).entries();
        let has_field =
            others.filter(|(key, _)| key.is(name)).any(|(_, value)| value.id().0 != field.at && is_kept(value.id().0));
        let is_renamed_before =
            |other: &FoundField| other.object == field.object && other.edit != field.edit && new_name(other) == Some(name);
        has_field || fields.get(..index).unwrap_or_default().iter().any(is_renamed_before)
    })
}
