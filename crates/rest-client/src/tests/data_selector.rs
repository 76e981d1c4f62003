//! Responses without a match of the data selector.

use super::{hide_address, start};
use crate::testing::ScriptedResponse;
use crate::{JsonLink, JsonPath};

/// Checks the row count of each page, and the error.
async fn check(required: bool, bodies: &'static [&str], expected: &str) {
    let (server, client) = start(move |request| match bodies[request.index] {
        "" => ScriptedResponse::json(204, "").header("Link", "</x?page=9>; rel=\"next\""),
        body => ScriptedResponse::json(200, body),
    });
    let client = client
        .with_paginator(JsonLink::new(JsonPath::parse("next").unwrap()))
        .with_data_selector(JsonPath::parse("rows").unwrap())
        .with_data_selector_required(required);
    let mut pages = client.paginate(client.request("x").unwrap());
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        found.push(page.map_or_else(|error| error.to_string(), |page| page.rows.ids.len().to_string()));
    }
    assert_eq!(hide_address(&found.join(" | "), &server), expected, "{bodies:?}");
}

const REMEDY: &str = "correct the selector, or set data_selector_required to false if this is an empty page";

#[tokio::test]
async fn an_error_body_with_a_success_status_is_not_an_empty_page() {
    let expected = format!(
        "GET {{url}}/x failed: the data selector `rows` matches nothing, the body is an object with `error`: {REMEDY}; the response begins with: {{\"error\": \"quota\"}}"
    );
    check(true, &[r#"{"error": "quota"}"#], &expected).await;
    check(false, &[r#"{"error": "quota"}"#], "0").await;
    let later = expected.replace("/x failed", "/x?page=2 failed");
    check(true, &[r#"{"rows": [1], "next": "/x?page=2"}"#, r#"{"error": "quota"}"#], &format!("1 | {later}")).await;
}

#[tokio::test]
async fn empty_pages_are_not_errors() {
    check(true, &[r#"{"rows": []}"#], "0").await;
    check(true, &[r#"{"rows": null}"#], "0").await;
    check(true, &[r#"{"rows": [1], "next": "/x?page=2"}"#, r#"{"rows": null}"#], "1 | 0").await;
    check(true, &[r#"{"rows": [1], "next": "/x?page=2"}"#, ""], "1 | 0").await;
}
