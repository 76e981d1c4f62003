//! Compact JSON output.

use crate::Value;

/// Appends `value` to `out` as compact JSON. With `sorted`, keys are sorted by code point, which hashes require.
pub fn write_value(value: &Value, sorted: bool, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Number(n) => out.push_str(n.as_str()),
        Value::String(text) => write_text(text, out),
        Value::Array(elements) => separated(out, ('[', ']'), elements, |element, out| write_value(element, sorted, out)),
        Value::Object(object) => {
            let mut entries: Vec<_> = object.iter().collect();
            if sorted {
                entries.sort_unstable_by_key(|(key, _)| *key);
            }
            separated(out, ('{', '}'), entries, |(key, value), out| {
                write_text(key, out);
                out.push(':');
                write_value(value, sorted, out);
            });
        }
    }
}

/// Appends `text` to `out` as a JSON string. Characters outside ASCII are not escaped.
pub fn write_text(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = crate::scan::find_special(rest.as_bytes(), 0) {
        let (plain, tail) = rest.split_at(at);
        out.push_str(plain);
        let mut chars = tail.chars();
        match chars.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some('\u{8}') => out.push_str("\\b"),
            Some('\u{c}') => out.push_str("\\f"),
            Some(control) => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

/// Writes `items` between `brackets`, separated by commas.
pub(crate) fn separated<T>(
    out: &mut String,
    brackets: (char, char),
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(T, &mut String),
) {
    out.push(brackets.0);
    for (i, item) in items.into_iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(brackets.1);
}
