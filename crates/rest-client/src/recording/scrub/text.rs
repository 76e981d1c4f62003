//! Removal of secrets from text.

use catchment_json::NodeKind;
use catchment_settings::Redactor;

use super::field_rule::FieldRule;
use super::large_text;
use super::masked_value::masked_value;

/// Returns a text without secrets: known secrets, and JSON fields by name, as in JSON Lines and truncated JSON.
pub(super) fn scrubbed(text: &str, rule: FieldRule, redactor: &Redactor) -> String {
    large_text::redacted(&without_fields(text, rule, redactor), redactor)
}

/// Masks a secret that is truncated at the end of a text.
pub(super) fn without_truncated_secret(text: &str, redactor: &Redactor) -> String {
    // the redactor masks truncated secrets before an ellipsis
    let redacted = large_text::redacted(&format!("{text}…"), redactor);
    redacted.strip_suffix('…').unwrap_or(&redacted).to_owned()
}

/// Masks the strings of JSON fields by name: `"name": "value"`.
fn without_fields(text: &str, rule: FieldRule, redactor: &Redactor) -> String {
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
        if is_secret && !quoted.is_empty() {
            out.push_str(&masked_value(quoted, rule, redactor));
        } else {
            out.push_str(quoted);
        }
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
