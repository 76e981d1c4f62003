//! Requests of the paginators in specs.

use super::{ScriptedResponse, ScriptedServer, extract_queries};

/// Compares the queries that a paginator sends with `expected`. Every page of the server has two rows, the total 2 and the
/// cursor `c`.
#[track_caller]
fn check(paginator: &str, expected: &str) {
    let body = r#"{"rows": [1, 2], "total": 2, "more": false, "next": "c", "cursors": {"next": "c"}, "meta": {"n": "4"}}"#;
    let server = ScriptedServer::start(move |request| match request.param("cursor").or(request.param("c")) {
        None => ScriptedResponse::json(200, body).header("next", "c"),
        Some(_) => ScriptedResponse::json(200, r#"{"rows": [3]}"#),
    });
    let spec = format!(
        r#"{{"client": {{"base_url": "BASE", "paginator": {paginator}}}, "resources": [{{"name": "a", "endpoint": {{"data_selector": "rows"}}}}]}}"#,
    );
    assert_eq!(extract_queries(&spec, &server), expected, "{paginator}");
}

#[test]
fn paginators() {
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
