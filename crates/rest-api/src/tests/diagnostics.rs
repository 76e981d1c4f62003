//! All errors in specs, with their exact messages.

use crate::{Spec, SpecFormat};

fn problems(spec: &str, format: SpecFormat) -> String {
    match Spec::parse(spec, format) {
        Ok(_) => "ok".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// Returns each case with its errors.
fn table<'c>(cases: impl IntoIterator<Item = &'c str>, spec: impl Fn(&str) -> String) -> String {
    let case = |case: &str| format!("{case}\n    {}\n", problems(&spec(case), SpecFormat::Json).replace('\n', "\n    "));
    cases.into_iter().map(case).collect()
}

#[test]
fn spec_errors() {
    let cases = [
        "[]",
        "7",
        "{",
        "{}",
        r#"{"client": {}, "resources": []}"#,
        r#"{"client": null, "resources": null}"#,
        r#"{"client": {"base_url": "http://x"}, "resources": {"a": 1}}"#,
        r#"{"client": {"base_url": "http://x"}, "resource": ["a"]}"#,
        r#"{"client": {"base_url": "http://x"}, "resources": ["a", "a", {"name": "b"}, {"name": "b"}]}"#,
        r#"{"client": {"base_url": "http://x"}, "resources": ["a", 7, null, ["b"]]}"#,
        r#"{"name": 1, "client": {"base_url": "http://x"}, "resources": ["a"], "pipeline": {"dataset": "d", "destination": 7}}"#,
        r#"{"client": {"base_url": "http://x"}, "resources": ["a"], "resource_defaults": ["a"]}"#,
        r#"{"client": {"base_url": "http://x"}, "resources": ["a", "b"], "resource_defaults": {"name": "x", "primary_key": 7, "endpoint": "x"}}"#,
        r#"{"client": {"base_url": "http://x"}, "resources": ["a", "b"], "resource_defaults": {"endpoint": {"params": {"p": "{nope}"}}}}"#,
    ];
    insta::assert_snapshot!("whole", table(cases, str::to_owned));
}

#[test]
fn client_errors() {
    let cases = [
        r#""base_url": 7"#,
        r#""base_ul": "http://x""#,
        r#""base_url": "${env:}""#,
        r#""base_url": "${env:HOST""#,
        r#""base_url": "http://{x}""#,
        r#""base_url": "http://x", "headers": ["a"]"#,
        r#""base_url": "http://x", "headers": {"a": 1, "b": null}"#,
        r#""base_url": "http://x", "session": {}"#,
        r#""base_url": "http://x", "requests_per_second": 0"#,
        r#""base_url": "http://x", "requests_per_second": "10""#,
        r#""base_url": "http://x", "requests_in_flight": 0, "parallel_pages": 0"#,
        r#""base_url": "http://x", "auth": "bear""#,
        r#""base_url": "http://x", "auth": {"type": "basic"}"#,
        r#""base_url": "http://x", "auth": {"type": 7}"#,
        r#""base_url": "http://x", "auth": 7"#,
        r#""base_url": "http://x", "auth": {"tokn": "a"}"#,
        r#""base_url": "http://x", "auth": {"type": "bearer", "token": 7}"#,
        r#""base_url": "http://x", "auth": {"type": "bearer", "token": "${secret:a.b"}"#,
        r#""base_url": "http://x", "auth": {"type": "api_key", "location": "body", "key": "a"}"#,
        r#""base_url": "http://x", "auth": {"type": "http_basic", "user": "a"}"#,
        r#""base_url": "http://x", "auth": {"type": "oauth2_client_credentials", "access_token": "a", "default_token_expiration": -1}"#,
        r#""base_url": "http://x", "auth": {"type": "oauth2_client_credentials", "access_token_request_data": "scope"}"#,
    ];
    insta::assert_snapshot!("client", table(cases, |case| format!(r#"{{"client": {{{case}}}, "resources": ["a"]}}"#)));
}

#[test]
fn resource_errors() {
    let cases = [
        r#""nam": "a""#,
        r#""name": "a", "write_disposition": "apend""#,
        r#""name": "a", "write_disposition": 7"#,
        r#""name": "a", "write_disposition": {}"#,
        r#""name": "a", "write_disposition": {"disposition": "merg", "strategy": "upsrt", "validity_column_names": "a", "boundary_timestamp": "x"}"#,
        r#""name": "a", "write_disposition": {"disposition": "merge", "source_filter": "x"}"#,
        r#""name": "a", "primary_key": {"id": 1}, "merge_key": ["a", 1]"#,
        r#""name": "a", "columns": {"p": {"data_type": "decimel"}, "q": {"type": "text"}, "r": 1, "t": {"precision": -1}}"#,
        r#""name": "a", "columns": {"s": {"data_type": "decimal", "precision": 50}}"#,
        r#""name": "a", "columns": [{"data_type": "text"}]"#,
        r#""name": "a", "columns": "x""#,
        r#""name": "a", "columns": {"p": {"name": "q"}, "r": {"name": "r"}}"#,
        r#""name": "a", "columns": {"p": {"row_key": true, "variant": true, "incremental": true}}"#,
        r#""name": "a", "schema_contract": {"columns": "freez", "rows": "evolve"}"#,
        r#""name": "a", "schema_contract": 1"#,
        r#""name": "a", "max_table_nesting": "1""#,
        r#""name": "a", "max_table_nesting": 2000"#,
        r#""name": "a", "selected": "yes", "parallelized": 1, "resumable": "no", "table_name": 7"#,
        r#""name": "a", "nested_hints": {}, "references": [], "file_format": "parquet", "parent": "b", "table_format": "delta""#,
        r#""name": "a", "include_from_parent": ["id"]"#,
        r#""name": "a", "include_from_parent": "id""#,
        r#""name": "a", "include_from_parent": {"b": 7}"#,
        r#""name": "a", "include_from_parent": {"b": ["id"]}"#,
        r#""name": "a", "processing_steps": {"filter": "row.a"}"#,
        r#""name": "a", "processing_steps": [{"fliter": "row.a"}, {"filter": "row.a =="}, {"map": "x.y"}, {"yield_map": 7}, {"drop": 1}]"#,
        r#""name": "a", "processing_steps": [{"rename": {"a": 1}, "mask": {"a": 1}}]"#,
        r#""name": "a", "incremental": {"cursor_path": "at", "start_param": "since"}"#,
        r#""name": "a", "incremental": {"cursor_path": "at"}, "endpoint": {"incremental": {"cursor_path": "at"}}"#,
        r#""name": "${env:NAME}""#,
    ];
    insta::assert_snapshot!(
        "resources",
        table(cases, |case| { format!(r#"{{"client": {{"base_url": "http://x"}}, "resources": [{{{case}}}]}}"#) })
    );
}

#[test]
fn endpoint_errors() {
    let cases = [
        r#"7"#,
        r#""{open""#,
        r#""close}""#,
        r#""a/{id}""#,
        r#""a/{resources.b.id}""#,
        r#""a/{resources.b}""#,
        r#""a/{resources.b.x[}""#,
        r#""a/{id:urlencoded}""#,
        r#"{"json": {"query": "{users(first: 10) {id}}"}}"#,
        r#"{"params": {"p": "{resources.a.id:urlencode}"}}"#,
        r#"{"path": "{b:03d}", "params": {"b": "x{resources.a.id}"}}"#,
        r#""a/{incremental.start_value}""#,
        r#""a/{incremental.nope}""#,
        r#"{"pth": "a"}"#,
        r#"{"method": "GTE"}"#,
        r#"{"method": 7}"#,
        r#"{"json": {"a": "{nope}"}, "headers": {"h": "{nope}", "i": 1}}"#,
        r#"{"json": {}, "data": {}}"#,
        r#"{"data": [1]}"#,
        r#"{"params": ["a"]}"#,
        r#"{"params": {"a": {"b": 1}}}"#,
        r#"{"params": {"a": {"type": "resolv", "resource": "b", "field": "id"}}}"#,
        r#"{"params": {"a": {"type": "resolve", "resource": "b", "field": "id"}}}"#,
        r#"{"path": "a/{b}", "params": {"b": {"type": "resolve", "resource": "c"}}}"#,
        r#"{"path": "a/{b}", "params": {"b": {"type": "resolve", "resource": "c", "field": "id"}}}"#,
        r#"{"path": "a/{b}", "params": {"c": 1, "d": 2}}"#,
        r#"{"path": "a/{b}", "params": {"b": [1]}}"#,
        r#"{"path": "a/{b}", "params": {"b": {"type": "incremental", "cursor_path": "at"}}}"#,
        r#"{"params": {"a": {"type": "incremental"}}}"#,
        r#"{"params": {"a": {"type": "incremental", "cursor_path": "at", "end_param": "x"}}}"#,
        r#"{"params": {"a": {"type": "incremental", "cursor_path": "at"}, "b": {"type": "incremental", "cursor_path": "at"}}}"#,
        r#"{"params": {"a": {"type": "incremental", "cursor_path": "at"}}, "incremental": {"cursor_path": "at"}}"#,
        r#"{"params": {"a": [{"b": 1}]}}"#,
        r#"{"params": {"{x}": 1}}"#,
        r#"{"data_selector": "a[b]"}"#,
        r#"{"data_selector": 1}"#,
        r#"{"incremental": {}}"#,
        r#"{"incremental": {"cursor_path": "a[b]"}}"#,
        r#"{"incremental": {"cursor_path": "at", "end_value": 9, "last_value_func": "mean", "row_order": "down", "lag": "1h", "primary_key": 3}}"#,
        r#"{"incremental": {"cursor_path": "at", "on_cursor_value_missing": "skip", "range_start": "half", "allow_external_schedulers": true}}"#,
        r#"{"incremental": {"cursor_path": "at", "initial_value": "${env:SINCE}"}}"#,
        r#"{"incremental": {"cursor_path": "at", "convert": "value|"}}"#,
        r#"{"incremental": {"cursor_path": "at", "convert": "vlaue + 1"}}"#,
        r#"{"incremental": {"cursor_path": "at", "transform": "value"}}"#,
        r#"{"incremental": {"cursor_path": "at", "window": 0, "initial_value": 1, "end_param": "to"}}"#,
        r#"{"incremental": {"cursor_path": "at", "window": 86400}}"#,
        r#"{"response_actions": {"status_code": 404}}"#,
        r#"{"response_actions": [{"status_code": "404", "action": "ignore"}]}"#,
        r#"{"response_actions": [{"status_code": 404}, {"action": "skip"}, {"status_code": 7, "action": "fail"}, "ignore"]}"#,
        r#"{"response_actions": [{"when": "body.", "action": "retry"}, {"when": "row.x", "action": "retry"}]}"#,
    ];
    insta::assert_snapshot!(
        "endpoints",
        table(cases, |case| {
            format!(r#"{{"client": {{"base_url": "http://x"}}, "resources": [{{"name": "r", "endpoint": {case}}}]}}"#)
        })
    );
}

#[test]
fn paginator_errors() {
    let cases = [
        r#""ofset""#,
        r#""offset""#,
        r#"7"#,
        r#"{"type": "offset", "limit": 0}"#,
        r#"{"type": "offset", "limit": 1, "ofset": 1}"#,
        r#"{"type": "offset", "limit": "10"}"#,
        r#"{"type": "page_number", "page_param": "p", "page_body_path": "q"}"#,
        r#"{"type": "page_number", "stop_after_empty_page": false, "total_path": null}"#,
        r#"{"type": "page_number", "base_page": -1, "maximum_page": 1.5}"#,
        r#"{"type": "cursor", "stop_after_empty_page": 1, "cursor_path": "a["}"#,
        r#"{"type": "cursor", "cursor_param": "a", "cursor_body_path": "b"}"#,
        r#"{"type": "single_page", "limit": 1}"#,
        r#"{"type": "header_link", "links_next_key": 1}"#,
        r#"{"next_url_path": "a"}"#,
    ];
    insta::assert_snapshot!(
        "paginators",
        table(cases, |case| { format!(r#"{{"client": {{"base_url": "http://x", "paginator": {case}}}, "resources": ["a"]}}"#) })
    );
}

#[test]
fn resource_relation_errors() {
    let cases = [
        // relations between resources
        r#""a", {"name": "b", "endpoint": "x/{resources.c.id}"}"#,
        r#""aa", {"name": "b", "endpoint": "x/{resources.a.id}"}"#,
        r#"{"name": "a", "endpoint": "x/{resources.a.id}"}"#,
        r#"{"name": "a", "endpoint": "x/{resources.b.id}"}, {"name": "b", "endpoint": "x/{resources.c.id}"}, {"name": "c", "endpoint": "x/{resources.a.id}"}"#,
        r#""a", "b", {"name": "c", "endpoint": "x/{resources.a.id}/{resources.b.id}"}"#,
        r#""a", "b", {"name": "c", "endpoint": "x/{resources.a.id}", "include_from_parent": {"b": "id"}}"#,
        r#""a", {"name": "b", "endpoint": "x/{resources.a.id}"}, {"name": "c", "endpoint": "x/{resources.a.id}/{resources.b.id}"}"#,
    ];
    insta::assert_snapshot!(
        "together",
        table(cases, |case| { format!(r#"{{"client": {{"base_url": "http://x"}}, "resources": [{case}]}}"#) })
    );
}

#[test]
fn toml_and_yaml_errors_have_line_and_column() {
    let toml = "[client]\nbase_ul = \"http://x\"\n\n[[resources]]\nname = \"a\"\nendpoint = { path = \"a\", params = { x = [1, { y = 1 }] } }\n\n\
                [[resources]]\nnam = \"é\"\nendpoint = { paginator = { type = \"ofset\" } }\n";
    let yaml = "client:\n  base_ul: http://x\nresources:\n- name: a\n  endpoint:\n    params: {x: [1, {y: 1}]}\n- nam: é\n  endpoint:\n    paginator: {type: ofset}\n";
    let all = format!("{}\n\n{}", problems(toml, SpecFormat::Toml), problems(yaml, SpecFormat::Yaml));
    insta::assert_snapshot!(all, @r#"
    client.base_url (line 1, column 2): required key is missing; expected a string
    client.base_ul (line 2, column 1): unknown key; did you mean `base_url`?
    resources[0].endpoint.params.x[1] (line 6, column 45): found an object, expected a string, a number, a boolean, a list of them, or an object whose type is resolve or incremental
    resources[1].name (line 8, column 1): required key is missing; expected a string
    resources[1].nam (line 9, column 1): unknown key; did you mean `name`?
    resources[1].endpoint.paginator.type (line 10, column 28): found "ofset"; did you mean `offset`?

    client.base_url (line 1, column 1): required key is missing; expected a string
    client.base_ul (line 2, column 3): unknown key; did you mean `base_url`?
    resources[0].endpoint.params.x[1] (line 6, column 21): found an object, expected a string, a number, a boolean, a list of them, or an object whose type is resolve or incremental
    resources[1].name (line 7, column 3): required key is missing; expected a string
    resources[1].nam (line 7, column 3): unknown key; did you mean `name`?
    resources[1].endpoint.paginator.type (line 9, column 17): found "ofset"; did you mean `offset`?
    "#);
    insta::assert_snapshot!(problems("a = ", SpecFormat::Toml), @"invalid TOML at line 1, column 5: expected a value, a key or a table");
    // the line may contain a secret
    insta::assert_snapshot!(problems("a = 1\ntoken = \"s3cret", SpecFormat::Toml), @"invalid TOML at line 2, column 16: invalid basic string");
    insta::assert_snapshot!(problems("a: [", SpecFormat::Yaml), @"invalid YAML at line 2, column 1: while parsing a node, did not find expected node content");
}
