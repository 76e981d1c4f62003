//! Values to YAML in block style.

use crate::{Number, Object, Value};

/// Words that YAML 1.1 or 1.2 take for something else than a string, in any case.
const WORDS: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];

/// Parsers find keys in what stands before a colon up to 1024 characters away; longer ones are announced.
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

/// Entries, one a line; the first one goes on in the line that has begun where it `follows` a dash.
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

/// Elements, each after a dash; the first one as in [`object`].
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

/// A scalar, or an empty container.
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
            // YAML 1.1 takes it for a string, unless it is told.
            Some((mantissa, exponent)) if !mantissa.contains('.') || !exponent.starts_with(['+', '-']) => {
                format!("!!float {text}")
            }
            _ => text.to_owned(),
        },
    }
}

/// A string, quoted where it must be.
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
            // What is not printable in YAML, or a line break in YAML 1.1.
            '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Whether every parser takes it for a string without quotes. All strings that begin with a letter are, bar a few.
fn is_plain(content: &str) -> bool {
    let begins = content.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let is_harmless = |c: char| c.is_alphanumeric() || (' '..='~').contains(&c);
    begins
        && content.chars().all(is_harmless)
        && !content.ends_with([' ', ':'])
        && ![": ", " #"].iter().any(|mark| content.contains(mark))
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(content))
}
