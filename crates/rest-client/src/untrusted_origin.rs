//! Removal of secrets from requests to untrusted origins.

use catchment_json::Value;
use catchment_settings::{Redactor, is_secret_name};
use url::{Url, form_urlencoded};

use crate::body::Body;

/// Removes the parameters that have secret names or whose values contain a known secret.
pub(crate) fn remove_from_params(params: &mut Vec<(String, String)>, redactor: &Redactor) {
    params.retain(|(name, value)| !is_secret_name(name) && !redactor.contains_secret(value));
}

/// Removes the query parameters that contain a known secret. Others are kept even if their names look secret: they are part
/// of the received URL.
pub(crate) fn remove_from_query(url: &mut Url, redactor: &Redactor) {
    let Some(query) = url.query() else { return };
    let is_harmless = |pair: &&str| !form_urlencoded::parse(pair.as_bytes()).any(|(_, value)| redactor.contains_secret(&value));
    let remaining: Vec<&str> = query.split('&').filter(is_harmless).collect();
    let remaining = (!remaining.is_empty()).then(|| remaining.join("&"));
    url.set_query(remaining.as_deref());
}

/// Returns the body without the fields that have secret names or contain a known secret, or `None` if the rest still
/// contains one.
pub(crate) fn without_secrets(mut body: Body, redactor: &Redactor) -> Option<Body> {
    match &mut body {
        Body::Json(value) => remove_from_value(value, redactor),
        Body::Form(pairs) => remove_from_params(pairs, redactor),
        Body::Bytes(_) => {}
    }
    let is_harmless = match &body {
        Body::Json(Value::String(text)) => !redactor.contains_secret(text),
        _ => !redactor.contains_secret(&String::from_utf8_lossy(&body.bytes())),
    };
    is_harmless.then_some(body)
}

fn remove_from_value(value: &mut Value, redactor: &Redactor) {
    let is_secret = |value: &Value| value.as_str().is_some_and(|text| redactor.contains_secret(text));
    match value {
        Value::Object(entries) => {
            entries.retain(|key, value| !is_secret_name(key) && !is_secret(value));
            entries.values_mut().for_each(|value| remove_from_value(value, redactor));
        }
        Value::Array(elements) => {
            elements.retain(|element| !is_secret(element));
            elements.iter_mut().for_each(|element| remove_from_value(element, redactor));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: Body, expected: Option<&str>) {
        let found =
            without_secrets(body, &Redactor::from_iter(["s3cret".into()])).map(|body| String::from_utf8(body.bytes()).unwrap());
        assert_eq!(found.as_deref(), expected);
    }

    #[test]
    fn secrets_are_removed_from_bodies() {
        let json = |text: &str| Body::Json(Value::parse(text).unwrap());
        check(json(r#"{"q": "a", "api_key": "b", "who": "x s3cret"}"#), Some(r#"{"q":"a"}"#));
        check(json(r#"{"in": {"token": 1, "n": 2}, "l": ["s3cret", {"password": "p"}]}"#), Some(r#"{"in":{"n":2},"l":[{}]}"#));
        check(json(r#"{"page_token": "b"}"#), Some(r#"{"page_token":"b"}"#));
        check(json(r#"{"the s3cret": 1}"#), None);
        check(json(r#""s3cret""#), None);
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        check(Body::Form(vec![pair("q", "a"), pair("key", "b"), pair("who", "s3cret")]), Some("q=a"));
        check(Body::Bytes(b"a".to_vec()), Some("a"));
        check(Body::Bytes(b"a s3cret".to_vec()), None);
    }

    #[test]
    fn known_secrets_are_removed_from_queries_and_signatures_are_kept() {
        let mut url = Url::parse("https://a.b/c?sig=1&who=s3%63ret&page=2").unwrap();
        remove_from_query(&mut url, &Redactor::from_iter(["s3cret".into()]));
        assert_eq!(url.as_str(), "https://a.b/c?sig=1&page=2");
    }
}
