//! Description of the difference between a request and the nearest recorded one.

use catchment_json::Value;

use super::body::StoredBody;
use super::request_key::RequestKey;

/// Maximum number of described differences.
const MAX_DIFFERENCES: usize = 3;

/// Maximum number of characters of a value.
const MAX_VALUE: usize = 60;

/// Returns the distance between two requests; smaller is nearer. The URL counts most, then the method, the number of
/// different parameters, and the body.
pub(super) fn distance(requested: &RequestKey, recorded: &RequestKey) -> impl Ord + use<> {
    let common = requested.location.bytes().zip(recorded.location.bytes()).take_while(|(left, right)| left == right).count();
    let unlike = requested.location.len().max(recorded.location.len()) - common;
    let only = |left: &RequestKey, right: &RequestKey| left.params.iter().filter(|pair| !right.params.contains(pair)).count();
    let params = only(requested, recorded) + only(recorded, requested);
    (unlike, requested.method != recorded.method, params, requested.body != recorded.body)
}

/// Describes the first differences, such as "the parameter `since` is `2`, recorded is `1`".
pub(super) fn describe(
    requested: &RequestKey,
    recorded: &RequestKey,
    requested_body: Option<&StoredBody>,
    recorded_body: Option<&StoredBody>,
) -> String {
    let mut found = Vec::new();
    if requested.method != recorded.method {
        found.push(format!("the method is {}, recorded is {}", requested.method, recorded.method));
    }
    if requested.location != recorded.location {
        found.push(format!("the URL is {}, recorded is {}", requested.location, recorded.location));
    }
    found.extend(params(requested, recorded));
    if requested.body != recorded.body {
        found.push(body(requested_body, recorded_body));
    }
    let further = found.len().saturating_sub(MAX_DIFFERENCES);
    found.truncate(MAX_DIFFERENCES);
    let rest = if further > 0 { format!("; {further} further differences") } else { String::new() };
    found.join("; ") + &rest
}

fn params(requested: &RequestKey, recorded: &RequestKey) -> Vec<String> {
    let values = |key: &RequestKey, name: &str| {
        let values: Vec<_> = key.params.iter().filter(|(other, _)| other == name).map(|(_, value)| shown(value)).collect();
        if values.is_empty() { "missing".to_owned() } else { values.join(" and ") }
    };
    let mut names: Vec<&str> = requested.params.iter().chain(&recorded.params).map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let of_name = |name: &str| (values(requested, name), values(recorded, name));
    let pairs = names.into_iter().map(|name| (name, of_name(name))).filter(|(_, (left, right))| left != right);
    pairs.map(|(name, (left, right))| format!("the parameter `{name}` is {left}, recorded is {right}")).collect()
}

fn body(requested: Option<&StoredBody>, recorded: Option<&StoredBody>) -> String {
    match (requested, recorded) {
        (None, _) => "the body is missing".to_owned(),
        (_, None) => "the recorded request has no body".to_owned(),
        (Some(StoredBody::Json(left)), Some(StoredBody::Json(right))) => match (Value::parse(left), Value::parse(right)) {
            (Ok(left), Ok(right)) => first_difference("", &left, &right).unwrap_or_else(|| "the body is different".to_owned()),
            _ => "the body is different".to_owned(),
        },
        _ => "the body is different".to_owned(),
    }
}

/// Returns the first different value of two JSON bodies with its path.
fn first_difference(path: &str, left: &Value, right: &Value) -> Option<String> {
    if left == right {
        return None;
    }
    let inside = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    let of = |value: Option<&Value>| value.map_or_else(|| "missing".to_owned(), |value| shown(&value.to_string()));
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            left.keys().chain(right.keys()).find_map(|key| match (left.get(key), right.get(key)) {
                (Some(left), Some(right)) => first_difference(&inside(key), left, right),
                (left, right) => Some(format!("the body field `{}` is {}, recorded is {}", inside(key), of(left), of(right))),
            })
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            let pairs = left.iter().zip(right).enumerate();
            pairs.map(|(index, (left, right))| first_difference(&inside(&index.to_string()), left, right)).find_map(|found| found)
        }
        (left, right) if path.is_empty() => Some(format!("the body is {}, recorded is {}", of(Some(left)), of(Some(right)))),
        (left, right) => Some(format!("the body field `{path}` is {}, recorded is {}", of(Some(left)), of(Some(right)))),
    }
}

fn shown(value: &str) -> String {
    let cut: String = value.chars().take(MAX_VALUE).collect();
    let ellipsis = if cut.len() < value.len() { "…" } else { "" };
    format!("`{cut}{ellipsis}`")
}

#[cfg(test)]
mod tests {
    use super::super::interaction::StoredRequest;
    use super::*;

    fn request(line: &str, body: &str) -> StoredRequest {
        let (method, url) = line.split_once(' ').unwrap();
        let body = (!body.is_empty()).then(|| StoredBody::Json(body.to_owned()));
        StoredRequest { method: method.to_owned(), url: url.to_owned(), headers: Default::default(), body }
    }

    #[track_caller]
    fn check(requested: (&str, &str), recorded: (&str, &str), expected: &str) {
        let (requested, recorded) = (request(requested.0, requested.1), request(recorded.0, recorded.1));
        let keys = (RequestKey::new(&requested), RequestKey::new(&recorded));
        assert_eq!(describe(&keys.0, &keys.1, requested.body.as_ref(), recorded.body.as_ref()), expected);
    }

    #[test]
    fn methods_urls_and_parameters() {
        let get = |url| (url, "");
        check(get("GET a?b=1"), get("POST a?b=1"), "the method is GET, recorded is POST");
        check(get("GET a"), get("GET b"), "the URL is a, recorded is b");
        check(get("GET a?b=1"), get("GET a?b=2"), "the parameter `b` is `1`, recorded is `2`");
        check(get("GET a?b=1"), get("GET a"), "the parameter `b` is `1`, recorded is missing");
        check(get("GET a"), get("GET a?b=1&b=2"), "the parameter `b` is missing, recorded is `1` and `2`");
        check(
            get("GET a?b=1&c=2&d=3&e=4&f=5"),
            get("GET a"),
            "the parameter `b` is `1`, recorded is missing; the parameter `c` is `2`, recorded is missing; the parameter `d` is `3`, recorded is missing; 2 further differences",
        );
    }

    #[test]
    fn bodies() {
        let post = |body| ("POST a", body);
        check(post("[1]"), post(""), "the recorded request has no body");
        check(post(""), post("[1]"), "the body is missing");
        check(post(r#"{"a":{"b":[1,2]}}"#), post(r#"{"a":{"b":[1,3]}}"#), "the body field `a.b.1` is `2`, recorded is `3`");
        check(post(r#"{"a":1,"b":2}"#), post(r#"{"a":1}"#), "the body field `b` is `2`, recorded is missing");
        check(post(r#"{"a":1,"b":2}"#), post(r#"{"b":2,"a":1}"#), "");
        check(post("[1]"), post("{}"), "the body is `[1]`, recorded is `{}`");
    }

    #[test]
    fn the_nearest_request() {
        #[track_caller]
        fn check(requested: &str, recorded: &[&str], expected: &str) {
            let key = |line: &str| RequestKey::new(&request(line, ""));
            let nearest = recorded.iter().min_by_key(|line| distance(&key(requested), &key(line)));
            assert_eq!(nearest, Some(&expected));
        }
        check("GET a/b?c=1&d=2", &["GET a/b", "GET a/b?c=1", "GET a/x?c=1&d=2"], "GET a/b?c=1");
        check("GET a/b", &["POST a/b", "GET a/c"], "POST a/b");
        check("GET a/b/c", &["GET x", "GET a/b/d"], "GET a/b/d");
    }
}
