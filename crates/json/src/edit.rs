//! Rows with other fields, without parsing them anew.

use crate::document::{Document, NodeId};
use crate::error::{ParseError, ParseErrorKind};
use crate::node::{Key, Kind, Node};
use crate::selection::Selection;
use crate::tape::{Entry, Tag};
use crate::value::Value;
use crate::{build, tape};

/// What becomes of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldEdit {
    /// It stays.
    Keep,
    /// It goes.
    Drop,
    /// It gets another name.
    Rename(String),
    /// It gets another value.
    Replace(Value),
}

impl Selection {
    /// The same rows, of which each object has its own fields as `edit` says of their names and values, and then those of `added`, in the place of
    /// own ones of their names. Rows that are no objects stay as they are. The tape is copied, and nothing is parsed.
    ///
    /// # Errors
    ///
    /// Where the document gets more than 4 GiB of text.
    ///
    /// ```
    /// use catchment_json::{Document, FieldEdit, Selection, Value};
    ///
    /// let page = Selection::elements(Document::parse(br#"[{"id": 1, "mail": "a@b.c"}]"#.to_vec())?);
    /// let edit = |key: &str, _: catchment_json::Node<'_>| if key == "mail" { FieldEdit::Replace("***".into()) } else { FieldEdit::Keep };
    /// let edited = page.edit_fields(edit, &[("_users_id".to_owned(), Value::from(7))])?;
    /// assert_eq!(edited.nodes().map(|row| format!("{row:?}")).collect::<String>(), r#"{"id":1,"mail":"***","_users_id":7}"#);
    /// # Ok::<(), catchment_json::ParseError>(())
    /// ```
    pub fn edit_fields(
        &self,
        edit: impl Fn(&str, Node<'_>) -> FieldEdit,
        added: &[(String, Value)],
    ) -> Result<Selection, ParseError> {
        let mut editor = Editor { text: self.document.text().to_owned(), tape: Vec::new() };
        editor.tape.reserve(self.document.tape().len());
        // What is added is the same in all rows, and its text stands there once.
        let extra: Vec<(&str, Built)> = added
            .iter()
            .map(|(name, value)| (name.as_str(), Built { key: editor.text_entry(name), value: editor.value(value) }))
            .collect();
        let mut ids = Vec::with_capacity(self.ids.len());
        for row in self.nodes() {
            ids.push(NodeId(editor.tape.len() as u32));
            editor.row(row, self.document.tape(), &edit, &extra);
        }
        let size = editor.text.len().max(editor.tape.len());
        if u32::try_from(size).is_err() {
            return Err(ParseError::at(&[], 0, ParseErrorKind::TooLong { bytes: size }));
        }
        Ok(Selection { document: Document::from_parts(editor.text, editor.tape), ids })
    }
}

/// A field that is written: its key, and the tape of its value from index 0.
struct Built {
    key: Entry,
    value: Vec<Entry>,
}

struct Editor {
    text: String,
    tape: Vec<Entry>,
}

impl Editor {
    fn row(&mut self, row: Node<'_>, source: &[Entry], edit: &impl Fn(&str, Node<'_>) -> FieldEdit, added: &[(&str, Built)]) {
        if row.kind() != Kind::Object {
            self.copy(source, row.id().0);
            return;
        }
        let begin = self.tape.len();
        self.tape.extend(source.get(row.id().0 as usize).copied());
        for (key, value) in row.entries() {
            self.field(key, value, source, edit, added);
        }
        for (_, built) in added {
            self.tape.push(built.key);
            self.append(&built.value, 0);
        }
        let end = self.tape.len() as u32;
        if let Some(object) = self.tape.get_mut(begin) {
            object.end = end;
        }
    }

    fn field(
        &mut self,
        key: Key<'_>,
        value: Node<'_>,
        source: &[Entry],
        edit: &impl Fn(&str, Node<'_>) -> FieldEdit,
        added: &[(&str, Built)],
    ) {
        let name = key.name();
        if added.iter().any(|(added, _)| *added == name) {
            return;
        }
        // The entry of a key stands right before its value.
        let own_key = |editor: &mut Editor| editor.tape.extend(source.get((value.id().0 as usize).wrapping_sub(1)).copied());
        match edit(&name, value) {
            FieldEdit::Keep => {
                own_key(self);
                self.copy(source, value.id().0);
            }
            FieldEdit::Drop => {}
            FieldEdit::Rename(other) => {
                let entry = self.text_entry(&other);
                self.tape.push(entry);
                self.copy(source, value.id().0);
            }
            FieldEdit::Replace(other) => {
                own_key(self);
                let built = self.value(&other);
                self.append(&built, 0);
            }
        }
    }

    /// Copies the value at `at` of the tape it comes from.
    fn copy(&mut self, source: &[Entry], at: u32) {
        let end = tape::after(source, at);
        self.append(source.get(at as usize..end as usize).unwrap_or_default(), at);
    }

    /// Appends entries that stood from `first` on in another tape over the same text.
    fn append(&mut self, entries: &[Entry], first: u32) {
        let here = self.tape.len() as u32;
        self.tape.extend(entries.iter().map(|entry| match entry.tag {
            Tag::Array | Tag::Object => Entry { end: entry.end - first + here, ..*entry },
            _ => *entry,
        }));
    }

    fn text_entry(&mut self, text: &str) -> Entry {
        let start = self.text.len() as u32;
        self.text.push_str(text);
        Entry { tag: Tag::Text, start, end: self.text.len() as u32 }
    }

    /// The tape of a value, from index 0, over the text that it is appended to.
    fn value(&mut self, value: &Value) -> Vec<Entry> {
        let shift = self.text.len() as u32;
        let (text, tape) = build::build(value);
        self.text.push_str(&text);
        let moved = tape.into_iter().map(|entry| match entry.tag {
            Tag::Array | Tag::Object => Entry { start: entry.start + shift, ..entry },
            _ => Entry { start: entry.start + shift, end: entry.end + shift, ..entry },
        });
        moved.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::FieldEdit;
    use crate::{Document, Node, Selection, Value};

    /// `x` goes, `y` is called `z`, `m` is masked.
    fn edit(key: &str, _: Node<'_>) -> FieldEdit {
        match key {
            "x" => FieldEdit::Drop,
            "y" => FieldEdit::Rename("z".to_owned()),
            "m" => FieldEdit::Replace(Value::parse(r#"{"masked": [true]}"#).unwrap()),
            _ => FieldEdit::Keep,
        }
    }

    #[track_caller]
    fn check(rows: &str, added: &str, expected: &str) {
        let page = Selection::elements(Document::parse(rows.as_bytes().to_vec()).unwrap());
        let added = Value::parse(added).unwrap();
        let added: Vec<_> = added.as_object().unwrap().iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        let edited = page.edit_fields(edit, &added).unwrap();
        let mut found = String::new();
        edited.write_json(&mut found);
        assert_eq!(found, expected, "{rows}");
        // what is made is a document like any other
        let again = edited.edit_fields(|_, _| FieldEdit::Keep, &[]).unwrap();
        let mut found = String::new();
        again.write_json(&mut found);
        assert_eq!(found, expected, "{rows}, copied");
    }

    #[test]
    fn fields_are_edited_and_added() {
        check("[]", "{}", "[]");
        check(r#"[{"a": [1, {"b": "é\n"}], "x": {"deep": [1]}, "c": 1e3}]"#, "{}", r#"[{"a":[1,{"b":"é\n"}],"c":1e3}]"#);
        check(r#"[{"y": [[]], "m": 1}, {}]"#, r#"{"_p_id": 7}"#, r#"[{"z":[[]],"m":{"masked":[true]},"_p_id":7},{"_p_id":7}]"#);
        check(r#"{"id": 1, "id": 2}"#, r#"{"id": {"a": [null, "b"]}}"#, r#"[{"id":{"a":[null,"b"]}}]"#);
        check(r#"[1, "text", [{"x": 1}], {"a\u0062": 1, "\u0078": 2}]"#, "{}", r#"[1,"text",[{"x":1}],{"ab":1}]"#);
    }

    #[test]
    fn only_picked_rows_are_copied() {
        let mut page = Selection::elements(Document::parse(br#"[{"a": 1}, {"a": 2}, {"a": 3}]"#.to_vec()).unwrap());
        page.ids.remove(1);
        let edited = page.edit_fields(|_, _| FieldEdit::Keep, &[]).unwrap();
        assert_eq!(edited.nodes().map(|row| format!("{row:?}")).collect::<Vec<_>>(), [r#"{"a":1}"#, r#"{"a":3}"#]);
    }
}
