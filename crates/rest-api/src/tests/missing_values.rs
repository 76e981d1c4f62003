//! Parent rows without a value that a request or the child rows require.

use std::sync::Arc;

use catchment_extract::{ResumePoint, Row};
use catchment_json::{Document, Selection};
use futures_util::StreamExt as _;

use super::{ScriptedServer, chain, json, parse, run_against};

const STAFF: &str =
    r#"[{"id": 1, "m": 7}, {"id": 2, "m": null}, {"id": 3}, {"id": 4, "m": ""}, {"id": 5, "m": []}, {"id": 6, "m": 8}]"#;

/// Compares the requests for the rows of `staff`, in any order, with `expected`.
#[track_caller]
fn check(endpoint: &str, expected: &[&str]) {
    let server = ScriptedServer::start(|request| if request.path == "/staff" { json(STAFF) } else { json(r#"[{"a": 1}]"#) });
    let spec =
        format!(r#"{{"client": {{"base_url": "BASE"}}, "resources": ["staff", {{"name": "c", "endpoint": {endpoint}}}]}}"#);
    let (_, rows) = run_against(&spec, &server);
    let rows = rows.unwrap();
    let of_staff = rows.iter().filter(|row| row.starts_with("staff ")).count();
    let show = |request: &super::ReceivedRequest| {
        format!("{} {} {}", super::shown(request), request.header("x-m").unwrap_or("-"), request.text())
    };
    let mut found: Vec<_> = server.requests().iter().map(show).filter(|request| !request.starts_with("GET /staff")).collect();
    found.sort();
    assert_eq!(found, expected, "{endpoint}");
    assert_eq!((of_staff, rows.len()), (6, 6 + expected.len()), "{endpoint}");
}

#[test]
fn rows_without_a_value_are_skipped() {
    check(
        r#"{"path": "people", "params": {"id": "{resources.staff.m}"}}"#,
        &["GET /people?id= - ", "GET /people?id=7 - ", "GET /people?id=8 - "],
    );
    check(
        r#"{"path": "people", "params": {"id": "{resources.staff.m:>2}", "only": "{resources.staff.id}"}}"#,
        &[
            "GET /people?id=  &only=4 - ",
            "GET /people?id= 7&only=1 - ",
            "GET /people?id= 8&only=6 - ",
            "GET /people?id=[]&only=5 - ",
        ],
    );
    check(
        r#"{"path": "people", "method": "POST", "json": {"id": "{resources.staff.m}"}}"#,
        &[
            r#"POST /people - {"id":""}"#,
            r#"POST /people - {"id":7}"#,
            r#"POST /people - {"id":8}"#,
            r#"POST /people - {"id":[]}"#,
        ],
    );
    check(
        r#"{"path": "people", "method": "POST", "data": {"id": "m{resources.staff.m}"}}"#,
        &["POST /people - id=m", "POST /people - id=m%5B%5D", "POST /people - id=m7", "POST /people - id=m8"],
    );
    check(
        r#"{"path": "people", "method": "POST", "data": {"id": "{resources.staff.m}"}}"#,
        &["POST /people - id=", "POST /people - id=7", "POST /people - id=8"],
    );
    check(
        r#"{"path": "people", "headers": {"x-m": "{resources.staff.m}"}}"#,
        &["GET /people  ", "GET /people 7 ", "GET /people 8 ", "GET /people [] "],
    );
}

/// Returns the output for a row of `users` and a resource with these keys: rows and warnings, or the error.
fn pages_of(row: &str, resource: &str) -> String {
    let server = ScriptedServer::start(|_| json(r#"[{"a": 1}]"#));
    let spec = format!(
        r#"{{"client": {{"base_url": "{}", "paginator": "single_page"}}, "resources": ["users", {{"name": "c", {resource}}}]}}"#,
        server.url()
    );
    let spec = parse(&spec);
    let endpoint = Arc::new(crate::RestApi::new(&spec).endpoints(0).unwrap().pop().unwrap().1);
    let page = Selection::from_document(Document::parse(row.as_bytes().to_vec()).unwrap());
    let start = ResumePoint::new(Some("2024-01-01".into()), Some("2024-01-01".into())).with_end_value(Some("2024-01-03".into()));
    let pages = crate::pages::dependent_pages(&endpoint, Row::from_page(&page).pop().unwrap(), &start, 0);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let show = |page: Result<catchment_extract::Page, catchment_extract::PageError>| match page {
        Ok(page) => {
            let mut rows = String::new();
            page.rows.write_json(&mut rows);
            std::iter::once(rows).chain(page.warnings).collect::<Vec<_>>().join(" ")
        }
        Err(error) => chain(&*error),
    };
    runtime.block_on(pages.map(show).collect::<Vec<_>>()).join("; ")
}

#[test]
fn skipped_rows_cause_a_warning_without_row_data() {
    #[track_caller]
    fn check(row: &str, endpoint: &str, expected: &str) {
        let found = pages_of(row, &format!(r#""endpoint": {endpoint}"#));
        assert_eq!(found, format!("[] skipped 1 row of resource `users`: field {expected}"), "{row}");
    }
    let path = r#""x/{resources.users.id}/y""#;
    check(r#"{"id": null, "name": "ada"}"#, path, "`id` is null");
    check(r#"{"name": "ada"}"#, path, "`id` is missing");
    check(r#"{"id": ""}"#, path, "`id` is an empty string");
    check(r#"{"id": ""}"#, r#""x/{resources.users.id:05}/y""#, "`id` is an empty string");
    check(
        r#"{"id": null}"#,
        r#"{"path": "x/{u}", "params": {"u": {"type": "resolve", "resource": "users", "field": "id"}}}"#,
        "`id` is null",
    );
    check("7", path, "`id` is missing");
    check(r#"{"id": [null]}"#, r#"{"params": {"ids": "{resources.users.id}"}}"#, "`id` is an empty list");
    // once per row, not once per window
    check(
        r#"{"id": null}"#,
        r#"{"params": {"u": "{resources.users.id}", "to": "{incremental.end_value}"},
            "incremental": {"cursor_path": "at", "initial_value": "2024-01-01", "window": 1}}"#,
        "`id` is null",
    );
}

#[test]
fn a_missing_value_fails_the_run_with_raise() {
    #[track_caller]
    fn check(row: &str, field: &str, expected: &str) {
        let endpoint = format!(r#""endpoint": {{"path": "x/{{resources.users.{field}}}", "on_parent_value_missing": "raise"}}"#);
        let hint = "; set `on_parent_value_missing: exclude` to skip such rows";
        assert_eq!(
            pages_of(row, &endpoint),
            format!("cannot build the request: field `{field}` of the row of resource `users` {expected}{hint}")
        );
    }
    check(r#"{"id": null}"#, "id", "is null");
    check(r#"{"id": ""}"#, "id", "is an empty string");
    check(r#"{"a": 1, "b": 2}"#, "id", "is missing (available: a, b)");
    check(r#"{}"#, "id", "is missing (the row has no fields)");
    check(r#"{"org": {"id": null}}"#, "org.id", "is null");
}

#[test]
fn a_list_in_a_query_is_a_repeated_parameter_and_an_object_is_an_error() {
    let server = ScriptedServer::start(|request| match request.path.as_str() {
        "/users" => json(r#"[{"ids": [1, null, "b"]}]"#),
        _ => json("[]"),
    });
    let spec = r#"{"client": {"base_url": "BASE"}, "resources": ["users", {"name": "c", "endpoint": {"params": {"id": "{resources.users.ids}"}}}]}"#;
    assert_eq!(run_against(spec, &server).0, ["GET /users", "GET /c?id=1&id=b"]);
    #[track_caller]
    fn check(value: &str, param: &str) {
        let found = pages_of(&format!(r#"{{"id": {value}}}"#), &format!(r#""endpoint": {{"params": {{"p": "{param}"}}}}"#));
        assert_eq!(
            found,
            format!(
                "cannot build the request: field `id` of the row of resource `users` is {value}, which is not allowed in a query; \
                 reference another field"
            )
        );
    }
    check(r#"{"a":1}"#, "{resources.users.id}");
    check("[[1]]", "{resources.users.id}");
    check("[1]", "x{resources.users.id}");
}

#[test]
fn a_missing_field_of_include_from_parent_is_null() {
    #[track_caller]
    fn check(row: &str, mode: &str, expected: &str) {
        let resource = format!(
            r#""include_from_parent": ["name"], "endpoint": {{"path": "x/{{resources.users.id}}/y", "on_parent_value_missing": "{mode}"}}"#
        );
        assert_eq!(pages_of(row, &resource), expected, "{row}");
    }
    check(r#"{"id": 1, "name": "ada"}"#, "exclude", r#"[{"a":1,"_users_name":"ada"}]"#);
    check(r#"{"id": 1, "name": null}"#, "raise", r#"[{"a":1,"_users_name":null}]"#);
    check(
        r#"{"id": 1}"#,
        "exclude",
        r#"[{"a":1,"_users_name":null}] 1 row of resource `users` has no field `name`: `_users_name` is null"#,
    );
    check(
        r#"{"id": 1}"#,
        "raise",
        "`include_from_parent`: the row of resource `users` has no field `name` (available: id); set `on_parent_value_missing: exclude` to use null",
    );
}
