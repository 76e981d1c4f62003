//! Edits of fields in rows, without parsing the rows again.

mod editor;
mod name_conflicts;
#[cfg(test)]
mod tests;

use crate::document::NodeId;
use crate::error::ParseError;
use crate::node::{Node, NodeKind};
use crate::path::FieldPath;
use crate::selection::Selection;
use crate::tape::Entry;
use crate::value::Value;
use editor::{PreparedEdit, TapeEditor};

/// Rows between two calls of `should_continue`.
const ROWS_AT_A_TIME: usize = 256;

/// An edit of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldEdit {
    /// Removes the field.
    Drop,
    /// Renames the field within its object. If the object already has another field with the new name, the field keeps its
    /// old name. List elements have no names and are left unchanged.
    Rename(String),
    /// Replaces the value, unless it is null.
    Replace(Value),
}

/// The result of [`Selection::edit_fields`].
#[derive(Debug, Clone)]
pub struct EditedFields {
    /// The rows.
    pub rows: Selection,
    /// What each path matched, in the order of the edits.
    pub matches: Vec<PathMatch>,
}

/// What a path matched in the rows of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PathMatch {
    /// Whether the path matched a field in at least one row.
    pub matched: bool,
    /// Whether the path ended at an object without its key, or at a scalar, in at least one row. A null or an empty list on
    /// the path does not count: it is no evidence that the path is wrong.
    pub unmatched: bool,
    /// Whether a field of at least one row kept its name because its object has another field with the new name.
    pub name_conflict: bool,
}

impl Selection {
    /// Edits the fields at the given paths in all rows that are objects. If several edits match the same field, the first
    /// one applies. Copies the tape; nothing is parsed again.
    ///
    /// # Errors
    ///
    /// Returns an error if the text of the resulting document exceeds 4 GiB.
    ///
    /// ```
    /// use catchment_json::{Document, FieldEdit, FieldPath, Selection};
    ///
    /// let page = Selection::from_document(Document::parse(br#"[{"id": 1, "user": {"mail": "a@b.c"}}]"#.to_vec())?);
    /// let edited = page.edit_fields(&[(FieldPath::new("user.mail"), FieldEdit::Replace("***".into()))])?;
    /// assert_eq!(edited.rows.nodes().map(|row| format!("{row:?}")).collect::<String>(), r#"{"id":1,"user":{"mail":"***"}}"#);
    /// # Ok::<(), catchment_json::ParseError>(())
    /// ```
    pub fn edit_fields(&self, edits: &[(FieldPath, FieldEdit)]) -> Result<EditedFields, ParseError> {
        let edited = self.try_edit_fields(edits, &|| true)?;
        // always `Some`: the closure never stops the edit
        Ok(edited.unwrap_or_else(|| EditedFields { rows: self.clone(), matches: vec![PathMatch::default(); edits.len()] }))
    }

    /// Edits fields like [`Selection::edit_fields`], or returns `None` as soon as `should_continue` returns false. The
    /// callback is called once per 256 rows.
    ///
    /// # Errors
    ///
    /// Returns an error if the text of the resulting document exceeds 4 GiB.
    ///
    /// ```
    /// use catchment_json::{Document, FieldEdit, FieldPath, Selection};
    ///
    /// let page = Selection::from_document(Document::parse(br#"[{"id": 1}]"#.to_vec())?);
    /// let edits = [(FieldPath::new("id"), FieldEdit::Drop)];
    /// assert!(page.try_edit_fields(&edits, &|| true)?.is_some());
    /// assert!(page.try_edit_fields(&edits, &|| false)?.is_none());
    /// # Ok::<(), catchment_json::ParseError>(())
    /// ```
    pub fn try_edit_fields(
        &self,
        edits: &[(FieldPath, FieldEdit)],
        should_continue: &dyn Fn() -> bool,
    ) -> Result<Option<EditedFields>, ParseError> {
        let mut uses = vec![PathMatch::default(); edits.len()];
        // The edited fields of all rows, row by row, and for each row the end of its fields in that list.
        let (mut fields, mut ends) = (Vec::new(), Vec::with_capacity(self.ids.len()));
        for (index, row) in self.nodes().enumerate() {
            if index % ROWS_AT_A_TIME == 0 && !should_continue() {
                return Ok(None);
            }
            let first = fields.len();
            if row.kind() == NodeKind::Object {
                find_fields(row, edits, &mut fields, &mut uses);
            }
            sort_new(&mut fields, first);
            name_conflicts::drop_conflicts(&self.document, edits, &mut fields, first, &mut uses);
            ends.push(fields.len());
        }
        if fields.is_empty() {
            return Ok(Some(EditedFields { rows: self.clone(), matches: uses }));
        }
        let mut editor = TapeEditor::of(&self.document);
        let built: Vec<PreparedEdit> = edits.iter().map(|(_, edit)| editor.edit(edit)).collect();
        let mut ids = Vec::with_capacity(self.ids.len());
        let mut first = 0;
        for (row, end) in self.ids.iter().zip(ends) {
            if ids.len() % ROWS_AT_A_TIME == 0 && !should_continue() {
                return Ok(None);
            }
            ids.push(NodeId(editor.tape.len() as u32));
            editor.edited_row(row.0, self.document.tape(), fields.get(first..end).unwrap_or_default(), &built);
            first = end;
        }
        Ok(Some(EditedFields { rows: editor.finish(ids)?, matches: uses }))
    }

    /// Returns the rows with the fields `added` to each object; they replace existing fields with the same names. Copies the
    /// tape; nothing is parsed again.
    ///
    /// # Errors
    ///
    /// Returns an error if the text of the resulting document exceeds 4 GiB.
    ///
    /// ```
    /// use catchment_json::{Document, Selection, Value};
    ///
    /// let page = Selection::from_document(Document::parse(br#"[{"id": 1}]"#.to_vec())?);
    /// let rows = page.with_fields(&[("_users_id".to_owned(), Value::from(7))])?;
    /// assert_eq!(rows.nodes().map(|row| format!("{row:?}")).collect::<String>(), r#"{"id":1,"_users_id":7}"#);
    /// # Ok::<(), catchment_json::ParseError>(())
    /// ```
    pub fn with_fields(&self, added: &[(String, Value)]) -> Result<Selection, ParseError> {
        let mut editor = TapeEditor::of(&self.document);
        // The added values are the same in all rows, so their text is stored once.
        let added: Vec<(&str, Entry, Vec<Entry>)> =
            added.iter().map(|(name, value)| (name.as_str(), editor.text_entry(name), editor.value(value))).collect();
        let mut ids = Vec::with_capacity(self.ids.len());
        for row in self.nodes() {
            ids.push(NodeId(editor.tape.len() as u32));
            editor.extended_row(row, self.document.tape(), &added);
        }
        editor.finish(ids)
    }
}

/// A field that matches an edit.
#[derive(Debug, Clone, Copy)]
struct FoundField {
    /// The tape index of its value.
    at: u32,
    /// The index of the edit.
    edit: u32,
    /// The tape index of the object that contains the field, `None` for a list element. In an object, the entry of the key
    /// directly precedes that of the value.
    object: Option<u32>,
}

/// Appends the fields of a row that match the edits.
fn find_fields(row: Node<'_>, edits: &[(FieldPath, FieldEdit)], fields: &mut Vec<FoundField>, uses: &mut [PathMatch]) {
    for (index, ((path, _), path_use)) in edits.iter().zip(uses).enumerate() {
        let before = fields.len();
        path_use.unmatched |= path.find(row, &mut |node, object| {
            fields.push(FoundField { at: node.id().0, edit: index as u32, object: object.map(|object| object.id().0) });
        });
        path_use.matched |= fields.len() > before;
    }
}

/// Sorts the fields from `first` on in tape order, and keeps only the first edit of each field.
fn sort_new(fields: &mut Vec<FoundField>, first: usize) {
    let Some(new) = fields.get_mut(first..) else { return };
    new.sort_unstable_by_key(|field| (field.at, field.edit));
    let mut kept = first;
    for index in first..fields.len() {
        let Some(field) = fields.get(index).copied() else { break };
        let is_known = kept > first && fields.get(kept - 1).is_some_and(|last| last.at == field.at);
        if let (false, Some(slot)) = (is_known, fields.get_mut(kept)) {
            *slot = field;
            kept += 1;
        }
    }
    fields.truncate(kept);
}
