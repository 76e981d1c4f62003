//! What specs say, as it is read.

use catchment_json::Value;

use super::{parse, value};
use crate::{Format, ResourceBuilder, Spec, SpecBuilder};

#[test]
fn the_three_notations_say_the_same() {
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
    assert_eq!(format!("{:?}", Spec::parse(toml, Format::Toml).unwrap()), json);
    assert_eq!(format!("{:?}", Spec::parse(yaml, Format::Yaml).unwrap()), json);
    let built = SpecBuilder::new("http://x")
        // the macro of serde_json would sort the keys
        .set("resource_defaults", value(r#"{"write_disposition": "merge", "endpoint": {"params": {"per_page": 100, "a": 1}}}"#))
        .resource(ResourceBuilder::new("issues").path("repos/issues").param("a", 2).set("primary_key", "id"));
    assert_eq!(format!("{:?}", built.clone().build().unwrap()), json);
    let by_serde: Spec = serde_json::from_str(&built.to_value().unwrap().to_string()).unwrap();
    assert_eq!(format!("{by_serde:?}"), json);
}

#[test]
fn builders_tell_what_cannot_be_a_value() {
    let keys = std::collections::BTreeMap::from([(vec![1], 1)]);
    let built = SpecBuilder::new("http://x").resource(ResourceBuilder::new("a").param("p", keys)).build();
    let error = built.unwrap_err().to_string();
    assert!(error.starts_with("resources[0].endpoint.params.p: "), "{error}");
}

#[test]
fn defaults_are_merged() {
    #[track_caller]
    fn check(defaults: &str, resource: &str, expected: &str) {
        let merged = crate::spec::merged(&Value::parse(resource).unwrap(), &Value::parse(defaults).unwrap());
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
fn parents_are_found() {
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
    for place in [
        r#""params": {"p": "{resources.a.id}"}"#,
        r#""json": {"x": ["{resources.a.id}"]}"#,
        r#""headers": {"h": "{resources.a.id}"}"#,
    ] {
        check(&format!(r#""a", {{"name": "b", "endpoint": {{{place}}}}}"#), "a<- b<a");
    }
    // of several that feed one another it is the last
    check(&format!(r#""a", {b}, {{"name": "c", "endpoint": "{{resources.a.id}}/{{resources.b.id}}"}}"#), "a<- b<a c<b");
    check(&format!(r#"{{"name": "c", "endpoint": "{{resources.a.id}}/{{resources.b.id}}"}}, {b}, "a""#), "c<b b<a a<-");
    check(
        &format!(r#""a", {b}, {{"name": "c", "endpoint": "{{resources.b.id}}", "include_from_parent": {{"a": "id"}}}}"#),
        "a<- b<a c<b",
    );
}

#[test]
fn debug_output_has_no_texts_that_may_be_secrets() {
    let spec = parse(
        r#"{"client": {"base_url": "http://me:s3cret@x", "headers": {"authorization": "s3cret"}, "auth": {"token": "s3cret"}},
        "resources": [{"name": "a", "endpoint": {"params": {"key": "s3cret"}, "json": {"key": "s3cret"}, "headers": {"k": "s3cret"}}}]}"#,
    );
    assert!(!format!("{spec:?}").contains("s3cret"), "{spec:?}");
}
