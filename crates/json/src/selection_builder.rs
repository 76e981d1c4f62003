//! Rows built in code.

use serde::Serialize;
use serde::ser::Error as _;

use crate::document::NodeId;
use crate::selection::Selection;
use crate::serialize::{SerializeError, TapeSerializer};
use crate::tape::Tag;
use crate::tape_builder::TapeBuilder;

/// Builds a [`Selection`] from rows of any type that serde can serialize. Rows are written directly to the tape of the
/// document.
///
/// ```
/// use catchment_json::SelectionBuilder;
///
/// let mut rows = SelectionBuilder::new();
/// rows.push(&("Rhine", 1233))?;
/// rows.push(&("Danube", 2850))?;
/// assert_eq!(rows.finish()?.len(), 2);
/// # Ok::<(), catchment_json::SerializeError>(())
/// ```
#[derive(Debug)]
pub struct SelectionBuilder {
    tape: TapeBuilder,
    list: usize,
    ids: Vec<NodeId>,
    /// The number of rows, including nulls.
    pushed: usize,
}

impl Default for SelectionBuilder {
    fn default() -> Self {
        SelectionBuilder::new()
    }
}

impl SelectionBuilder {
    /// Creates a builder without rows.
    pub fn new() -> SelectionBuilder {
        let mut tape = TapeBuilder::default();
        let list = tape.open(Tag::Array);
        SelectionBuilder { tape, list, ids: Vec::new(), pushed: 0 }
    }

    /// Appends a row in the shape of [`to_value`](crate::to_value). A null is not a row.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`to_value`](crate::to_value), also if all rows together have more than 4 GiB of text or more
    /// than 2³² values. The row is then not appended. The path of the error begins
    /// with the index of the row, such as `[2].id`.
    pub fn push<T: Serialize + ?Sized>(&mut self, row: &T) -> Result<(), SerializeError> {
        let (at, text) = (self.tape.tape.len(), self.tape.text.len());
        let written = row.serialize(TapeSerializer(&mut self.tape));
        if let Err(error) = written.and_then(|()| self.tape.check_size().map_err(SerializeError::custom)) {
            self.tape.tape.truncate(at);
            self.tape.text.truncate(text);
            return Err(error.with_parent_index(self.pushed));
        }
        self.pushed += 1;
        if self.tape.tape.get(at).is_some_and(|entry| entry.tag != Tag::Null) {
            self.ids.push(NodeId(at as u32));
        }
        Ok(())
    }

    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Returns true if there are no rows.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Returns the rows.
    ///
    /// # Errors
    ///
    /// Returns an error if the rows have more than 4 GiB of text, or more than 2³² values.
    pub fn finish(mut self) -> Result<Selection, SerializeError> {
        self.tape.close(self.list);
        let document = self.tape.finish().map_err(SerializeError::custom)?;
        Ok(Selection { document, ids: self.ids })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::SelectionBuilder;
    use crate::Value;

    #[test]
    fn a_row_that_cannot_be_serialized_leaves_nothing() {
        let mut rows = SelectionBuilder::new();
        rows.push(&("first", 1)).unwrap();
        let error = rows.push(&("text before the error", BTreeMap::from([((), 1)]))).unwrap_err();
        assert_eq!(error.path, "[1][1]");
        rows.push(&Value::Null).unwrap();
        rows.push(&("second", 2)).unwrap();
        assert_eq!((rows.len(), rows.is_empty()), (2, false));
        let rows = rows.finish().unwrap();
        let mut json = String::new();
        rows.write_json(&mut json);
        assert_eq!(json, r#"[["first",1],["second",2]]"#);
        assert_eq!(rows.document.text(), "first1second2");
    }
}
