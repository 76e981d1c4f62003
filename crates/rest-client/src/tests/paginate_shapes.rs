//! Detection of the pagination of many APIs: all rows are received, or missing rows are reported.

mod links;
mod numbers;
mod shape;
mod token_detection;

use shape::Shape;

use super::start;
use crate::Value;
use crate::testing::ScriptedResponse;

fn shapes() -> impl Iterator<Item = Shape> {
    [links::SHAPES, token_detection::SHAPES, numbers::SHAPES].into_iter().flatten().copied()
}

/// Prints the outcome of each shape with `--nocapture`.
#[tokio::test]
async fn no_shape_is_truncated_silently() {
    let (mut counts, mut wrong) = ([0; 4], Vec::new());
    for shape in shapes() {
        let (outcome, text) = shape.read().await;
        println!("{:<10} {}", format!("{outcome:?}").to_lowercase(), shape.name);
        counts[outcome as usize] += 1;
        if outcome != shape.expected {
            wrong.push(format!("{}: {outcome:?} instead of {:?}: {text}", shape.name, shape.expected));
        }
    }
    let [followed, failed, warned, truncated] = counts;
    println!("followed {followed}, failed {failed}, warned {warned}, truncated {truncated}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(truncated, 0);
}

/// Complete responses with keys that look like pagination metadata.
const COMPLETE: &[(&str, &str)] = &[
    ("x", "[1, 2]"),
    ("x", r#"{"count": 2, "results": [1, 2]}"#),
    ("x", r#"{"total": 2, "items": [1, null]}"#),
    ("x", r#"{"total": 1, "items": [1, 2]}"#),
    ("x", r#"{"facets": {"total": 90}, "items": [1, 2]}"#),
    ("x", r#"{"id": 7, "total": 90, "items": [1, 2]}"#),
    ("x", r#"{"total": 90, "currency": "EUR", "items": [1, 2]}"#),
    ("x", r#"{"order_id": 7, "total": 90, "items": [1, 2]}"#),
    ("x", r#"{"total": 90.5, "items": [1, 2]}"#),
    ("x", r#"{"items": [{"total": 90}]}"#),
    ("x", r#"{"has_more": false, "items": [1, 2]}"#),
    ("x", r#"{"nextSyncToken": "a", "items": [1, 2]}"#),
    ("x", r#"{"items": [{"id": 1, "next_review": "2026-01-01"}, {"id": 2, "next_review": "2026-01-02", "next": "/y"}]}"#),
    ("x", r#"{"next_review": "2026-01-01", "items": [1, 2]}"#),
    ("x", r#"{"next_payment": 30, "items": [1, 2]}"#),
    ("x", r#"{"user": {"next_level": 5}, "items": [1, 2]}"#),
    ("x", r#"{"next_event": {"id": 5}, "items": [1, 2]}"#),
    ("x", r#"{"_links": {"next": {"href": null}}, "items": [1, 2]}"#),
    ("x", r#"{"_links": {"next": {"href": ""}}, "items": [1, 2]}"#),
    ("x", r#"{"page": 1, "pages": 1, "items": [1, 2]}"#),
    ("x", r#"{"page": 1, "pages": 1, "per_page": 2, "items": [1, 2]}"#),
    ("x", r#"{"page": 1, "total_pages": 1, "total": 2, "per_page": 50, "items": [1, 2]}"#),
    ("x", r#"{"current_page": 1, "last_page": 1, "per_page": 2, "next_page_url": null, "data": [1, 2]}"#),
    ("x", r#"{"startAt": 0, "maxResults": 50, "total": 2, "issues": [1, 2]}"#),
    ("x", r#"{"start": 0, "limit": 50, "size": 2, "results": [1, 2]}"#),
    ("x?after=abc", r#"{"after": "abc", "items": [1, 2]}"#),
    ("x?since=abc", r#"{"after": "abc", "items": [1, 2]}"#),
    ("x?offset=2&limit=2", r#"{"offset": 2, "limit": 50, "total": 4, "items": [1, 2]}"#),
    ("x?page=3", r#"{"page": 3, "pages": 3, "items": [1, 2]}"#),
    ("x?limit=3", "[1, 2]"),
    ("x", r#"{"hits": {"total": {"value": 2, "relation": "eq"}, "hits": [1, 2]}, "_scroll_id": "a"}"#),
    ("x", r#"{"Items": [1, 2], "Count": 2, "LastEvaluatedKey": null}"#),
    ("x", r#"{"Items": [1, 2], "Count": 2, "LastEvaluatedKey": {}}"#),
    ("x", r#"{"links": [{"rel": "self", "href": "/x"}], "orders": [1, 2]}"#),
    ("x", r#"{"data": [1, 2], "comments": {"has_more": true}}"#),
    ("x", r#"[{"page": 1, "pages": 1, "per_page": "50", "total": 2}, [1, 2]]"#),
    ("x", r#"[{"total": 130, "name": "a"}, {"total": 7, "name": "b"}]"#),
    ("x", r#"{"response": {"cursor": 0, "results": [1, 2], "count": 2, "remaining": 0}}"#),
    ("x", r#"{"id": 1, "next_billing_date": "2026-01-01"}"#),
    ("x", r#"{"id": 1, "next_token": "a", "has_more": true}"#),
    ("x", r#"{"name": "a", "total_pages": 300}"#),
];

#[tokio::test]
async fn complete_responses_cause_no_warnings() {
    for (path, body) in COMPLETE {
        assert_eq!(warnings(path, body).await, "", "{path} {body}");
    }
    // 37 is not a common page size
    let rows: &'static str = format!("[{}]", vec!["1"; 37].join(",")).leak();
    assert_eq!(warnings("x", rows).await, "");
}

/// Returns the warnings about all pages of a server that always responds with this body, or the error.
async fn warnings(path: &str, body: &'static str) -> String {
    let (_server, client) = start(move |_| ScriptedResponse::json(200, body));
    let mut pages = client.paginate(client.request(path).unwrap());
    let mut warnings = Vec::new();
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => warnings.extend(page.warnings),
            Err(error) => return error.to_string(),
        }
    }
    warnings.join(" | ")
}

#[tokio::test]
async fn a_page_of_a_hundred_rows_is_a_warning() {
    let rows: &'static str = format!("[{}]", vec!["1"; 100].join(",")).leak();
    assert!(warnings("x", rows).await.contains("returned exactly 100 rows"));
    assert!(warnings("x?limit=2", "[1, 2]").await.contains("further rows may be missing"));
}

/// The last token of Facebook leads to an empty page.
#[tokio::test]
async fn a_token_may_lead_to_an_empty_page() {
    let (server, client) = start(|request| {
        let first = r#"{"data": [1, 2], "paging": {"cursors": {"before": "a", "after": "b"}}}"#;
        ScriptedResponse::json(200, if request.param("after").is_none() { first } else { r#"{"data": []}"# })
    });
    let mut pages = client.paginate(client.request("x").unwrap());
    while let Some(page) = pages.next().await {
        assert_eq!(page.unwrap().warnings, Vec::<String>::new());
    }
    assert_eq!(server.requests().len(), 2);
}

/// Returns the number of requests and the error. `{n}` in the body is the number of the request.
async fn endless(body: &'static str) -> (usize, String) {
    let (server, client) = start(move |request| ScriptedResponse::json(200, body.replace("{n}", &request.index.to_string())));
    let mut pages = client.paginate(client.request("x").unwrap());
    while let Some(page) = pages.next().await {
        if let Err(error) = page {
            return (server.requests().len(), error.to_string());
        }
    }
    (server.requests().len(), String::new())
}

#[tokio::test]
async fn empty_pages_that_never_end_are_an_error() {
    for body in [
        r#"{"items": [], "next_cursor": "t{n}"}"#,
        r#"{"items": [], "next": "/x?n={n}"}"#,
        r#"{"items": [], "links": [{"rel": "next", "href": "/x?n={n}"}]}"#,
    ] {
        let (requests, error) = endless(body).await;
        assert!(requests < 200 && error.contains("set a paginator"), "{requests} {error}");
    }
}

/// Pages that a filter of the API left empty count as pages.
#[tokio::test]
async fn an_empty_page_in_the_middle_is_no_shortfall() {
    let (_server, client) = start(|request| {
        let (link, rows) = match request.param("page") {
            None => ("</x?page=2>; rel=next", "[1]"),
            Some("2") => ("</x?page=3>; rel=next", "[]"),
            _ => ("</x?page=1>; rel=prev", "[2]"),
        };
        ScriptedResponse::json(200, rows).header("X-Total-Pages", "3").header("Link", link)
    });
    let mut pages = client.paginate(client.request("x").unwrap());
    let mut rows = 0;
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        assert_eq!(page.warnings, Vec::<String>::new());
        rows += page.rows.ids.len();
    }
    assert_eq!(rows, 2);
}

/// Checks that an error contains a suggestion.
#[track_caller]
fn suggested(error: &str, expected: &str) {
    assert!(error.contains(expected), "{expected}: {error}");
}

#[tokio::test]
async fn the_path_in_a_body_is_suggested() {
    let post = async |body: &str, response: &'static str| {
        let (_server, client) = start(move |_| ScriptedResponse::json(200, response));
        let request = client.request("x").unwrap().method(crate::Method::POST).json(Value::parse(body).unwrap());
        client.paginate(request).next().await.unwrap().unwrap_err().to_string()
    };
    let page = r#"{"data": {"x": {"nodes": [{"id": 1}], "pageInfo": {"hasNextPage": true, "endCursor": "c"}}}}"#;
    let cursor = r#"{type: cursor, cursor_path: "data.x.pageInfo.endCursor", cursor_body_path: "#;
    suggested(&post(r#"{"query": "…"}"#, page).await, &format!("{cursor}\"variables.after\"}}"));
    suggested(
        &post(r#"{"query": "…", "variables": {"input": {"after": null}}}"#, page).await,
        &format!("{cursor}\"variables.input.after\"}}"),
    );
    suggested(&post("{}", page).await, &format!("{cursor}\"after\"}}"));
    let counted = r#"{"page": 1, "totalPages": 2, "items": [1]}"#;
    suggested(
        &post(r#"{"paging": {"page": 1}}"#, counted).await,
        r#"{type: page_number, base_page: 1, page_body_path: "paging.page", total_path: "totalPages"}"#,
    );
    let hits = r#"{"hits": {"total": {"value": 9}, "hits": [1]}}"#;
    suggested(
        &post(r#"{"from": 0, "size": 1}"#, hits).await,
        r#"{type: offset, limit: 1, offset_body_path: "from", limit_body_path: "size", total_path: "hits.total.value"}"#,
    );
}
