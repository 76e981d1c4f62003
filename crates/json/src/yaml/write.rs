//! Writes values as YAML in block style.

use crate::{Number, Object, Value};

/// Words that YAML 1.1 or 1.2 does not read as a string, in any case.
const WORDS: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];

/// The longest key, in characters, that is written without `? `. Parsers look for the colon within 1024 characters.
const MAX_PLAIN_KEY: usize = 1000;

pub(super) fn write(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Object(entries) if !entries.is_empty() => object(entries, 0, false, &mut out),
        Value::Array(elements) if !elements.is_empty() => list(elements, 0, false, &mut out),
        scalar => {
            out.push_str(&inline(scalar));
            out.push('\n');
        }
    }
    out
}

/// Writes one entry per line. The first entry continues the current line if it `follows` a dash.
fn object(entries: &Object, indent: usize, follows: bool, out: &mut String) {
    for (i, (key, value)) in entries.iter().enumerate() {
        if i > 0 || !follows {
            push_indent(indent, out);
        }
        let key = text(key);
        if key.chars().count() > MAX_PLAIN_KEY {
            out.push_str("? ");
            out.push_str(&key);
            out.push('\n');
            push_indent(indent, out);
        } else {
            out.push_str(&key);
        }
        out.push(':');
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                out.push('\n');
                object(inner, indent + 2, false, out);
            }
            Value::Array(inner) if !inner.is_empty() => {
                out.push('\n');
                list(inner, indent, false, out);
            }
            scalar => end_line(scalar, out),
        }
    }
}

/// Writes one element per line after a dash; `follows` is that of [`object`].
fn list(elements: &[Value], indent: usize, follows: bool, out: &mut String) {
    for (i, element) in elements.iter().enumerate() {
        if i > 0 || !follows {
            push_indent(indent, out);
        }
        out.push('-');
        match element {
            Value::Object(inner) if !inner.is_empty() => {
                out.push(' ');
                object(inner, indent + 2, true, out);
            }
            Value::Array(inner) if !inner.is_empty() => {
                out.push(' ');
                list(inner, indent + 2, true, out);
            }
            scalar => end_line(scalar, out),
        }
    }
}

fn push_indent(indent: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', indent));
}

fn end_line(value: &Value, out: &mut String) {
    out.push(' ');
    out.push_str(&inline(value));
    out.push('\n');
}

/// Returns a scalar or an empty container on one line.
fn inline(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(b) => b.to_string(),
        Value::Number(n) => number(n),
        Value::String(content) => text(content),
        Value::Array(_) => "[]".to_owned(),
        Value::Object(_) => "{}".to_owned(),
    }
}

fn number(n: &Number) -> String {
    match n.as_str() {
        "NaN" => ".nan".to_owned(),
        "Infinity" => ".inf".to_owned(),
        "-Infinity" => "-.inf".to_owned(),
        text => match text.split_once(['e', 'E']) {
            // YAML 1.1 would read this as a string without the tag.
            Some((mantissa, exponent)) if !mantissa.contains('.') || !exponent.starts_with(['+', '-']) => {
                format!("!!float {text}")
            }
            _ => text.to_owned(),
        },
    }
}

/// Returns a string, quoted if necessary.
fn text(content: &str) -> String {
    if is_plain(content) {
        return content.to_owned();
    }
    let mut out = String::from("\"");
    for c in content.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // not printable in YAML, or a line break in YAML 1.1
            '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Returns whether every parser reads the text as a string without quotes. The text must start with a letter or an
/// underscore, and contain nothing that could be read as syntax or as another type.
fn is_plain(content: &str) -> bool {
    let begins = content.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let is_harmless = |c: char| c.is_alphanumeric() || (' '..='~').contains(&c);
    begins
        && content.chars().all(is_harmless)
        && !content.ends_with([' ', ':'])
        && ![": ", " #"].iter().any(|mark| content.contains(mark))
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(content))
}
