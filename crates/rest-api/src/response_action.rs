//! Conversion of response actions of a spec to those of the client.

use catchment_rest_client::reqwest::header::HeaderValue;
use catchment_rest_client::{Error, ErrorKind, Response, ResponseAction, Verdict};

use crate::expression::{InputBudget, JsonNode, map};
use crate::{ActionSpec, Expression, ResponseActionSpec};

pub(crate) fn response_action(spec: &ResponseActionSpec) -> ResponseAction {
    let action = match (spec.when.clone(), spec.action) {
        (None, ActionSpec::Ignore) => ResponseAction::ignore(),
        (None, ActionSpec::Retry) => ResponseAction::retry(),
        (None, ActionSpec::Fail) => ResponseAction::fail(),
        (Some(when), action) => {
            let verdict = match action {
                ActionSpec::Ignore => Verdict::Ignore,
                ActionSpec::Retry => Verdict::Retry,
                ActionSpec::Fail => Verdict::Fail,
            };
            ResponseAction::from_fn(move |response| Ok(if is_true(&when, response)? { verdict } else { Verdict::Continue }))
        }
    };
    let action = spec.status_code.into_iter().fold(action, ResponseAction::status);
    spec.content.iter().fold(action, |action, content| action.content(content))
}

/// Evaluates a condition on a response. A body that is not JSON is a string.
fn is_true(when: &Expression, response: &Response) -> Result<bool, Error> {
    let work = InputBudget::default();
    let body = match response.document() {
        Ok(document) => JsonNode::value(document, document.root().id(), &work),
        Err(_) => minijinja::Value::from(response.text()),
    };
    let header = |value: &HeaderValue| minijinja::Value::from(String::from_utf8_lossy(value.as_bytes()).into_owned());
    let headers = map(response.headers().iter().map(|(name, value)| (name.as_str(), header(value))));
    let evaluate = || {
        let status = minijinja::Value::from(response.status().as_u16());
        Ok(when.compiled()?.evaluate([("status", status), ("headers", headers), ("body", body)], &work)?.is_true())
    };
    evaluate().map_err(|problem: String| {
        response.error(ErrorKind::Custom(format!("cannot evaluate response action `{}`: {problem}", when.as_str())))
    })
}
