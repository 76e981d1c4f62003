//! Removal of secrets from URL-encoded forms.

use std::borrow::Cow;

use catchment_json::NodeKind;
use catchment_settings::Redactor;
use url::form_urlencoded;

use super::super::MASK;
use super::field_rule::FieldRule;

/// Returns a form without secrets.
pub(super) fn scrubbed(form: &str, rule: FieldRule, redactor: &Redactor) -> String {
    scrub_pairs(form, |name| rule.masks(name, NodeKind::String), redactor)
}

/// Masks the values whose decoded names match `is_secret`, and known secrets. Other pairs are kept byte for byte.
pub(super) fn scrub_pairs(pairs: &str, is_secret: impl Fn(&str) -> bool, redactor: &Redactor) -> String {
    let scrub = |pair| match (decoded_name(pair), pair.split_once('=')) {
        // a constant of OAuth 2, of which a secret such as `test-credentials` would mask a part
        (Some(name), _) if name == "grant_type" => pair.to_owned(),
        (Some(name), Some((raw, value))) if is_secret(&name) && !value.is_empty() => {
            format!("{}={MASK}", redactor.redact(raw))
        }
        _ => redactor.redact(pair).into_owned(),
    };
    pairs.split('&').map(scrub).collect::<Vec<_>>().join("&")
}

fn decoded_name(pair: &str) -> Option<Cow<'_, str>> {
    form_urlencoded::parse(pair.as_bytes()).next().map(|(name, _)| name)
}
