//! Removal of secrets from text and binary bodies.

use catchment_json::NodeKind;
use catchment_settings::Redactor;

use super::super::MASK;
use super::field_rule::FieldRule;

/// Returns a text without secrets: known secrets, and JSON fields by name, as in JSON Lines and truncated JSON.
pub(super) fn scrubbed(text: &str, rule: FieldRule, redactor: &Redactor) -> String {
    redactor.redact(&without_fields(text, rule)).into_owned()
}

/// Masks a secret that is truncated at the end of a text.
pub(super) fn without_truncated_secret(text: &str, redactor: &Redactor) -> String {
    // the redactor masks truncated secrets before an ellipsis
    let redacted = redactor.redact(&format!("{text}…")).into_owned();
    redacted.strip_suffix('…').unwrap_or(&redacted).to_owned()
}

/// Returns bytes that are not UTF-8 without known secrets.
pub(super) fn scrubbed_bytes(bytes: &[u8], redactor: &Redactor) -> Vec<u8> {
    // one character per byte, so that positions are kept
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let redacted: Vec<u8> = redactor.redact(&text).chars().filter_map(|c| u8::try_from(u32::from(c)).ok()).collect();
    // a secret outside ASCII has other characters in this form
    if redactor.contains_secret(&String::from_utf8_lossy(&redacted)) { MASK.into() } else { redacted }
}

/// Masks the strings of JSON fields by name: `"name": "value"`.
fn without_fields(text: &str, rule: FieldRule) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut name) = (text, None);
    while let Some((before, after)) = rest.split_once('"') {
        // a value follows its name after a colon and white space
        let follows_name = before.trim().strip_prefix(':').is_some_and(|gap| gap.trim().is_empty());
        let length = quoted_length(after);
        let (quoted, tail) = after.split_at(length);
        out.push_str(before);
        out.push('"');
        let is_secret = name.filter(|_| follows_name).is_some_and(|name| rule.masks(name, NodeKind::String));
        out.push_str(if is_secret && !quoted.is_empty() { MASK } else { quoted });
        name = Some(quoted);
        rest = match tail.strip_prefix('"') {
            Some(rest) => {
                out.push('"');
                rest
            }
            None => tail,
        };
    }
    out.push_str(rest);
    out
}

/// Returns the number of bytes up to the closing quote, or to the end of the text.
fn quoted_length(text: &str) -> usize {
    let mut is_escaped = false;
    let is_end = |c: char| {
        let is_end = c == '"' && !is_escaped;
        is_escaped = !is_escaped && c == '\\';
        is_end
    };
    text.find(is_end).unwrap_or(text.len())
}
