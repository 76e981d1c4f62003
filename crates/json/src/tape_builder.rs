//! Builds tapes from values, so that rows built in code and rows from text are processed alike.

use std::fmt::{Display, Write as _};

use crate::document::Document;
use crate::error::{ParseError, ParseErrorKind};
use crate::number::Number;
use crate::tape::{Entry, Tag};
use crate::value::Value;

/// A tape under construction. The text is the concatenated content of all scalars.
#[derive(Debug, Default)]
pub(crate) struct TapeBuilder {
    pub(crate) text: String,
    pub(crate) tape: Vec<Entry>,
}

impl TapeBuilder {
    /// Returns the document.
    ///
    /// # Errors
    ///
    /// Returns an error if text or tape are too long for the 32-bit offsets of a document.
    pub(crate) fn finish(self) -> Result<Document, ParseError> {
        self.check_size()?;
        Ok(Document::from_parts(self.text, self.tape))
    }

    /// Returns an error if text or tape are too long for the 32-bit offsets of a document.
    pub(crate) fn check_size(&self) -> Result<(), ParseError> {
        let size = self.text.len().max(self.tape.len());
        if u32::try_from(size).is_err() {
            return Err(ParseError::at(&[], 0, ParseErrorKind::TooLong { bytes: size }));
        }
        Ok(())
    }

    pub(crate) fn null(&mut self) {
        self.scalar(Tag::Null, "");
    }

    pub(crate) fn bool(&mut self, b: bool) {
        self.scalar(if b { Tag::True } else { Tag::False }, "");
    }

    pub(crate) fn number(&mut self, number: &Number) {
        self.scalar(if number.is_integer() { Tag::Integer } else { Tag::Fraction }, number.as_str());
    }

    pub(crate) fn integer(&mut self, integer: impl Display) {
        let start = self.text.len() as u32;
        // Writing to a `String` cannot fail.
        let _ = write!(self.text, "{integer}");
        self.tape.push(Entry { tag: Tag::Integer, start, end: self.text.len() as u32 });
    }

    /// Appends a string or a key.
    pub(crate) fn string(&mut self, text: &str) {
        self.scalar(Tag::Text, text);
    }

    /// Begins an array or object and returns its position for [`TapeBuilder::close`].
    pub(crate) fn open(&mut self, tag: Tag) -> usize {
        self.tape.push(Entry { tag, start: self.text.len() as u32, end: 0 });
        self.tape.len() - 1
    }

    /// Ends the array or object at `at`.
    pub(crate) fn close(&mut self, at: usize) {
        let end = self.tape.len() as u32;
        if let Some(entry) = self.tape.get_mut(at) {
            entry.end = end;
        }
    }

    pub(crate) fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.null(),
            Value::Bool(b) => self.bool(*b),
            Value::Number(number) => self.number(number),
            Value::String(text) => self.string(text),
            Value::Array(elements) => {
                let at = self.open(Tag::Array);
                elements.iter().for_each(|element| self.value(element));
                self.close(at);
            }
            Value::Object(object) => {
                let at = self.open(Tag::Object);
                for (key, value) in object {
                    self.string(key);
                    self.value(value);
                }
                self.close(at);
            }
        }
    }

    /// Removes and returns the string that was appended last; `None` if another value was.
    pub(crate) fn pop_string(&mut self) -> Option<String> {
        let entry = self.tape.pop_if(|entry| entry.tag == Tag::Text)?;
        // Computed from the length, because offsets beyond 4 GiB are wrong until `finish` returns an error.
        let length = entry.end.wrapping_sub(entry.start) as usize;
        let start = self.text.len().checked_sub(length)?;
        let text = self.text.get(start..)?.to_owned();
        self.text.truncate(start);
        Some(text)
    }

    fn scalar(&mut self, tag: Tag, content: &str) {
        let start = self.text.len() as u32;
        self.text.push_str(content);
        self.tape.push(Entry { tag, start, end: self.text.len() as u32 });
    }
}
