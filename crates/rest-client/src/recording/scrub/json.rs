//! Removal of secrets from JSON bodies.

use catchment_json::{Document, Node, NodeKind, write_text, write_value};
use catchment_settings::Redactor;

use super::super::MASK;
use super::field_rule::FieldRule;
use super::large_text;
use super::masked_value::masked_value;

/// Returns a JSON object or array without secrets, as compact JSON. Numbers, the order of keys and repeated keys are kept.
///
/// Returns `None` for other texts, and for JSON that standard parsers reject because it contains `NaN` or an infinity.
pub(super) fn scrubbed(text: &str, rule: FieldRule, redactor: &Redactor) -> Option<String> {
    let is_container = text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']);
    let document = Document::parse(text.as_bytes().to_vec()).ok().filter(|_| is_container)?;
    let mut writer = ScrubbedJson { out: String::with_capacity(text.len()), rule, redactor, is_standard: true };
    writer.write("", document.root());
    writer.is_standard.then_some(writer.out)
}

struct ScrubbedJson<'r> {
    out: String,
    rule: FieldRule,
    redactor: &'r Redactor,
    is_standard: bool,
}

impl ScrubbedJson<'_> {
    /// Writes a value. `name` is the innermost key around it.
    fn write(&mut self, name: &str, node: Node<'_>) {
        let kind = node.kind();
        let text = node.as_str();
        if self.rule.masks(name, kind) && text.as_deref() != Some("") {
            return self.write_mask(node);
        }
        match kind {
            NodeKind::String => write_text(&large_text::redacted(&text.unwrap_or_default(), self.redactor), &mut self.out),
            NodeKind::Integer | NodeKind::Float => self.write_number(node.as_number().unwrap_or_default()),
            NodeKind::Null | NodeKind::Bool => node.write_json(&mut self.out),
            NodeKind::Array => {
                self.out.push('[');
                for (index, element) in node.elements().enumerate() {
                    self.out.push_str(if index > 0 { "," } else { "" });
                    self.write(name, element);
                }
                self.out.push(']');
            }
            NodeKind::Object => {
                self.out.push('{');
                for (index, (key, value)) in node.entries().enumerate() {
                    self.out.push_str(if index > 0 { "," } else { "" });
                    let key = key.name();
                    write_text(&self.redactor.redact(&key), &mut self.out);
                    self.out.push(':');
                    self.write(&key, value);
                }
                self.out.push('}');
            }
        }
    }

    fn write_mask(&mut self, node: Node<'_>) {
        let value = match node.as_str() {
            Some(text) => text.into_owned(),
            None => {
                let mut json = String::new();
                write_value(&node.to_value(), true, &mut json);
                json
            }
        };
        write_text(&masked_value(&value, self.rule, self.redactor), &mut self.out);
    }

    fn write_number(&mut self, number: &str) {
        self.is_standard &= number.bytes().any(|byte| byte.is_ascii_digit());
        if self.redactor.contains_secret(number) {
            write_text(MASK, &mut self.out);
        } else {
            self.out.push_str(number);
        }
    }
}
