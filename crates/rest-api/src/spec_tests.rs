use std::ops::ControlFlow;

use catchment_extract::{Budget, extract};
use catchment_json::Value;
use catchment_rest_client::RestClient;
use catchment_rest_client::testing::{Answer, ScriptedServer};
use catchment_state::State;

use crate::{Format, Spec, rest_api_source};

fn mistakes(text: &str) -> String {
    Spec::parse(text, Format::Json).unwrap_err().to_string()
}

#[test]
fn mistakes_come_all_at_once_with_their_paths() {
    let spec = r#"{"client": {"base_ul": "x", "headers": {"a": 1}, "paginator": {"type": "header_lnk"}}, "resource": [],
        "resources": [{"name": "a", "write_disposition": "apend", "endpoint": {"params": {"x": "{nope}", "y": {"z": 1}}}},
                      {"endpoint": {"incremental": {"cursor_path": "a..b"}, "paginator": "offset", "path": "b"}}, 7, "a"]}"#;
    insta::assert_snapshot!(mistakes(spec), @r#"
    client.base_url: it is missing; expected a string
    client.headers.a: found a number, expected a string
    client.paginator.type: found "header_lnk"; did you mean `header_link`?
    client.base_ul: unknown key; did you mean `base_url`?
    resources[0].write_disposition: found "apend"; did you mean `append`?
    resources[0].endpoint.params.x: there is no placeholder {nope}; there are {incremental.start_value} and {incremental.initial_value}, and a brace that is meant is doubled
    resources[0].endpoint.params.y: found an object, expected a string, a number, a boolean or a list of them
    resources[1].name: it is missing; expected a string
    resources[1].endpoint.incremental.cursor_path: cannot read the path "a..b": `..` is not supported; write it like `data.items`, `$.data[0].id` or `['a.b'].c`
    resources[1].endpoint.paginator: this version does not support the paginator "offset"; it has auto, header_link, json_link, single_page
    resources[2]: found a number, expected an object
    resources[3]: there is a resource "a" already
    resource: unknown key; did you mean `resources`?
    "#);
}

#[test]
fn what_this_version_cannot_do_is_said() {
    let spec = r#"{"client": {"base_url": "http://x", "auth": {"type": "bearer"}},
        "resources": [{"name": "a", "endpoint": {"path": "p/{resources.b.id}", "method": "POST", "json": {}}}]}"#;
    insta::assert_snapshot!(mistakes(spec), @r#"
    client.auth: this version does not support it
    resources[0].endpoint.path: the placeholder {resources.b.id} makes the resource depend on another one, which this version cannot do
    resources[0].endpoint.method: found "POST"; this version can only GET
    resources[0].endpoint.json: this version does not support it
    "#);
}

#[test]
fn specs_that_are_none() {
    let check = |text: &str, expected: &str| assert_eq!(mistakes(text), expected);
    check("[]", "found a list, expected an object\nresources: it is missing; expected a list with at least one resource");
    check("{", "invalid JSON at line 1, column 2: the text ends early, a key or `}` was expected");
    let toml = Spec::parse("a = ", Format::Toml).unwrap_err().to_string();
    assert!(toml.starts_with("invalid TOML: TOML parse error at line 1, column 5"), "{toml}");
}

#[test]
fn toml_reads_as_json_does() {
    let toml = r#"
        [client]
        base_url = "http://x"
        [resource_defaults]
        write_disposition = "merge"
        endpoint = { params = { per_page = 100, a = 1 } }
        [[resources]]
        name = "issues"
        primary_key = "id"
        endpoint = { path = "repos/issues", params = { a = 2 } }
    "#;
    let json = r#"{"client": {"base_url": "http://x"}, "resource_defaults": {"write_disposition": "merge", "endpoint": {"params":
        {"per_page": 100, "a": 1}}}, "resources": [{"name": "issues", "primary_key": ["id"], "endpoint": {"path": "repos/issues",
        "params": {"a": 2}}}]}"#;
    let (toml, json) = (Spec::parse(toml, Format::Toml).unwrap(), Spec::parse(json, Format::Json).unwrap());
    assert_eq!(toml.resources[0].endpoint.path, json.resources[0].endpoint.path);
    let params = |spec: &Spec| {
        let mut params = spec.resources[0].endpoint.params.clone();
        params.sort_by(|a, b| a.0.cmp(&b.0));
        params
    };
    assert_eq!(params(&toml), params(&json));
}

/// Extracts a spec against a server that answers everything with one page, and shows the requests.
fn requests(resource: &str, state: &State) -> (Vec<String>, State) {
    let server = ScriptedServer::start(|_| Answer::json(200, r#"[{"id": 1, "at": "2024-05-01T00:00:00Z"}]"#));
    let spec =
        format!(r#"{{"client": {{"base_url": "{}", "headers": {{"x-a": "1"}}}}, "resources": [{resource}]}}"#, server.url());
    let source = rest_api_source(&Spec::parse(&spec, Format::Json).unwrap(), RestClient::builder()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let state = runtime.block_on(extract(&source, state, &Budget::new(1 << 20), &|_| ControlFlow::Continue(()))).unwrap();
    let shown = server.requests().into_iter().map(|r| {
        let query = r.query.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join("&");
        format!("{} {}?{query} {}", r.method, r.path, r.header("x-a").unwrap_or("-"))
    });
    (shown.collect(), state)
}

#[test]
fn params_and_placeholders_reach_the_server() {
    let fresh = State::new("p", "d", "t");
    let issues = r#"{"name": "issues", "write_disposition": "merge", "primary_key": "id", "endpoint": {"path": "repos/issues",
        "params": {"since": "{incremental.start_value}", "all": true, "n": null, "l": [1, 2]},
        "incremental": {"cursor_path": "at", "initial_value": "1970-01-01T00:00:00Z", "start_param": "from"}}}"#;
    let (first, state) = requests(issues, &fresh);
    assert_eq!(first, ["GET /repos/issues?since=1970-01-01T00:00:00Z&all=True&l=1&l=2&from=1970-01-01T00:00:00Z 1"]);
    let (second, _) = requests(issues, &state);
    assert_eq!(second, ["GET /repos/issues?since=2024-05-01T00:00:00Z&all=True&l=1&l=2&from=2024-05-01T00:00:00Z 1"]);
    let in_path = issues
        .replace("repos/issues", "since/{incremental.start_value}/{{x}}")
        .replace("\"endpoint\": {", "\"endpoint\": {\"headers\": {\"x-a\": \"{incremental.initial_value}\"}, ");
    assert!(
        requests(&in_path, &state).0[0].starts_with("GET /since/2024-05-01T00:00:00Z/%7Bx%7D?"),
        "{:?}",
        requests(&in_path, &state).0
    );
    assert!(requests(&in_path, &state).0[0].ends_with(" 1970-01-01T00:00:00Z"));
    assert_eq!(requests(r#""plain""#, &fresh).0, ["GET /plain? 1"]);
}

#[test]
fn resources_that_are_not_selected_are_left_out() {
    let spec = r#"{"client": {"base_url": "http://x"}, "resources": ["a", {"name": "b", "selected": false}]}"#;
    let source = rest_api_source(&Spec::parse(spec, Format::Json).unwrap(), RestClient::builder()).unwrap();
    assert_eq!(source.resources.iter().map(|r| r.name.as_str()).collect::<Vec<_>>(), ["a"]);
    assert_eq!(Value::from(source.name), Value::from("rest_api"));
}
