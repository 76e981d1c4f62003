//! Examination of the first page.

use super::{ScriptedResponse, ScriptedServer};
use crate::{PageNumber, Paginator, RestClient};

/// Returns what a probe of an endpoint with this response finds.
async fn probe(response: impl Fn() -> ScriptedResponse + Send + Sync + 'static, paginator: Option<Box<dyn Paginator>>) -> String {
    let server = ScriptedServer::start(move |_| response());
    let mut client = RestClient::builder().base_url(server.url()).build().unwrap();
    if let Some(paginator) = paginator {
        client = client.with_paginator(paginator);
    }
    let found = client.probe(client.request("issues").unwrap()).await;
    assert_eq!(server.requests().len(), 1);
    match found {
        Ok(probe) => {
            let selector = probe.data_selector.map_or("the body".to_owned(), |selector| selector.to_string());
            let detected = probe.detected.map_or_else(|error| format!("error: {error}"), |detected| detected.to_string());
            let next = if probe.has_next_page { "more" } else { "end" };
            format!("{} rows at {selector}, {detected}, {next}", probe.rows.ids.len())
        }
        Err(error) => format!("error: {error}"),
    }
}

#[tokio::test]
async fn pagination_and_rows_are_detected() {
    #[track_caller]
    fn check(found: String, expected: &str) {
        assert_eq!(found, expected);
    }
    let json = |body: &'static str| move || ScriptedResponse::json(200, body);
    check(probe(json("[1, 2]"), None).await, "2 rows at the body, single_page, end");
    check(
        probe(|| ScriptedResponse::json(200, "[1]").header("Link", "</2>; rel=\"next\""), None).await,
        "1 rows at the body, header_link (relation next), more",
    );
    check(probe(json(r#"{"data": [1], "next": "/2"}"#), None).await, "1 rows at data, json_link (URL at next), more");
    check(
        probe(json(r#"{"items": [1], "next_cursor": "x"}"#), None).await,
        "1 rows at items, cursor (cursor at next_cursor, parameter cursor), more",
    );
    check(
        probe(json(r#"{"items": [1], "page": 1, "total_pages": 3}"#), None).await,
        "1 rows at items, page_number (parameter page from 1, total at total_pages), more",
    );
    check(probe(json(r#"{"id": 7}"#), None).await, "1 rows at the body, single_page, end");
}

#[tokio::test]
async fn a_configured_paginator_determines_the_next_page() {
    let response = || ScriptedResponse::json(200, r#"{"items": [1], "next_cursor": "x"}"#);
    let paginator: Box<dyn Paginator> = Box::new(PageNumber::new().page_param("p"));
    let found = probe(response, Some(paginator)).await;
    assert!(found.ends_with("cursor (cursor at next_cursor, parameter cursor), more"), "{found}");
}

#[tokio::test]
async fn a_failed_request_is_an_error() {
    let found = probe(|| ScriptedResponse::json(404, r#"{"error": "no such thing"}"#), None).await;
    assert!(found.starts_with("error: GET ") && found.contains("404"), "{found}");
}
