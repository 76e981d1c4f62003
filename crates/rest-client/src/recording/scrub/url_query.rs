//! Removal of secrets from URLs.

use catchment_settings::{Redactor, is_secret_name};
use url::Url;

use super::form::scrub_pairs;
use crate::redact::remove_user;

/// Returns a URL without user, password and fragment, and with masked secrets: the values of parameters in `auth_params`
/// and with secret names, and known secrets anywhere.
///
/// User and password are removed instead of masked, so that a replay without them finds the same URL.
pub(super) fn scrubbed(url: &Url, auth_params: &[String], redactor: &Redactor) -> String {
    let mut location = url.clone();
    remove_user(&mut location);
    location.set_fragment(None);
    location.set_query(None);
    let location = redactor.redact(location.as_str()).into_owned();
    let Some(query) = url.query() else { return location };
    let is_secret = |name: &str| is_secret_name(name) || auth_params.iter().any(|param| param == name);
    format!("{location}?{}", scrub_pairs(query, is_secret, redactor))
}
