//! Builds tapes from values, so that rows built in code and rows from text are processed alike.

use crate::tape::{Entry, Tag};
use crate::value::Value;

/// Returns the text and tape of `value`. The text is the concatenated content of all scalars.
pub(crate) fn build(value: &Value) -> (String, Vec<Entry>) {
    let mut builder = Builder { text: String::new(), tape: Vec::new() };
    builder.value(value);
    (builder.text, builder.tape)
}

struct Builder {
    text: String,
    tape: Vec<Entry>,
}

impl Builder {
    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.scalar(Tag::Null, ""),
            Value::Bool(true) => self.scalar(Tag::True, ""),
            Value::Bool(false) => self.scalar(Tag::False, ""),
            Value::Number(n) if n.is_integer() => self.scalar(Tag::Integer, n.as_str()),
            Value::Number(n) => self.scalar(Tag::Fraction, n.as_str()),
            Value::String(text) => self.scalar(Tag::Text, text),
            Value::Array(elements) => self.container(Tag::Array, |b| elements.iter().for_each(|e| b.value(e))),
            Value::Object(object) => self.container(Tag::Object, |b| {
                for (key, value) in object {
                    b.scalar(Tag::Text, key);
                    b.value(value);
                }
            }),
        }
    }

    fn scalar(&mut self, tag: Tag, content: &str) {
        let start = self.text.len() as u32;
        self.text.push_str(content);
        self.tape.push(Entry { tag, start, end: self.text.len() as u32 });
    }

    fn container(&mut self, tag: Tag, fill: impl FnOnce(&mut Self)) {
        let at = self.tape.len();
        self.tape.push(Entry { tag, start: self.text.len() as u32, end: 0 });
        fill(self);
        let end = self.tape.len() as u32;
        if let Some(entry) = self.tape.get_mut(at) {
            entry.end = end;
        }
    }
}
