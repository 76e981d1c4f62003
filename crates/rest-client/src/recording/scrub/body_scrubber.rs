//! Removal of secrets from bodies.

use catchment_json::Value;
use catchment_settings::Redactor;

use super::super::MASK;
use super::super::body::StoredBody;
use super::field_rule::FieldRule;
use super::{form, json, text};

/// Removes the secrets from a body.
pub(super) struct BodyScrubber<'s> {
    pub(super) redactor: &'s Redactor,
    pub(super) rule: FieldRule,
    /// Whether the body is a URL-encoded form.
    pub(super) is_form: bool,
    /// Whether text without named fields is masked completely.
    pub(super) hides_text: bool,
    /// Whether the body was not read to its end.
    pub(super) is_truncated: bool,
}

impl BodyScrubber<'_> {
    /// Returns a body without secrets, or `None` if it is empty.
    pub(super) fn scrubbed(&self, body: &[u8]) -> Option<StoredBody> {
        if body.is_empty() {
            return None;
        }
        match std::str::from_utf8(body) {
            Ok(text) => Some(match json::scrubbed(text, self.rule, self.redactor) {
                Some(json) => StoredBody::Json(json),
                None => StoredBody::Text(self.text(text)),
            }),
            // a truncated body may end within a character
            Err(error) if self.is_truncated && error.error_len().is_none() => {
                self.scrubbed(body.get(..error.valid_up_to()).unwrap_or_default())
            }
            Err(_) => Some(StoredBody::Binary(self.bytes(body))),
        }
    }

    fn text(&self, text: &str) -> String {
        let scrubbed = match self {
            BodyScrubber { is_form: true, .. } => form::scrubbed(text, self.rule, self.redactor),
            BodyScrubber { hides_text: true, .. } => hidden(text),
            _ => text::scrubbed(text, self.rule, self.redactor),
        };
        if self.is_truncated { text::without_truncated_secret(&scrubbed, self.redactor) } else { scrubbed }
    }

    /// Returns bytes that are not UTF-8 without secrets.
    fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        if self.hides_text {
            return MASK.into();
        }
        // one character per byte, so that other bytes are kept
        let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        let scrubbed: Vec<u8> = self.text(&text).chars().filter_map(|c| u8::try_from(u32::from(c)).ok()).collect();
        // a secret outside ASCII has other characters in this form
        if self.redactor.contains_secret(&String::from_utf8_lossy(&scrubbed)) { MASK.into() } else { scrubbed }
    }
}

/// Returns the mask of a text. The mask of a JSON string is a JSON string, so that a replay can parse it.
fn hidden(text: &str) -> String {
    let is_json_string = text.trim_start().starts_with('"') && Value::parse(text).is_ok();
    if is_json_string { format!("\"{MASK}\"") } else { MASK.to_owned() }
}
