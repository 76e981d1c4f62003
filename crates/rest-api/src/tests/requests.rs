//! Requests that reach the server.

use catchment_rest_client::testing::ReceivedRequest;

use super::{ScriptedResponse, ScriptedServer, State, fresh, json, parse, run, run_against, shown, source};

/// Extracts a resource from a server that returns one row for every request. Returns the requests and the state.
fn requests(resource: &str, state: &State) -> (Vec<String>, State) {
    let server = ScriptedServer::start(|_| ScriptedResponse::json(200, r#"[{"id": 1, "at": "2024-05-01T00:00:00Z"}]"#));
    let spec =
        format!(r#"{{"client": {{"base_url": "{}", "headers": {{"x-a": "1"}}}}, "resources": [{resource}]}}"#, server.url());
    let run = run(&source(&parse(&spec)), state).unwrap_or_else(|error| panic!("{}", super::chain(&error)));
    let shown = server.requests().into_iter().map(|r| format!("{} x-a={}", shown(&r), r.header("x-a").unwrap_or("-")));
    (shown.collect(), run.state)
}

const ISSUES: &str = r#"{"name": "issues", "write_disposition": "merge", "primary_key": "id", "endpoint": {"path": "repos/issues",
    "params": {"since": "{incremental.start_value}", "all": true, "n": null, "l": [1, 2]},
    "incremental": {"cursor_path": "at", "initial_value": "1970-01-01T00:00:00Z", "start_param": "from"}}}"#;

#[test]
fn params_and_placeholders_reach_the_server() {
    let (first, state) = requests(ISSUES, &fresh());
    assert_eq!(first, ["GET /repos/issues?since=1970-01-01T00:00:00Z&all=True&l=1&l=2&from=1970-01-01T00:00:00Z x-a=1"]);
    let (second, _) = requests(ISSUES, &state);
    assert_eq!(second, ["GET /repos/issues?since=2024-05-01T00:00:00Z&all=True&l=1&l=2&from=2024-05-01T00:00:00Z x-a=1"]);
    let window = ISSUES
        .replace("\"start_param\"", "\"end_value\": \"2024-06-01\", \"end_param\": \"to\", \"start_param\"")
        .replace("\"all\": true", "\"until\": \"{incremental.end_value}\"");
    assert_eq!(
        requests(&window, &state).0,
        ["GET /repos/issues?since=1970-01-01T00:00:00Z&until=2024-06-01&l=1&l=2&from=1970-01-01T00:00:00Z&to=2024-06-01 x-a=1"]
    );
    let in_path = ISSUES
        .replace("repos/issues", "since/{incremental.start_value}/{{x}}")
        .replace("\"endpoint\": {", "\"endpoint\": {\"headers\": {\"x-a\": \"{incremental.initial_value}\"}, ");
    let in_path = requests(&in_path, &state).0.concat();
    assert!(in_path.starts_with("GET /since/2024-05-01T00:00:00Z/%7Bx%7D?"), "{in_path}");
    assert!(in_path.ends_with(" x-a=1970-01-01T00:00:00Z"), "{in_path}");
    assert_eq!(requests(r#""plain""#, &fresh()).0, ["GET /plain x-a=1"]);
}

#[test]
fn cursors_are_converted() {
    let converted = ISSUES.replace("\"start_param\"", "\"convert\": \"value|epoch\", \"start_param\"");
    let (first, state) = requests(&converted, &fresh());
    assert_eq!(first, ["GET /repos/issues?since=0&all=True&l=1&l=2&from=0 x-a=1"]);
    assert_eq!(requests(&converted, &state).0, ["GET /repos/issues?since=1714521600&all=True&l=1&l=2&from=1714521600 x-a=1"]);
    let as_param = r#"{"name": "a", "write_disposition": "merge", "endpoint": {"params": {"since": {"type": "incremental",
        "cursor_path": "at", "initial_value": "2024-01-01"}}}}"#;
    let (first, state) = requests(as_param, &fresh());
    assert_eq!(
        (first, requests(as_param, &state).0),
        (vec!["GET /a?since=2024-01-01 x-a=1".into()], vec!["GET /a?since=2024-05-01T00:00:00Z x-a=1".into()])
    );
}

#[test]
fn a_cursor_of_the_resource_is_not_sent() {
    let (first, state) = requests(r#"{"name": "a", "incremental": {"cursor_path": "at"}}"#, &fresh());
    assert_eq!(first, ["GET /a x-a=1"]);
    assert!(state.resource("rest_api", "a").is_some_and(|state| state.contains_key("incremental")));
}

#[test]
fn paths_are_bound_and_encoded() {
    #[track_caller]
    fn check(endpoint: &str, expected: &str) {
        let found = requests(&format!(r#"{{"name": "r", "endpoint": {endpoint}}}"#), &fresh()).0.concat();
        assert_eq!(found, format!("GET {expected} x-a=1"), "{endpoint}");
    }
    check(r#"{"path": "a/{id}", "params": {"id": 7, "b": 1}}"#, "/a/7?b=1");
    check(r#"{"path": "a/{id}/{id}", "params": {"id": "x y/é?"}}"#, "/a/x%20y/%C3%A9%3F/x%20y/%C3%A9%3F");
    check(r#"{"path": "a/{yes}", "params": {"yes": true}}"#, "/a/True");
    check(r#"{"path": "a/{{id}}?x=1", "params": {"id": 7}}"#, "/a/%7Bid%7D?x=1&id=7");
    check(r#"{"params": {"{{x}}": "{{y}}"}}"#, "/r?{x}={y}");
}

/// Returns the first request of an endpoint: method, path, content type and body.
fn first(endpoint: &str) -> String {
    let server = ScriptedServer::start(|_| json(r#"[{"id": 1}]"#));
    let spec = format!(r#"{{"client": {{"base_url": "BASE"}}, "resources": [{{"name": "r", "endpoint": {endpoint}}}]}}"#);
    let (_, rows) = run_against(&spec, &server);
    assert_eq!(rows, Ok(vec![r#"r {"id":1}"#.to_owned()]));
    let show = |r: &ReceivedRequest| format!("{} {} {}", shown(r), r.header("content-type").unwrap_or("-"), r.text());
    server.requests().first().map(show).unwrap_or_default()
}

#[test]
fn methods_and_bodies() {
    let check = |endpoint: &str, expected: &str| assert_eq!(first(endpoint), expected, "{endpoint}");
    check(
        r#"{"method": "post", "json": {"q": "x", "n": [1, null, true]}}"#,
        r#"POST /r application/json {"q":"x","n":[1,null,true]}"#,
    );
    check(
        r#"{"method": "POST", "data": {"q": "a b", "n": 1, "o": null}}"#,
        "POST /r application/x-www-form-urlencoded q=a+b&n=1",
    );
    check(
        r#"{"method": "POST", "data": {"id": [1, null, "b"], "n": [], "q": true}}"#,
        "POST /r application/x-www-form-urlencoded id=1&id=b&q=True",
    );
    check(r#"{"method": "POST", "data": "raw {{x}}", "headers": {"content-type": "text/plain"}}"#, "POST /r text/plain raw {x}");
    check(r#"{"method": "PUT"}"#, "PUT /r - ");
    check(
        r#"{"method": "POST", "json": {"filter": {"since": "{incremental.start_value}", "text": "from {incremental.start_value}", "{{k}}": 1}},
            "incremental": {"cursor_path": "id", "initial_value": 0}}"#,
        r#"POST /r application/json {"filter":{"since":0,"text":"from 0","{k}":1}}"#,
    );
}

#[test]
fn pagination_cursor_is_sent_in_the_body() {
    let server = ScriptedServer::start(|request| match request.text().contains("c2") {
        false => json(r#"{"rows": [{"id": 1}], "next": "c2"}"#),
        true => json(r#"{"rows": [{"id": 2}], "next": null}"#),
    });
    let spec = r#"{"client": {"base_url": "BASE"}, "resources": [{"name": "r", "endpoint": {"path": "search", "method": "POST",
        "json": {"query": "x"}, "paginator": {"type": "cursor", "cursor_path": "next", "cursor_body_path": "page.after"}}}]}"#;
    assert_eq!(run_against(spec, &server).1, Ok(vec![r#"r {"id":1}"#.to_owned(), r#"r {"id":2}"#.to_owned()]));
    let bodies: Vec<_> = server.requests().iter().map(ReceivedRequest::text).collect();
    assert_eq!(bodies, [r#"{"query":"x"}"#, r#"{"query":"x","page":{"after":"c2"}}"#]);
}

#[test]
fn response_actions_apply() {
    #[track_caller]
    fn check(responses: &'static [(u16, &str)], actions: &str, expected: Result<&[&str], &str>) {
        let server = ScriptedServer::start(move |request| {
            let (status, body) = responses.get(request.index).copied().unwrap_or((500, "no more"));
            ScriptedResponse::json(status, body)
        });
        let spec = format!(
            r#"{{"client": {{"base_url": "BASE"}}, "resources": [{{"name": "r", "endpoint": {{"response_actions": [{actions}]}}}}]}}"#
        );
        let found = run_against(&spec, &server).1;
        let expected = expected.map(|rows| rows.iter().map(|row| format!("r {row}")).collect()).map_err(str::to_owned);
        assert_eq!(found, expected, "{actions}");
    }
    check(&[(404, "{}")], r#"{"status_code": 404, "action": "ignore"}"#, Ok(&[]));
    check(&[(200, r#"{"gone": 1}"#)], r#"{"content": "gone", "action": "ignore"}"#, Ok(&[]));
    check(
        &[(404, "nope")],
        r#"{"status_code": 404, "content": "gone", "action": "ignore"}"#,
        Err("resource `r` failed: GET BASE/r returned 404 Not Found: nope"),
    );
    check(
        &[(200, r#"{"error": {"code": 7}}"#)],
        r#"{"when": "body.error.code == 7", "action": "fail"}"#,
        Err(
            "resource `r` failed: GET BASE/r failed: a response action marked this response as an error despite its status 200 OK; the response begins with: {\"error\": {\"code\": 7}}",
        ),
    );
    check(&[(200, r#"[{"id":1}]"#)], r#"{"when": "body.error is defined", "action": "fail"}"#, Ok(&[r#"{"id":1}"#]));
    check(
        &[(418, "x")],
        r#"{"when": "status >= 400 and headers['content-type'] == 'application/json'", "action": "ignore"}"#,
        Ok(&[]),
    );
}

#[test]
fn retry_action_repeats_the_request() {
    let server = ScriptedServer::start(|request| match request.index {
        0 => json(r#"{"status": "pending"}"#),
        _ => json(r#"[{"id": 1}]"#),
    });
    let spec = format!(
        r#"{{"client": {{"base_url": "{}"}}, "resources": [{{"name": "r", "endpoint": {{"method": "POST",
            "response_actions": [{{"when": "body.status == 'pending'", "action": "retry"}}]}}}}]}}"#,
        server.url()
    );
    let retry = catchment_rest_client::RetryPolicy { max_attempts: 3, backoff_factor: 0.0, ..Default::default() };
    let spec = parse(&spec);
    let source = crate::RestApi::new(&spec).client(catchment_rest_client::RestClient::builder().retry(retry)).source().unwrap();
    assert_eq!(run(&source, &fresh()).unwrap().rows, [r#"r {"id":1}"#]);
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn clients_limit_requests_in_flight() {
    let server = ScriptedServer::start(|_| json("[]").delay(std::time::Duration::from_millis(20)));
    let spec = r#"{"client": {"base_url": "BASE", "requests_in_flight": 2}, "resources": ["a", "b", "c", "d", "e"]}"#;
    assert!(run_against(spec, &server).1.is_ok());
    assert_eq!((server.requests().len(), server.max_concurrent_requests()), (5, 2));
}

#[test]
fn unselected_resources_are_excluded() {
    let spec = parse(r#"{"client": {"base_url": "http://x"}, "resources": ["a", {"name": "b", "selected": false}]}"#);
    let source = source(&spec);
    assert_eq!(source.selected_resources().map(|r| r.name.as_str()).collect::<Vec<_>>(), ["a"]);
    assert_eq!(source.name, "rest_api");
}

#[test]
fn ranges_are_requested_in_windows() {
    let server = ScriptedServer::start(|request| match (request.param("from"), request.param("page")) {
        (Some("2024-01-01"), None) => {
            json(r#"[{"at": "2024-01-05"}]"#).header("link", "</a?from=2024-01-01&to=2024-01-31&page=2>; rel=\"next\"")
        }
        (Some("2024-01-01"), Some(_)) => json(r#"[{"at": "2024-01-06"}]"#),
        (Some("2024-01-31"), None) => json("[]"),
        _ => json(r#"[{"at": "2024-03-03"}]"#),
    });
    let spec = format!(
        r#"{{"client": {{"base_url": "{}"}}, "resources": [{{"name": "a", "write_disposition": "merge", "endpoint": {{"params": {{"to": "{{incremental.end_value}}"}},
            "incremental": {{"cursor_path": "at", "initial_value": "2024-01-01", "start_param": "from", "window": 30}}}}}}]}}"#,
        server.url()
    );
    let spec = parse(&spec);
    let api = crate::RestApi::new(&spec).clock(|| catchment_schema::parse_timestamp("2024-03-04T12:00:00Z").unwrap());
    let first = run(&api.source().unwrap(), &fresh()).unwrap_or_else(|error| panic!("{}", super::chain(&error)));
    assert_eq!(first.rows, [r#"a {"at":"2024-01-05"}"#, r#"a {"at":"2024-01-06"}"#, r#"a {"at":"2024-03-03"}"#]);
    let again = run(&api.source().unwrap(), &first.state).unwrap();
    assert_eq!(again.rows.len(), 0);
    let requests: Vec<_> = server.requests().iter().map(shown).collect();
    let expected = [
        "GET /a?to=2024-01-31&from=2024-01-01",
        "GET /a?from=2024-01-01&to=2024-01-31&page=2",
        "GET /a?to=2024-03-01&from=2024-01-31",
        "GET /a?to=2024-03-05&from=2024-03-01",
        "GET /a?to=2024-03-05&from=2024-03-03",
    ];
    assert_eq!(requests, expected);
    let planned = api.plan(|_| catchment_extract::ResumePoint::new(None, Some("2024-01-01".into()))).unwrap();
    assert!(planned[0].first_request.ends_with("/a?to=2024-01-31&from=2024-01-01"), "{planned:?}");
}
