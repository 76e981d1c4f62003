use std::ops::ControlFlow;

use catchment_extract::{Boundaries, Budget, ExtractError, Extraction, Source};
use catchment_json::Value;
use catchment_rest_client::RestClient;
use catchment_rest_client::testing::{Answer, ScriptedServer};
use catchment_state::State;

use crate::{Format, ResourceSpec, Spec, rest_api_source};

fn mistakes(text: &str) -> String {
    Spec::parse(text, Format::Json).unwrap_err().to_string()
}

#[test]
fn mistakes_come_all_at_once_with_their_paths() {
    let spec = r#"{"client": {"base_ul": "x", "headers": {"a": 1}, "paginator": {"type": "header_lnk"}}, "resource": [],
        "resources": [{"name": "a", "write_disposition": "apend", "endpoint": {"params": {"x": "{nope}", "y": {"z": 1}}}},
                      {"endpoint": {"incremental": {"cursor_path": "a[b]"}, "paginator": "offset", "path": "b"}}, 7, "a"]}"#;
    insta::assert_snapshot!(mistakes(spec), @r#"
    client.base_url: it is missing; expected a string
    client.headers.a: found a number, expected a string
    client.paginator.type: found "header_lnk"; did you mean `header_link`?
    client.base_ul: unknown key; did you mean `base_url`?
    resources[0].write_disposition: found "apend"; did you mean `append`?
    resources[0].endpoint.params.x: there is no placeholder {nope}; there are {incremental.start_value}, {incremental.initial_value} and {incremental.end_value}, and a brace that is meant is doubled
    resources[0].endpoint.params.y: found an object, expected a string, a number, a boolean or a list of them
    resources[1].name: it is missing; expected a string
    resources[1].endpoint.incremental.cursor_path: cannot read the path "a[b]": an index, a slice, `*`, `?` or a quoted key is expected (character 3); write it like `data.items`, `$.data[0].id` or `['a.b'].c`
    resources[1].endpoint.paginator.limit: it is missing; expected how many rows a page has
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
fn dispositions_are_read() {
    let check = |written: &str, expected: &str| {
        let spec = format!(r#"{{"client": {{"base_url": "http://x"}}, "resources": [{{"name": "a", {written}}}]}}"#);
        match Spec::parse(&spec, Format::Json) {
            Ok(spec) => {
                let ResourceSpec { write_disposition, merge, merge_key, .. } = &spec.resources[0];
                let from = merge.validity_columns().0;
                let found =
                    format!("{write_disposition} {} {from} {:?} {merge_key:?}", merge.strategy, merge.active_record_timestamp);
                assert_eq!(found, expected);
            }
            Err(error) => assert_eq!(error.to_string(), expected, "{written}"),
        }
    };
    check(r#""write_disposition": "skip""#, "skip delete-insert _dlt_valid_from None []");
    check(
        r#""merge_key": "day", "write_disposition": {"disposition": "merge", "strategy": "scd2", "validity_column_names": ["a", "b"],
            "active_record_timestamp": "1970-01-01T00:00:01Z"}"#,
        "merge scd2 a Some(1000000) [\"day\"]",
    );
    let at = "resources[0].write_disposition";
    check(r#""write_disposition": {}"#, &format!("{at}.disposition: it is missing; expected a string"));
    check(
        r#""write_disposition": {"disposition": "merg", "strategy": "upsrt", "validity_column_names": "a", "boundary_timestamp": "x"}"#,
        &format!(
            "{at}.disposition: found \"merg\"; did you mean `merge`?\n{at}.strategy: found \"upsrt\"; did you mean `upsert`?\n\
             {at}.validity_column_names: found a string, expected a list of two names\n\
             {at}.boundary_timestamp: found \"x\", expected a time stamp such as 2024-01-31T00:00:00Z"
        ),
    );
    check(
        r#""write_disposition": {"disposition": "merge", "source_filter": "x"}"#,
        &format!("{at}.source_filter: this version does not support it"),
    );
}

#[test]
fn columns_contracts_and_nesting_are_read() {
    let json = r#"{"client": {"base_url": "http://x"},
        "resource_defaults": {"columns": {"price": {"data_type": "decimal", "precision": 10}, "day": {"data_type": "date"}}},
        "resources": [{"name": "a", "columns": {"price": {"scale": 2, "nullable": false, "x-own": [1]}},
                       "schema_contract": {"columns": "freeze"}, "max_table_nesting": 1},
                      {"name": "b", "columns": [{"name": "n", "data_type": "bigint", "precision": 32}], "schema_contract": "discard_row"}]}"#;
    let spec = Spec::parse(json, Format::Json).unwrap();
    let shown = |index: usize| {
        let resource = &spec.resources[index];
        let column = |c: &catchment_schema::Column| {
            format!("{} {:?} {:?} {}", c.name, c.column_type(), c.nullable, Value::Object(c.hints.clone()))
        };
        let contract = resource.schema_contract.map(|contract| contract.to_value().to_string());
        let columns = resource.columns.iter().map(column).collect::<Vec<_>>().join("\n");
        format!("{columns}\n{contract:?} {:?}", resource.max_table_nesting)
    };
    insta::assert_snapshot!(shown(0), @r#"
    price Some(Decimal { precision: 10, scale: 2 }) Some(false) {"precision":10,"scale":2,"x-own":[1]}
    day Some(Date) None {}
    Some("{\"tables\":\"evolve\",\"columns\":\"freeze\",\"data_type\":\"evolve\"}") Some(1)
    "#);
    insta::assert_snapshot!(shown(1), @r#"
    n Some(Bigint { bits: 32, beyond_double: false }) None {"precision":32}
    Some("\"discard_row\"") None
    "#);
}

#[test]
fn mistakes_in_columns_and_contracts() {
    let spec = r#"{"client": {"base_url": "http://x"}, "resources": [
        {"name": "a", "columns": {"p": {"data_type": "decimel"}, "q": {"type": "text"}, "r": 1,
                                  "s": {"data_type": "decimal", "precision": 50}, "t": {"precision": -1}},
         "schema_contract": {"columns": "freez"}, "max_table_nesting": "1"},
        {"name": "b", "columns": [{"data_type": "text"}], "schema_contract": 1}, {"name": "c", "columns": "x"}]}"#;
    insta::assert_snapshot!(mistakes(spec), @r#"
    resources[0].columns.p.data_type: found "decimel"; did you mean `decimal`?
    resources[0].columns.q.type: unknown key; expected one of name, data_type, nullable, precision, scale, timezone, unique, primary_key, merge_key, hard_delete, partition, cluster, sort, dedup_sort, description
    resources[0].columns.r: found a number, expected an object
    resources[0].columns.s: found precision 50 and scale 9, expected at most 38 digits and a scale within them
    resources[0].columns.t.precision: found -1, expected 0 to 255
    resources[0].schema_contract.columns: found "freez", expected one of evolve, freeze, discard_row, discard_value
    resources[0].max_table_nesting: found a string, expected an integer
    resources[1].columns[0].name: it is missing; expected a string
    resources[1].schema_contract: found a number, expected a mode or an object of modes
    resources[2].columns: found a string, expected an object of columns or a list of columns
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

/// The state after a run.
async fn extract(source: &Source, state: &State) -> Result<State, ExtractError> {
    let run = Extraction::new(source, state, &Boundaries::new())?;
    Ok(run.run(&Budget::new(1 << 20), &|_| ControlFlow::Continue(())).await?.state)
}

/// Extracts a spec against a server that answers everything with one page, and shows the requests.
fn requests(resource: &str, state: &State) -> (Vec<String>, State) {
    let server = ScriptedServer::start(|_| Answer::json(200, r#"[{"id": 1, "at": "2024-05-01T00:00:00Z"}]"#));
    let spec =
        format!(r#"{{"client": {{"base_url": "{}", "headers": {{"x-a": "1"}}}}, "resources": [{resource}]}}"#, server.url());
    let source = rest_api_source(&Spec::parse(&spec, Format::Json).unwrap(), RestClient::builder()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let state = runtime.block_on(extract(&source, state)).unwrap();
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
    let window = issues
        .replace("\"start_param\"", "\"end_value\": \"2024-06-01\", \"end_param\": \"to\", \"start_param\"")
        .replace("\"all\": true", "\"until\": \"{incremental.end_value}\"");
    assert_eq!(
        requests(&window, &state).0,
        ["GET /repos/issues?since=1970-01-01T00:00:00Z&until=2024-06-01&l=1&l=2&from=1970-01-01T00:00:00Z&to=2024-06-01 1"]
    );
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
fn options_of_cursors() {
    let cursor = |options: &str| {
        let spec = format!(
            r#"{{"client": {{"base_url": "http://x"}}, "resources": [{{"name": "a", "resumable": true, "parallelized": false,
                "endpoint": {{"incremental": {{"cursor_path": "at"{options}}}}}}}]}}"#
        );
        match Spec::parse(&spec, Format::Json) {
            Ok(spec) => {
                assert!(spec.resources[0].resumable && !spec.resources[0].parallelized);
                format!("{:?}", spec.resources[0].endpoint.incremental.as_ref().map(|incremental| &incremental.cursor))
            }
            Err(error) => error.to_string(),
        }
    };
    let all = cursor(
        r#", "initial_value": 1, "end_value": 9, "last_value_func": "min", "primary_key": ["id"], "row_order": "desc",
            "on_cursor_value_missing": "include", "lag": 1.5, "range_start": "open", "range_end": "closed""#,
    );
    insta::assert_snapshot!(all, @r#"Some(Incremental { cursor_path: Path { text: "at", steps: [Step { selectors: [Key("at")], descends: false }] }, initial_value: Some(Number(Number("1"))), end_value: Some(Number(Number("9"))), last_value_func: Min, primary_key: Some(["id"]), row_order: Some(Desc), on_cursor_value_missing: Include, lag: Some(1.5), range_start: Open, range_end: Closed, is_window: false })"#);
    insta::assert_snapshot!(cursor(""), @r#"Some(Incremental { cursor_path: Path { text: "at", steps: [Step { selectors: [Key("at")], descends: false }] }, initial_value: None, end_value: None, last_value_func: Max, primary_key: None, row_order: None, on_cursor_value_missing: Raise, lag: None, range_start: Closed, range_end: Open, is_window: false })"#);
    insta::assert_snapshot!(cursor(r#", "end_value": 9, "last_value_func": "mean", "row_order": "down", "lag": "1h", "primary_key": 3"#), @r#"
    resources[0].endpoint.incremental.primary_key: found a number, expected a string or a list of strings
    resources[0].endpoint.incremental.lag: found a string, expected a number
    resources[0].endpoint.incremental.row_order: found "down"; expected one of asc, desc
    resources[0].endpoint.incremental.last_value_func: found "mean"; did you mean `min`?
    resources[0].endpoint.incremental.end_value: it needs an `initial_value`
    "#);
}

/// The queries that a paginator sends to a server that has a page of two rows, the number 2 and the cursor `c` for all.
fn paged(paginator: &str) -> String {
    let body = r#"{"rows": [1, 2], "total": 2, "more": false, "next": "c", "cursors": {"next": "c"}, "meta": {"n": "4"}}"#;
    let server = ScriptedServer::start(move |request| match request.param("cursor").or(request.param("c")) {
        None => Answer::json(200, body).header("next", "c"),
        Some(_) => Answer::json(200, r#"{"rows": [3]}"#),
    });
    let spec = format!(
        r#"{{"client": {{"base_url": "{}", "paginator": {paginator}}}, "resources": [{{"name": "a", "endpoint": {{"data_selector": "rows"}}}}]}}"#,
        server.url(),
    );
    let spec = match Spec::parse(&spec, Format::Json) {
        Ok(spec) => spec,
        Err(error) => return error.to_string(),
    };
    let source = rest_api_source(&spec, RestClient::builder()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let state = State::new("p", "d", "t");
    let ended = runtime.block_on(extract(&source, &state));
    let query = |r: catchment_rest_client::testing::Received| r.query.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>();
    let queries: Vec<_> = server.requests().into_iter().map(|request| format!("?{}", query(request).join("&"))).collect();
    queries.join(" ") + ended.map_or(" failed", |_| "")
}

#[test]
fn paginators() {
    let check = |paginator: &str, expected: &str| assert_eq!(paged(paginator), expected, "{paginator}");
    check(r#""single_page""#, "?");
    check(r#""page_number""#, "?page=0 ?page=1");
    check(r#"{"type": "page_number", "base_page": 1, "page_param": "p", "total_path": "meta.n"}"#, "?p=1 ?p=2 ?p=3 ?p=4");
    check(r#"{"type": "page_number", "page": 4, "maximum_page": 6, "total_path": null}"#, "?page=4 ?page=5");
    check(r#"{"type": "page_number", "has_more_path": "more", "stop_after_empty_page": false}"#, "?page=0");
    check(r#"{"type": "offset", "limit": 2}"#, "?limit=2&offset=0");
    check(
        r#"{"type": "offset", "limit": 2, "offset": 1, "offset_param": "o", "limit_param": "l", "total_path": "meta.n"}"#,
        "?l=2&o=1 ?l=2&o=3",
    );
    check(r#"{"type": "offset", "limit": 2, "total_path": "nowhere"}"#, "?limit=2&offset=0 failed");
    check(r#"{"type": "offset", "limit": 1, "total_path": null, "maximum_offset": 2}"#, "?limit=1&offset=0 ?limit=1&offset=1");
    check(r#""cursor""#, "? ?cursor=c");
    check(r#"{"type": "cursor", "cursor_path": "next", "cursor_param": "c", "stop_after_empty_page": true}"#, "? ?c=c");
    check(r#"{"type": "cursor", "has_more_path": "more"}"#, "?");
    check(r#""header_cursor""#, "? ?cursor=c");
    check(r#"{"type": "header_cursor", "cursor_key": "Next", "cursor_param": "c"}"#, "? ?c=c");
    check(r#"{"type": "header_cursor", "cursor_key": "x-next"}"#, "?");
}

#[test]
fn mistakes_in_paginators() {
    let check = |paginator: &str, expected: &str| assert_eq!(paged(paginator).trim_end(), expected, "{paginator}");
    check(r#""ofset""#, "client.paginator: found \"ofset\"; did you mean `offset`?");
    check(r#"{"type": "offset", "limit": 0}"#, "client.paginator.limit: found 0, expected 1 to 9223372036854775807");
    check(r#"{"type": "offset", "limit": 1, "ofset": 1}"#, "client.paginator.ofset: unknown key; did you mean `offset`?");
    check(
        r#"{"type": "page_number", "page_param": "p", "page_body_path": "q"}"#,
        "client.paginator.page_body_path: there is `page_param` too; only one of them can be set",
    );
    check(
        r#"{"type": "page_number", "stop_after_empty_page": false, "total_path": null}"#,
        "client.paginator.stop_after_empty_page: nothing ends the pages: set `total_path`, `maximum_page` or `has_more_path`, or let an empty page be the end",
    );
    check(
        r#"{"type": "cursor", "stop_after_empty_page": 1}"#,
        "client.paginator.stop_after_empty_page: found a number, expected true or false",
    );
}

#[test]
fn resources_that_are_not_selected_are_left_out() {
    let spec = r#"{"client": {"base_url": "http://x"}, "resources": ["a", {"name": "b", "selected": false}]}"#;
    let source = rest_api_source(&Spec::parse(spec, Format::Json).unwrap(), RestClient::builder()).unwrap();
    assert_eq!(source.loaded().map(|r| r.name.as_str()).collect::<Vec<_>>(), ["a"]);
    assert_eq!(Value::from(source.name), Value::from("rest_api"));
}
