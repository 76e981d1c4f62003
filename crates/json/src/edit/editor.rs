//! Writes edited rows by copying their tape.

use super::{FieldEdit, FoundField};
use crate::document::{Document, NodeId};
use crate::error::ParseError;
use crate::node::{Node, NodeKind};
use crate::selection::Selection;
use crate::tape::{self, Entry, Tag};
use crate::tape_builder::TapeBuilder;
use crate::value::Value;

/// An edit whose new text has been appended to the text of the document.
pub(super) enum PreparedEdit {
    Drop,
    Rename(Entry),
    /// The tape of the value, starting at index 0.
    Replace(Vec<Entry>),
}

pub(super) struct TapeEditor {
    text: String,
    pub(super) tape: Vec<Entry>,
    /// The open containers: the index of each in the new tape, and its end in the source tape.
    open: Vec<(usize, u32)>,
}

impl TapeEditor {
    pub(super) fn of(document: &Document) -> TapeEditor {
        let tape = Vec::with_capacity(document.tape().len());
        TapeEditor { text: document.text().to_owned(), tape, open: Vec::new() }
    }

    pub(super) fn finish(self, ids: Vec<NodeId>) -> Result<Selection, ParseError> {
        let document = TapeBuilder { text: self.text, tape: self.tape }.finish()?;
        Ok(Selection { document, ids })
    }

    pub(super) fn edit(&mut self, edit: &FieldEdit) -> PreparedEdit {
        match edit {
            FieldEdit::Drop => PreparedEdit::Drop,
            FieldEdit::Rename(name) => PreparedEdit::Rename(self.text_entry(name)),
            FieldEdit::Replace(value) => PreparedEdit::Replace(self.value(value)),
        }
    }

    /// Writes a row with its edits applied. `fields` are sorted in tape order.
    pub(super) fn edited_row(&mut self, row: u32, source: &[Entry], fields: &[FoundField], built: &[PreparedEdit]) {
        let end = tape::after(source, row);
        let mut fields = fields.iter().copied().peekable();
        let mut at = row;
        while at < end {
            self.close(at);
            // Skip fields inside a value that was dropped or replaced.
            while fields.next_if(|field| field.at < at).is_some() {}
            let next = fields.peek().copied();
            match next {
                Some(field) if field.at == at + u32::from(field.object.is_some()) => {
                    fields.next();
                    at = self.edited_field(field, source, built);
                }
                // The next edit lies outside this value.
                _ if next.is_none_or(|field| field.at >= tape::after(source, at)) => {
                    self.copy(source, at);
                    at = tape::after(source, at);
                }
                _ => at = self.enter(source, at),
            }
        }
        self.close(end);
    }

    /// Writes a field, or the start of it, and returns the source index to continue at.
    fn edited_field(&mut self, field: FoundField, source: &[Entry], built: &[PreparedEdit]) -> u32 {
        let FoundField { at, edit, object } = field;
        let own_key = object.and_then(|_| source.get((at as usize).wrapping_sub(1)).copied());
        let is_null = source.get(at as usize).is_none_or(|entry| entry.tag == Tag::Null);
        match built.get(edit as usize) {
            Some(PreparedEdit::Drop) => tape::after(source, at),
            Some(PreparedEdit::Replace(value)) if !is_null => {
                self.tape.extend(own_key);
                self.append(value, 0);
                tape::after(source, at)
            }
            Some(PreparedEdit::Rename(name)) => {
                self.tape.extend(own_key.map(|_| *name));
                self.enter(source, at)
            }
            _ => {
                self.tape.extend(own_key);
                self.enter(source, at)
            }
        }
    }

    /// Writes one entry and opens it if it is a container. Returns the source index to continue at.
    fn enter(&mut self, source: &[Entry], at: u32) -> u32 {
        if let Some(entry) = source.get(at as usize).copied() {
            if matches!(entry.tag, Tag::Array | Tag::Object) {
                self.open.push((self.tape.len(), entry.end));
            }
            self.tape.push(entry);
        }
        at + 1
    }

    /// Closes the containers that end at `at` in the source tape.
    fn close(&mut self, at: u32) {
        let here = self.tape.len() as u32;
        while let Some((begin, _)) = self.open.pop_if(|(_, end)| *end <= at) {
            if let Some(container) = self.tape.get_mut(begin) {
                container.end = here;
            }
        }
    }

    pub(super) fn extended_row(&mut self, row: Node<'_>, source: &[Entry], added: &[(&str, Entry, Vec<Entry>)]) {
        if row.kind() != NodeKind::Object {
            self.copy(source, row.id().0);
            return;
        }
        let begin = self.tape.len();
        self.tape.extend(source.get(row.id().0 as usize).copied());
        for (key, value) in row.entries() {
            let name = key.name();
            if added.iter().all(|(added, ..)| *added != name) {
                // The entry of a key directly precedes that of its value.
                self.tape.extend(source.get((value.id().0 as usize).wrapping_sub(1)).copied());
                self.copy(source, value.id().0);
            }
        }
        for (_, key, value) in added {
            self.tape.push(*key);
            self.append(value, 0);
        }
        let end = self.tape.len() as u32;
        if let Some(object) = self.tape.get_mut(begin) {
            object.end = end;
        }
    }

    /// Copies the value at `at` of the source tape.
    fn copy(&mut self, source: &[Entry], at: u32) {
        let end = tape::after(source, at);
        self.append(source.get(at as usize..end as usize).unwrap_or_default(), at);
    }

    /// Appends entries that start at index `first` of another tape over the same text.
    fn append(&mut self, entries: &[Entry], first: u32) {
        let here = self.tape.len() as u32;
        self.tape.extend(entries.iter().map(|entry| match entry.tag {
            Tag::Array | Tag::Object => Entry { end: entry.end - first + here, ..*entry },
            _ => *entry,
        }));
    }

    pub(super) fn text_entry(&mut self, text: &str) -> Entry {
        let start = self.text.len() as u32;
        self.text.push_str(text);
        Entry { tag: Tag::Text, start, end: self.text.len() as u32 }
    }

    /// Returns the tape of a value, starting at index 0, and appends its text to the text of the document.
    pub(super) fn value(&mut self, value: &Value) -> Vec<Entry> {
        let mut builder = TapeBuilder { text: std::mem::take(&mut self.text), tape: Vec::new() };
        builder.value(value);
        self.text = builder.text;
        builder.tape
    }
}
