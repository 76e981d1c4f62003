//! Examination of the first page.

use super::{ScriptedResponse, ScriptedServer};
use crate::{PageNumber, Paginator, ResponseAction, RestClient};

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

#[tokio::test]
async fn an_ignored_response_has_no_rows() {
    let server = ScriptedServer::start(|_| ScriptedResponse::json(404, "<html>").header("Link", "</2>; rel=\"next\""));
    let ignore = ResponseAction::ignore().status(404);
    let client = RestClient::builder().base_url(server.url()).response_action(ignore).build().unwrap();
    let probe = client.probe(client.request("issues").unwrap()).await.unwrap();
    assert_eq!((probe.rows.len(), probe.has_next_page, probe.status.as_u16(), probe.body_len), (0, false, 404, 6));
    assert_eq!(probe.detected, Err("a response action ignored the response with status 404".to_owned()));
    let expected = ["a response action ignored the response with status 404: a pagination ends without rows"];
    assert_eq!(probe.warnings, expected);
}

#[tokio::test]
async fn a_request_to_an_untrusted_origin_has_a_warning() {
    let server = ScriptedServer::start(|_| ScriptedResponse::json(200, "[1]"));
    let client = RestClient::builder().base_url("http://127.0.0.1:1").build().unwrap();
    let request = client.request(&format!("{}/issues", server.url())).unwrap();
    let request = client.restrict_to_origin(request, None).unwrap();
    let warnings = client.probe(request).await.unwrap().warnings;
    let start =
        format!("a URL leads to another origin than the API: headers, credentials and secrets are not sent to {}", server.url());
    assert!(warnings.len() == 1 && warnings[0].starts_with(&start), "{warnings:?}");
}
