//! Parsed specs.

use catchment_json::Value;

use super::{parse, value};
use crate::{ResourceBuilder, Spec, SpecBuilder, SpecFormat};

#[test]
fn formats_and_builder_yield_the_same_spec() {
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
    let yaml = "
        client: {base_url: http://x}
        resource_defaults:
          write_disposition: merge
          endpoint: {params: {per_page: 100, a: 1}}
        resources:
        - name: issues
          primary_key: id
          endpoint: {path: repos/issues, params: {a: 2}}
    ";
    let json = r#"{"client": {"base_url": "http://x"}, "resource_defaults": {"write_disposition": "merge", "endpoint": {"params":
        {"per_page": 100, "a": 1}}}, "resources": [{"name": "issues", "primary_key": "id", "endpoint": {"path": "repos/issues",
        "params": {"a": 2}}}]}"#;
    let json = format!("{:?}", parse(json));
    assert_eq!(format!("{:?}", Spec::parse(toml, SpecFormat::Toml).unwrap()), json);
    assert_eq!(format!("{:?}", Spec::parse(yaml, SpecFormat::Yaml).unwrap()), json);
    let built = SpecBuilder::new("http://x")
        // the `json!` macro would sort the keys
        .set("resource_defaults", value(r#"{"write_disposition": "merge", "endpoint": {"params": {"per_page": 100, "a": 1}}}"#))
        .resource(ResourceBuilder::new("issues").path("repos/issues").param("a", 2).set("primary_key", "id"));
    assert_eq!(format!("{:?}", built.clone().build().unwrap()), json);
    let by_serde: Spec = serde_json::from_str(&built.to_value().unwrap().to_string()).unwrap();
    assert_eq!(format!("{by_serde:?}"), json);
}

#[test]
fn builders_report_values_that_cannot_be_serialized() {
    let keys = std::collections::BTreeMap::from([(vec![1], 1)]);
    let built = SpecBuilder::new("http://x").resource(ResourceBuilder::new("a").param("p", keys)).build();
    let error = built.unwrap_err().to_string();
    assert!(error.starts_with("resources[0].endpoint.params.p: "), "{error}");
}

#[test]
fn defaults_are_merged() {
    #[track_caller]
    fn check(defaults: &str, resource: &str, expected: &str) {
        let merged = crate::spec::merge_defaults(&Value::parse(resource).unwrap(), &Value::parse(defaults).unwrap());
        assert_eq!(merged, Value::parse(expected).unwrap(), "{merged}");
    }
    check(r#"{"primary_key": "id"}"#, r#""a""#, r#"{"primary_key": "id", "name": "a"}"#);
    check(r#"{"primary_key": "id"}"#, r#"{"name": "a", "primary_key": "b"}"#, r#"{"primary_key": "b", "name": "a"}"#);
    let endpoint =
        r#"{"endpoint": {"params": {"a": 1, "b": {"c": 1}}, "json": {"x": 1}, "headers": {"h": "1"}, "method": "POST"}}"#;
    check(
        endpoint,
        r#"{"name": "a", "endpoint": "path"}"#,
        &endpoint.replace("}}\"", "").replacen(r#"{"endpoint": {"#, r#"{"name": "a", "endpoint": {"path": "path", "#, 1),
    );
    check(
        endpoint,
        r#"{"name": "a", "endpoint": {"params": {"b": {"d": 2}}, "json": {"y": 2}, "headers": {"i": "2"}}}"#,
        r#"{"name": "a", "endpoint": {"params": {"a": 1, "b": {"d": 2}}, "json": {"x": 1, "y": 2}, "headers": {"i": "2"}, "method": "POST"}}"#,
    );
    check(
        r#"{"columns": {"a": {"data_type": "text"}, "b": {"nullable": false}}}"#,
        r#"{"name": "r", "columns": {"b": {"data_type": "bool"}}}"#,
        r#"{"name": "r", "columns": {"a": {"data_type": "text"}, "b": {"nullable": false, "data_type": "bool"}}}"#,
    );
    check(
        r#"{"columns": {"a": {}}}"#,
        r#"{"name": "r", "columns": [{"name": "b"}]}"#,
        r#"{"name": "r", "columns": [{"name": "b"}]}"#,
    );
}

#[test]
fn parents_are_resolved() {
    #[track_caller]
    fn check(resources: &str, expected: &str) {
        let spec = parse(&format!(r#"{{"client": {{"base_url": "http://x"}}, "resources": [{resources}]}}"#));
        let parents =
            spec.resources.iter().map(|resource| format!("{}<{}", resource.name, resource.parent.as_deref().unwrap_or("-")));
        assert_eq!(parents.collect::<Vec<_>>().join(" "), expected, "{resources}");
    }
    let b = r#"{"name": "b", "endpoint": "a/{resources.a.id}"}"#;
    check(&format!(r#""a", {b}"#), "a<- b<a");
    check(&format!(r#"{b}, "a""#), "b<a a<-");
    for key in [
        r#""params": {"p": "{resources.a.id}"}"#,
        r#""json": {"x": ["{resources.a.id}"]}"#,
        r#""headers": {"h": "{resources.a.id}"}"#,
    ] {
        check(&format!(r#""a", {{"name": "b", "endpoint": {{{key}}}}}"#), "a<- b<a");
    }
    // the nearest of several ancestors is the parent
    check(&format!(r#""a", {b}, {{"name": "c", "endpoint": "{{resources.a.id}}/{{resources.b.id}}"}}"#), "a<- b<a c<b");
    check(&format!(r#"{{"name": "c", "endpoint": "{{resources.a.id}}/{{resources.b.id}}"}}, {b}, "a""#), "c<b b<a a<-");
    check(
        &format!(r#""a", {b}, {{"name": "c", "endpoint": "{{resources.b.id}}", "include_from_parent": {{"a": "id"}}}}"#),
        "a<- b<a c<b",
    );
}

#[test]
fn debug_output_hides_possible_secrets() {
    let spec = parse(
        r#"{"client": {"base_url": "http://me:s3cret@x", "headers": {"authorization": "s3cret"}, "auth": {"token": "s3cret"}},
        "resources": [{"name": "a", "endpoint": {"params": {"key": "s3cret"}, "json": {"key": "s3cret"}, "headers": {"k": "s3cret"}}}]}"#,
    );
    assert!(!format!("{spec:?}").contains("s3cret"), "{spec:?}");
}

/// All keys in all their forms are valid.
#[test]
fn valid_keys_are_accepted() {
    #[track_caller]
    fn check(spec: &str) {
        if let Err(error) = Spec::parse(spec, SpecFormat::Json) {
            panic!("{spec}\n{error}");
        }
    }
    let client = |keys: &str| check(&format!(r#"{{"client": {{"base_url": "http://x", {keys}}}, "resources": ["a"]}}"#));
    for auth in [
        r#""bearer""#,
        r#"{"token": "${env:T}"}"#,
        r#"{"type": "bearer", "token": null}"#,
        r#""api_key""#,
        r#"{"type": "api_key", "name": "k", "api_key": "${secret:a.b}", "location": "param"}"#,
        r#"{"type": "api_key", "location": "cookie"}"#,
        r#""http_basic""#,
        r#"{"type": "http_basic", "username": "u", "password": "{p}"}"#,
        r#""oauth2_client_credentials""#,
        r#"{"type": "oauth2_client_credentials", "access_token_url": "http://x", "client_id": "i", "client_secret": "s",
            "access_token_request_data": {"scope": "read"}, "default_token_expiration": 60, "credentials_in_header": true}"#,
        "null",
    ] {
        client(&format!(r#""auth": {auth}"#));
    }
    for paginator in [
        r#""auto""#,
        r#""header_link""#,
        r#"{"type": "header_link", "links_next_key": "next"}"#,
        r#""json_link""#,
        r#""json_response""#,
        r#"{"type": "json_link", "next_url_path": "$.links['next']"}"#,
        r#""header_cursor""#,
        r#"{"type": "header_cursor", "cursor_key": "k", "cursor_param": "p"}"#,
        r#""cursor""#,
        r#"{"type": "cursor", "cursor_path": "a.b", "cursor_body_path": "c", "stop_after_empty_page": true, "has_more_path": "m"}"#,
        r#"{"type": "offset", "limit": 10, "offset": 5, "offset_body_path": "o", "limit_body_path": "l", "total_path": null, "maximum_offset": 9}"#,
        r#""page_number""#,
        r#"{"type": "page_number", "base_page": 1, "page": 2, "page_body_path": "p", "total_path": "t", "maximum_page": 3, "has_more_path": "m"}"#,
        r#""single_page""#,
        "{}",
        "null",
    ] {
        client(&format!(r#""paginator": {paginator}"#));
    }
    client(
        r#""headers": {"a": "b", "c": "${env:C}"}, "requests_per_second": 0.5, "requests_in_flight": 3, "parallel_pages": 2, "trusted_origins": "http://y""#,
    );
    let resource =
        |keys: &str| check(&format!(r#"{{"client": {{"base_url": "http://x"}}, "resources": ["p", {{"name": "a", {keys}}}]}}"#));
    for keys in [
        r#""table_name": "t", "primary_key": ["a", "b"], "merge_key": "m", "max_table_nesting": 0, "selected": false, "parallelized": false, "resumable": true"#,
        r#""write_disposition": "skip""#,
        r#""write_disposition": {"disposition": "merge", "strategy": "scd2", "validity_column_names": ["f", "t"], "active_record_timestamp": "9999-12-31", "boundary_timestamp": "2024-01-01T00:00:00Z", "row_version_column_name": "v"}"#,
        r#""write_disposition": {"disposition": "merge", "strategy": "upsert", "deduplicated": true}"#,
        r#""columns": {"a": {"data_type": "decimal", "precision": 10, "scale": 2, "nullable": false, "x-own": 1}}, "schema_contract": "freeze""#,
        r#""columns": [{"name": "a", "hard_delete": true, "description": "d"}], "schema_contract": {"tables": "evolve", "data_type": null}"#,
        r#""nested_hints": {"l": {"primary_key": "k", "columns": {"k": {}}}}, "references": [{"columns": ["a"], "referenced_table": "p", "referenced_columns": ["id"]}], "table_format": "native", "file_format": "parquet""#,
        r#""x-bigquery-partition": {"id": "RANGE_BUCKET({column_name}, GENERATE_ARRAY(0, 9))"}, "x-bigquery-cluster-columns": "a", "x-bigquery-labels": {"team": "data"}"#,
        r#""x-bigquery-table-description": "d", "x-bigquery-table-expiration": "2030-01-31", "x-bigquery-partition-expiration-days": 7, "x-bigquery-require-partition-filter": true"#,
        r#""processing_steps": [], "incremental": {"cursor_path": "at", "lag": 3600, "convert": "value|epoch"}"#,
        r#""include_from_parent": ["id"], "endpoint": {"json": {"{{k}}": ["{resources.p.id}"]}, "method": "post"}"#,
        r#""include_from_parent": {"p": "id"}, "endpoint": "x""#,
        r#""endpoint": null"#,
    ] {
        resource(keys);
    }
    let endpoint = |endpoint: &str| resource(&format!(r#""endpoint": {endpoint}"#));
    for keys in [
        r#""a/{{b}}""#,
        r#"{"path": "{b}/{c}/{d}", "params": {"b": 1, "c": true, "d": "{resources.p.id}", "e": null, "f": ["a", 1], "g": 1.5}}"#,
        r#"{"path": "x/{b}", "params": {"b": {"type": "resolve", "resource": "p", "field": "a.b"}}}"#,
        r#"{"params": {"since": {"type": "incremental", "cursor_path": "at", "initial_value": 0}, "x": "{incremental.last_value:>5}"}}"#,
        r#"{"data": {"a": 1, "b": ["c"]}}"#,
        r#"{"data": "text", "headers": {"content-type": "text/plain"}, "auth": null}"#,
        r#"{"json": [1, null, "{incremental.end_value}"], "incremental": {"cursor_path": "at", "initial_value": 0, "end_value": 5, "end_param": "to", "range_end": "closed", "row_order": "desc", "last_value_func": "min", "window": 2}}"#,
        r#"{"response_actions": [{"action": "ignore"}, {"status_code": 404, "content": "x", "when": "headers.a == body[0].b", "action": "retry"}], "data_selector": "$..a[*]"}"#,
        r#"{"incremental": {"cursor_path": "at", "on_cursor_value_missing": "exclude", "primary_key": [], "allow_external_schedulers": false}}"#,
    ] {
        endpoint(keys);
    }
}
