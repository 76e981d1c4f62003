//! Removal of secrets from URLs.

use catchment_json::NodeKind;
use catchment_settings::Redactor;
use url::Url;

use super::super::MASK;
use super::field_rule::FieldRule;
use super::form::scrubbed_pair;
use super::masked_value::masked_value;
use crate::redact::remove_user;

/// Returns a URL without user, password and fragment, and with masked secrets: the values of parameters in `auth_params`
/// and of those that `rule` masks, and known secrets anywhere.
///
/// User and password are removed instead of masked, so that a replay without them finds the same URL.
pub(super) fn scrubbed(url: &Url, rule: FieldRule, auth_params: &[String], redactor: &Redactor) -> String {
    let mut url = url.clone();
    remove_user(&mut url);
    // removes known secrets first, because they may extend into the query or the fragment
    let redacted = redactor.redact(url.as_str());
    let redacted = redacted.split('#').next().unwrap_or_default();
    let (Some(query), Some((location, pairs))) = (url.query(), redacted.split_once('?')) else { return redacted.to_owned() };
    let mask = |name: &str, value: &str| match () {
        () if auth_params.iter().any(|param| param == name) => Some(MASK.to_owned()),
        () if rule.masks(name, NodeKind::String) => Some(masked_value(value, rule, redactor)),
        () => None,
    };
    // the redacted pairs are also masked by name; only the original ones have a checksum
    let is_aligned = query.split('&').count() == pairs.split('&').count();
    let originals = if is_aligned { query } else { pairs };
    let scrubbed = originals.split('&').zip(pairs.split('&')).map(|(original, redacted)| scrubbed_pair(original, redacted, mask));
    format!("{location}?{}", scrubbed.collect::<Vec<_>>().join("&"))
}
