//! Removal of secrets from requests and responses. Pure: no file and no network access.

mod body_scrubber;
mod field_name;
mod field_rule;
mod form;
mod headers;
mod json;
mod large_text;
mod masked_value;
mod text;
mod url_query;

use catchment_settings::Redactor;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap};

use super::interaction::{StoredRequest, StoredResponse};
use crate::outgoing::OutgoingRequest;
use crate::request_config::RequestConfig;
use body_scrubber::BodyScrubber;
use field_rule::FieldRule;

/// Removes the secrets of one client from requests and responses.
///
/// Recorded and replayed requests pass through the same scrubber, so that they compare equal with other credentials.
#[derive(Debug, Clone)]
pub(crate) struct Scrubber {
    redactor: Redactor,
    /// The query parameters that the authentication sets.
    auth_params: Vec<String>,
    /// Whether the requests fetch credentials, so that all of their content may be secret.
    fetches_credentials: bool,
}

impl Scrubber {
    /// Creates the scrubber of a client.
    pub(crate) fn new(rules: &RequestConfig) -> Scrubber {
        let auth_params = rules.auth.iter().flat_map(|auth| auth.query_params()).cloned().collect();
        Scrubber { redactor: rules.redactor.clone(), auth_params, fetches_credentials: rules.fetches_credentials }
    }

    /// Returns a request without secrets.
    pub(super) fn request(&self, request: &OutgoingRequest) -> StoredRequest {
        let rule = if self.fetches_credentials { FieldRule::CredentialRequest } else { FieldRule::Request };
        let body = request.body.as_deref().unwrap_or_default();
        let scrubber = BodyScrubber { hides_text: self.fetches_credentials, ..self.body_scrubber(rule, &request.headers) };
        StoredRequest {
            method: request.method.as_str().to_owned(),
            url: url_query::scrubbed(&request.url, rule, &self.auth_params, &self.redactor),
            headers: headers::of_request(&request.headers, &self.redactor),
            body: scrubber.scrubbed(body),
        }
    }

    /// Returns a response without secrets. `body` is decompressed, and in UTF-8 if its charset is supported. A body that
    /// was not read to its end is `truncated`.
    pub(super) fn response(&self, status: StatusCode, headers: &HeaderMap, body: &[u8], truncated: bool) -> StoredResponse {
        let rule = if self.fetches_credentials { FieldRule::CredentialResponse } else { FieldRule::Response };
        let hides_text = self.fetches_credentials && status.is_success();
        let scrubber = BodyScrubber { hides_text, is_truncated: truncated, ..self.body_scrubber(rule, headers) };
        let headers = headers::of_response(headers, self.fetches_credentials, &self.redactor);
        StoredResponse { status, headers, body: scrubber.scrubbed(body) }
    }

    fn body_scrubber(&self, rule: FieldRule, headers: &HeaderMap) -> BodyScrubber<'_> {
        let is_form = is_form(headers);
        BodyScrubber { redactor: &self.redactor, rule, is_form, hides_text: false, is_truncated: false }
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

#[cfg(test)]
mod tests;
