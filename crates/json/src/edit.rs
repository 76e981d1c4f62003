//! Rows with other fields, without parsing them anew.

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

/// How many rows are edited before it is asked again whether to go on.
const ROWS_AT_A_TIME: usize = 256;

/// What happens to a field.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldEdit {
    /// It is removed.
    Drop,
    /// It gets another name, and stays in its object; unless that has another field of this name, which keeps it. Elements of
    /// lists have no names and stay as they are.
    Rename(String),
    /// It gets another value; null stays null.
    Replace(Value),
}

/// The rows that [`Selection::edit_fields`] makes.
#[derive(Debug, Clone)]
pub struct EditedFields {
    /// The rows.
    pub rows: Selection,
    /// What each of the paths met, in the order of the edits.
    pub matches: Vec<PathMatch>,
}

/// What a path met in the rows of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PathMatch {
    /// Whether it led to a field of any row.
    pub matched: bool,
    /// Whether it broke off in any row at an object without its key, or at a scalar. A null or an empty list on its way says
    /// nothing about a path.
    pub unmatched: bool,
    /// Whether a field of any row kept its name, as its object has another one of the new name.
    pub name_conflict: bool,
}

impl Selection {
    /// Edits fields of the rows that are objects by their paths. Of several edits of one field the first counts. The tape is
    /// copied, and nothing is parsed.
    ///
    /// # Errors
    ///
    /// Where the document gets more than 4 GiB of text.
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

    /// The rows of [`Selection::edit_fields`], as long as `goes_on`, which is asked before each few rows; then nothing.
    ///
    /// # Errors
    ///
    /// Where the document gets more than 4 GiB of text.
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
        goes_on: &dyn Fn() -> bool,
    ) -> Result<Option<EditedFields>, ParseError> {
        let mut uses = vec![PathMatch::default(); edits.len()];
        // The fields of all rows, one row after the other, and how many the rows up to each have.
        let (mut fields, mut ends) = (Vec::new(), Vec::with_capacity(self.ids.len()));
        for (index, row) in self.nodes().enumerate() {
            if index % ROWS_AT_A_TIME == 0 && !goes_on() {
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
            if ids.len() % ROWS_AT_A_TIME == 0 && !goes_on() {
                return Ok(None);
            }
            ids.push(NodeId(editor.tape.len() as u32));
            editor.edited_row(row.0, self.document.tape(), fields.get(first..end).unwrap_or_default(), &built);
            first = end;
        }
        Ok(Some(EditedFields { rows: editor.finish(ids)?, matches: uses }))
    }

    /// The same rows, of which each object has the fields of `added` too, in place of own ones of their names. The tape is
    /// copied, and nothing is parsed.
    ///
    /// # Errors
    ///
    /// Where the document gets more than 4 GiB of text.
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
        // What is added is the same in all rows, and its text stands there once.
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

/// A field that is edited.
#[derive(Debug, Clone, Copy)]
struct FoundField {
    /// The place of its value on the tape.
    at: u32,
    /// Which edit it is.
    edit: u32,
    /// The place of the object that it is an entry of: then its key stands right before its value.
    object: Option<u32>,
}

/// Adds the fields of a row that the edits are of.
fn find_fields(row: Node<'_>, edits: &[(FieldPath, FieldEdit)], fields: &mut Vec<FoundField>, uses: &mut [PathMatch]) {
    for (index, ((path, _), path_use)) in edits.iter().zip(uses).enumerate() {
        let before = fields.len();
        path_use.unmatched |= path.find(row, &mut |node, object| {
            fields.push(FoundField { at: node.id().0, edit: index as u32, object: object.map(|object| object.id().0) });
        });
        path_use.matched |= fields.len() > before;
    }
}

/// Puts the fields from `first` on in the order of the tape, each with its first edit.
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
