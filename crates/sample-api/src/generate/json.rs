//! Writes JSON text, compact and in the order of the calls.

/// A writer that sets the commas itself. All text handed to it is already escaped.
pub(super) struct JsonWriter<'a> {
    out: &'a mut String,
}

impl<'a> JsonWriter<'a> {
    pub(super) fn new(out: &'a mut String) -> Self {
        Self { out }
    }

    /// Begins an element of a list.
    fn element(&mut self) {
        // A finished value never ends in an opening bracket: texts end in a quotation mark.
        if !matches!(self.out.as_bytes().last(), None | Some(b'{' | b'[')) {
            self.out.push(',');
        }
    }

    /// Begins a field: what is written next is its value.
    fn key(&mut self, key: &str) {
        self.element();
        self.out.push('"');
        self.out.push_str(key);
        self.out.push_str("\":");
    }

    /// A text field, joined from parts.
    pub(super) fn text(&mut self, key: &str, parts: &[&str]) {
        self.text_with(key, |out| parts.iter().for_each(|part| out.push_str(part)));
    }

    /// A text field that `write` writes, escaped.
    pub(super) fn text_with(&mut self, key: &str, write: impl FnOnce(&mut String)) {
        self.key(key);
        self.out.push('"');
        write(self.out);
        self.out.push('"');
    }

    /// A field with a number.
    pub(super) fn number(&mut self, key: &str, value: u64) {
        self.raw(key, &value.to_string());
    }

    /// A field with `true` or `false`.
    pub(super) fn boolean(&mut self, key: &str, value: bool) {
        self.raw(key, if value { "true" } else { "false" });
    }

    /// A field with `null`.
    pub(super) fn null(&mut self, key: &str) {
        self.raw(key, "null");
    }

    fn raw(&mut self, key: &str, value: &str) {
        self.key(key);
        self.out.push_str(value);
    }

    /// A field with an object.
    pub(super) fn object(&mut self, key: &str, write: impl FnOnce(&mut JsonWriter)) {
        self.key(key);
        self.braces(write);
    }

    /// A field with a list.
    pub(super) fn list(&mut self, key: &str, write: impl FnOnce(&mut JsonWriter)) {
        self.key(key);
        self.brackets(write);
    }

    /// An element of a list, an object.
    pub(super) fn item(&mut self, write: impl FnOnce(&mut JsonWriter)) {
        self.element();
        self.braces(write);
    }

    /// A list as the whole document.
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
    fn commas_stand_between_values_only() {
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
