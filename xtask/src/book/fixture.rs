//! Fixtures: requests and the responses of a loopback server to them.

use std::cell::Cell;

use anyhow::{Context as _, Result, bail};
use catchment_json::{Object, Value};
use percent_encoding::percent_decode_str;

/// The entries of a fixture file, in the order in which they are tried.
#[derive(Debug, Clone)]
pub(super) struct Fixture {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    method: String,
    path: String,
    /// Parameters that the request must have; it may have others.
    query: Vec<(String, String)>,
    /// Headers that the request must have.
    require: Vec<(String, String)>,
    /// JSON that the request's body must contain.
    json: Option<Value>,
    /// Number of remaining requests that the entry responds to, if limited.
    times: Option<Cell<i64>>,
    response: Response,
}

/// A request as the server received it.
#[derive(Debug)]
pub(super) struct Request {
    /// Method, such as `GET`.
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    /// Names, in lowercase, and values of headers.
    pub(super) headers: Vec<(String, String)>,
    /// The whole body.
    pub(super) body: String,
}

/// A response that a fixture defines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Response {
    /// Status code.
    pub(super) status: i64,
    /// Names and values of headers.
    pub(super) headers: Vec<(String, String)>,
    /// Text of the body.
    pub(super) body: String,
}

const KEYS: &[&str] = &["request", "require", "json", "times", "status", "headers", "body", "text"];

impl Fixture {
    /// Parses a fixture file.
    pub(super) fn parse(yaml: &str) -> Result<Fixture> {
        let value = Value::parse_yaml(yaml)?;
        let entries = value.as_array().context("expected a list of requests and responses")?;
        let read = |(index, entry)| Entry::parse(entry).with_context(|| format!("entry {index}"));
        Ok(Fixture { entries: (1..).zip(entries).map(read).collect::<Result<_>>()? })
    }

    /// Returns the response of the first entry that matches.
    pub(super) fn respond(&self, request: &Request) -> Option<Response> {
        let entry = self.entries.iter().find(|entry| entry.matches(request))?;
        if let Some(times) = &entry.times {
            times.set(times.get() - 1);
        }
        Some(entry.response.clone())
    }
}

impl Entry {
    fn parse(value: &Value) -> Result<Entry> {
        let entry = value.as_object().context("expected an object")?;
        if let Some(key) = entry.keys().find(|key| !KEYS.contains(&key.as_str())) {
            bail!("`{key}` is not a key of an entry: use {}", KEYS.join(", "));
        }
        let request = entry.get("request").and_then(Value::as_str).context("`request` is missing")?;
        let (method, target) = request.split_once(' ').with_context(|| format!("`{request}` has no method"))?;
        let (path, query) = split_target(target);
        let mut headers = texts(entry, "headers")?;
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        }
        let body = match (entry.get("body"), entry.get("text")) {
            (Some(_), Some(_)) => bail!("`body` is JSON and `text` is any other text: use one of them"),
            (Some(body), None) => body.to_string(),
            (None, text) => text.map(Value::to_plain_text).unwrap_or_default(),
        };
        let status = entry.get("status").map_or(Some(200), Value::as_i64).context("`status` is not a number")?;
        let times = entry.get("times").map(|times| times.as_i64().context("`times` is not a number")).transpose()?;
        Ok(Entry {
            method: method.to_owned(),
            path,
            query,
            require: texts(entry, "require")?,
            json: entry.get("json").cloned(),
            times: times.map(Cell::new),
            response: Response { status, headers, body },
        })
    }

    fn matches(&self, request: &Request) -> bool {
        let (path, query) = split_target(&request.target);
        let has_header = |(name, value): &(String, String)| {
            request.headers.iter().any(|(other, found)| other.eq_ignore_ascii_case(name) && found == value)
        };
        let has_json = |expected| Value::parse(&request.body).is_ok_and(|body| contains(&body, expected));
        self.method == request.method
            && self.path == path
            && self.query.iter().all(|parameter| query.contains(parameter))
            && self.require.iter().all(has_header)
            && self.json.as_ref().is_none_or(has_json)
            && self.times.as_ref().is_none_or(|times| times.get() > 0)
    }
}

/// Returns whether `value` is `part`, or an object whose entries contain those of `part`.
fn contains(value: &Value, part: &Value) -> bool {
    match (value, part) {
        (Value::Object(value), Value::Object(part)) => {
            part.iter().all(|(key, part)| value.get(key).is_some_and(|value| contains(value, part)))
        }
        _ => value == part,
    }
}

/// Reads an object of texts, such as headers.
fn texts(entry: &Object, key: &str) -> Result<Vec<(String, String)>> {
    let Some(value) = entry.get(key) else { return Ok(Vec::new()) };
    let object = value.as_object().with_context(|| format!("`{key}` is not an object"))?;
    Ok(object.iter().map(|(name, value)| (name.clone(), value.to_plain_text())).collect())
}

/// Splits a target into its path and the parameters of its query, both decoded.
fn split_target(target: &str) -> (String, Vec<(String, String)>) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let parameters = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(&name.replace('+', " ")), decode(&value.replace('+', " ")))
    });
    (decode(path), parameters.collect())
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::{Fixture, Request};

    const ISSUES: &str = "
- request: GET /issues?page=2
  headers: {Link: end}
  body: []
- request: GET /issues?page=1
  times: 1
  status: 503
- {request: GET /issues, body: [{id: 1}]}
- {request: GET /secret, require: {Authorization: Bearer abc}, text: 'id,name'}
- {request: POST /query, json: {variables: {after: x}}, body: {}}
";

    /// `expected` is the status and the body, or nothing if no entry matches.
    #[track_caller]
    fn check(fixture: &Fixture, line: &str, header: (&str, &str), body: &str, expected: Option<(i64, &str)>) {
        let (method, target) = line.split_once(' ').unwrap();
        let headers = vec![(header.0.to_owned(), header.1.to_owned())];
        let request = Request { method: method.to_owned(), target: target.to_owned(), headers, body: body.to_owned() };
        let response = fixture.respond(&request);
        assert_eq!(response.as_ref().map(|response| (response.status, response.body.as_str())), expected, "{line}");
    }

    #[test]
    fn first_entry_that_matches_responds() {
        let fixture = Fixture::parse(ISSUES).unwrap();
        let check = |line, expected| check(&fixture, line, ("host", "a"), "", expected);
        check("GET /issues?per_page=10&page=2", Some((200, "[]")));
        check("GET /issues?page=1", Some((503, "")));
        check("GET /issues?page=1", Some((200, r#"[{"id":1}]"#)));
        check("GET /%69ssues", Some((200, r#"[{"id":1}]"#)));
        check("POST /issues", None);
        check("GET /other", None);
    }

    #[test]
    fn headers_and_bodies_can_be_required() {
        let fixture = Fixture::parse(ISSUES).unwrap();
        check(&fixture, "GET /secret", ("authorization", "Bearer abc"), "", Some((200, "id,name")));
        check(&fixture, "GET /secret", ("authorization", "Bearer x"), "", None);
        check(&fixture, "POST /query", ("host", "a"), r#"{"query":"q","variables":{"after":"x","n":1}}"#, Some((200, "{}")));
        check(&fixture, "POST /query", ("host", "a"), r#"{"variables":{"after":"y"}}"#, None);
    }

    #[test]
    fn mistakes_name_their_entry() {
        #[track_caller]
        fn check(yaml: &str, expected: &str) {
            assert_eq!(format!("{:#}", Fixture::parse(yaml).unwrap_err()), expected);
        }
        check("request: GET /", "expected a list of requests and responses");
        check("- {body: []}", "entry 1: `request` is missing");
        check(
            "- {request: GET /}\n- {request: GET /, bodi: []}",
            "entry 2: `bodi` is not a key of an entry: use request, require, json, times, status, headers, body, text",
        );
        check("- {request: GET /, body: 1, text: a}", "entry 1: `body` is JSON and `text` is any other text: use one of them");
    }
}
