//! Removal of secrets from URL-encoded forms.

use catchment_json::NodeKind;
use catchment_settings::Redactor;
use url::form_urlencoded;

use super::field_rule::FieldRule;
use super::masked_value::masked_value;

/// Returns a form without secrets.
pub(super) fn scrubbed(form: &str, rule: FieldRule, redactor: &Redactor) -> String {
    let mask = |name: &str, value: &str| rule.masks(name, NodeKind::String).then(|| masked_value(value, rule, redactor));
    let scrub = |pair| scrubbed_pair(pair, &redactor.redact(pair), mask);
    form.split('&').map(scrub).collect::<Vec<_>>().join("&")
}

/// Returns a pair without secrets. `redacted` is the pair without known secrets; `mask` returns the mask for a decoded name
/// and value, or `None` if the name is not secret. Other pairs are kept byte for byte.
pub(super) fn scrubbed_pair(pair: &str, redacted: &str, mask: impl Fn(&str, &str) -> Option<String>) -> String {
    let Some((name, value)) = form_urlencoded::parse(pair.as_bytes()).next() else { return redacted.to_owned() };
    // a constant of OAuth 2, of which a secret such as `test-credentials` would mask a part
    if name == "grant_type" {
        return pair.to_owned();
    }
    match mask(&name, &value).filter(|_| !value.is_empty()) {
        Some(mask) => format!("{}={mask}", redacted.split('=').next().unwrap_or_default()),
        None => redacted.to_owned(),
    }
}
