//! Indented JSON output.

use crate::{Value, write_text, write_value};

/// Appends `value` to `out` as JSON with one value per line and an indentation of two spaces.
pub(crate) fn write_pretty(value: &Value, indent: usize, out: &mut String) {
    let new_line = |indent: usize, out: &mut String| {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', indent));
    };
    match value {
        Value::Array(elements) if !elements.is_empty() => {
            out.push('[');
            for (i, element) in elements.iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                new_line(indent + 2, out);
                write_pretty(element, indent + 2, out);
            }
            new_line(indent, out);
            out.push(']');
        }
        Value::Object(entries) if !entries.is_empty() => {
            out.push('{');
            for (i, (key, value)) in entries.iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                new_line(indent + 2, out);
                write_text(key, out);
                out.push_str(": ");
                write_pretty(value, indent + 2, out);
            }
            new_line(indent, out);
            out.push('}');
        }
        flat => write_value(flat, false, out),
    }
}

#[cfg(test)]
mod tests {
    use crate::Value;

    #[test]
    fn writes_one_value_per_line() {
        let value = Value::parse(r#"{"a":[1,{"b":"ü"}],"c":[],"d":{}}"#).unwrap();
        let expected = "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"ü\"\n    }\n  ],\n  \"c\": [],\n  \"d\": {}\n}";
        assert_eq!(format!("{value:#}"), expected);
        assert_eq!(Value::parse(expected), Ok(value));
    }
}
