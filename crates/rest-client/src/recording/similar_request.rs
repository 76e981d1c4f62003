//! Comparison of requests in which masked parts match any text.

use catchment_json::Value;
use url::form_urlencoded;

use super::MASK;
use super::body::StoredBody;
use super::interaction::StoredRequest;
use super::wildcard::is_similar;

/// Returns whether a request has masked parts.
pub(super) fn has_mask(request: &StoredRequest) -> bool {
    let in_body = match &request.body {
        None => false,
        Some(StoredBody::Json(text) | StoredBody::Text(text)) => text.contains(MASK),
        Some(StoredBody::Binary(bytes)) => bytes == MASK.as_bytes(),
    };
    in_body || request.url.contains(MASK)
}

/// Returns whether two requests have the same method and URL if each `***` represents any text.
pub(super) fn has_similar_target(requested: &StoredRequest, (method, url): (&str, &str)) -> bool {
    let split = |url: &'_ str| {
        let (location, query) = url.split_once('?').unwrap_or((url, ""));
        (location.to_owned(), form_urlencoded::parse(query.as_bytes()).into_owned().collect::<Vec<_>>())
    };
    if requested.method != method {
        return false;
    }
    let ((left, left_params), (right, right_params)) = (split(&requested.url), split(url));
    is_similar(&left, &right) && has_similar_params(left_params, right_params)
}

/// Returns whether each parameter has a similar parameter of the same name on the other side. Masked ones may be missing.
fn has_similar_params(left: Vec<(String, String)>, mut right: Vec<(String, String)>) -> bool {
    let (masked, compared): (Vec<_>, Vec<_>) = left.into_iter().partition(|(_, value)| value == MASK);
    for (name, value) in compared {
        let equal = right.iter().position(|(other, found)| *other == name && *found == value);
        let similar = || right.iter().position(|(other, found)| *other == name && is_similar(found, &value));
        match equal.or_else(similar) {
            Some(position) => drop(right.swap_remove(position)),
            None => return false,
        }
    }
    right.iter().all(|(name, value)| value == MASK || masked.iter().any(|(other, _)| other == name))
}

/// Returns whether two bodies are equal if each `***` represents any value.
pub(super) fn has_similar_body(left: Option<&StoredBody>, right: Option<&StoredBody>) -> bool {
    match (left, right) {
        (Some(StoredBody::Json(left)), Some(StoredBody::Json(right))) => match (Value::parse(left), Value::parse(right)) {
            (Ok(left), Ok(right)) => is_similar_value(&left, &right),
            _ => false,
        },
        (Some(StoredBody::Text(left)), Some(StoredBody::Text(right))) => is_similar(left, right),
        (Some(StoredBody::Binary(left)), Some(StoredBody::Binary(right))) => {
            left == right || [left, right].into_iter().any(|bytes| bytes == MASK.as_bytes())
        }
        (left, right) => left == right,
    }
}

fn is_similar_value(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::String(left), Value::String(right)) => is_similar(left, right),
        (Value::String(mask), _) | (_, Value::String(mask)) => mask == MASK,
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| is_similar_value(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            let is_in_right = |(key, left): (&String, &Value)| right.get(key).is_some_and(|right| is_similar_value(left, right));
            left.len() == right.len() && left.iter().all(is_in_right)
        }
        (left, right) => left == right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(requested: &str, recorded: &str, expected: bool) {
        let url =
            |url: &str| StoredRequest { method: "GET".to_owned(), url: url.to_owned(), headers: Default::default(), body: None };
        assert_eq!(has_similar_target(&url(requested), ("GET", recorded)), expected, "{requested} and {recorded}");
        assert_eq!(has_similar_target(&url(recorded), ("GET", requested)), expected, "{recorded} and {requested}");
        assert!(!has_similar_target(&url(requested), ("POST", recorded)));
    }

    #[test]
    fn urls() {
        check("https://a.b/bot-1/send", "https://a.b/bot-***/send", true);
        check("https://a.b/c?who=me&page=1", "https://a.b/c?page=1&who=***", true);
        check("https://a.b/c?who=me&page=2", "https://a.b/c?page=1&who=***", false);
        check("https://a.b/c?page=1", "https://a.b/c?page=1&who=***", true);
        check("https://a.b/c?who=x-me", "https://a.b/c?who=x-***", true);
        check("https://a.b/c?code=***-57d4", "https://a.b/c?code=***", true);
        check("https://a.b/c?code=***-57d4", "https://a.b/c?code=***-a26c", false);
        check("https://a.b/c?a=***&a=1", "https://a.b/c?a=1&a=2", true);
        check("https://a.b/c?a=1", "https://a.b/c?b=***", false);
    }

    #[test]
    fn bodies() {
        #[track_caller]
        fn check(left: &str, right: &str, expected: bool) {
            let json = |text: &str| StoredBody::Json(text.to_owned());
            assert_eq!(has_similar_body(Some(&json(left)), Some(&json(right))), expected, "{left} and {right}");
        }
        check(r#"{"a":"x","b":[1,{"c":7}]}"#, r#"{"b":[1,{"c":"***"}],"a":"x"}"#, true);
        check(r#"{"a":"to me"}"#, r#"{"a":"to ***"}"#, true);
        check(r#"{"a":"x"}"#, r#"{"a":"***","b":1}"#, false);
        check(r#"{"a":"***-57d4"}"#, r#"{"a":7}"#, false);
        let text = |text: &str| StoredBody::Text(text.to_owned());
        assert!(has_similar_body(Some(&text("a=1&b=2")), Some(&text("a=***&b=2"))));
        assert!(!has_similar_body(Some(&text("***")), None));
    }
}
