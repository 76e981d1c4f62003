//! A minimal JSON writer.

/// Writes compact JSON in call order and inserts commas. Text must already be escaped.
pub(super) struct JsonWriter<'a> {
    out: &'a mut String,
}

impl<'a> JsonWriter<'a> {
    pub(super) fn new(out: &'a mut String) -> Self {
        Self { out }
    }

    /// Begins an element or a field, with a comma if needed.
    fn element(&mut self) {
        // a complete value never ends with an opening bracket, as strings end with a quotation mark
        if !matches!(self.out.as_bytes().last(), None | Some(b'{' | b'[')) {
            self.out.push(',');
        }
    }

    /// Begins a field, whose value is written next.
    fn key(&mut self, key: &str) {
        self.element();
        self.out.push('"');
        self.out.push_str(key);
        self.out.push_str("\":");
    }

    /// Writes a string field, joined from parts.
    pub(super) fn text(&mut self, key: &str, parts: &[&str]) {
        self.text_with(key, |out| parts.iter().for_each(|part| out.push_str(part)));
    }

    /// Writes a string field whose escaped text is appended by `write`.
    pub(super) fn text_with(&mut self, key: &str, write: impl FnOnce(&mut String)) {
        self.key(key);
        self.out.push('"');
        write(self.out);
        self.out.push('"');
    }

    /// Writes a number field.
    pub(super) fn number(&mut self, key: &str, value: u64) {
        self.raw(key, &value.to_string());
    }

    /// Writes a boolean field.
    pub(super) fn boolean(&mut self, key: &str, value: bool) {
        self.raw(key, if value { "true" } else { "false" });
    }

    /// Writes a null field.
    pub(super) fn null(&mut self, key: &str) {
        self.raw(key, "null");
    }

    fn raw(&mut self, key: &str, value: &str) {
        self.key(key);
        self.out.push_str(value);
    }

    /// Writes an object field.
    pub(super) fn object(&mut self, key: &str, write: impl FnOnce(&mut JsonWriter)) {
        self.key(key);
        self.braces(write);
    }

    /// Writes an array field.
    pub(super) fn list(&mut self, key: &str, write: impl FnOnce(&mut JsonWriter)) {
        self.key(key);
        self.brackets(write);
    }

    /// Writes an object as an array element.
    pub(super) fn item(&mut self, write: impl FnOnce(&mut JsonWriter)) {
        self.element();
        self.braces(write);
    }

    /// Writes an array as the whole document.
    pub(super) fn brackets(&mut self, write: impl FnOnce(&mut JsonWriter)) {
        self.out.push('[');
        write(self);
        self.out.push(']');
    }

    fn braces(&mut self, write: impl FnOnce(&mut JsonWriter)) {
        self.out.push('{');
        write(self);
        self.out.push('}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_only_separate_values() {
        let mut out = String::new();
        JsonWriter::new(&mut out).brackets(|json| {
            json.item(|json| {
                json.text("a", &["x", "["]);
                json.number("b", 1);
                json.list("c", |_| ());
                json.object("d", |json| json.null("e"));
            });
            json.item(|json| json.boolean("f", true));
        });
        assert_eq!(out, r#"[{"a":"x[","b":1,"c":[],"d":{"e":null}},{"f":true}]"#);
    }
}
