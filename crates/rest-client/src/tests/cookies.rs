//! Cookies of responses in later requests.

use super::{hide_address, start, start_with};
use crate::testing::{ScriptedResponse, ScriptedServer};
use crate::{BearerToken, JsonLink, JsonPath, Secret};

/// Returns the cookies of each request.
fn seen(server: &ScriptedServer) -> Vec<String> {
    let show = |request: crate::testing::ReceivedRequest| request.header("cookie").unwrap_or("none").to_owned();
    server.requests().into_iter().map(show).collect()
}

#[tokio::test]
async fn next_pages_get_the_cookies_of_earlier_pages() {
    let (server, client) = start(|request| match request.param("page").unwrap_or("1") {
        "1" => ScriptedResponse::json(200, r#"{"rows": [1], "next": "/x?page=2"}"#)
            .header("Set-Cookie", "lb=node7; Path=/; HttpOnly"),
        _ => ScriptedResponse::json(200, r#"{"rows": [2], "next": null}"#),
    });
    let client = client.with_paginator(JsonLink::new(JsonPath::parse("next").unwrap()));
    let mut pages = client.paginate(client.request("x").unwrap());
    while let Some(page) = pages.next().await {
        page.unwrap();
    }
    assert_eq!(seen(&server), ["none", "lb=node7"]);
}

#[tokio::test]
async fn retries_and_redirects_get_cookies() {
    let (server, client) = start(|request| match request.index {
        0 => ScriptedResponse::json(503, "").header("Set-Cookie", "a=1; Path=/"),
        1 => ScriptedResponse::redirect("/y").header("Set-Cookie", "b=2; Path=/"),
        _ => ScriptedResponse::json(200, "[]"),
    });
    client.get("x", &[]).await.unwrap();
    assert_eq!(seen(&server), ["none", "a=1", "a=1; b=2"]);
}

#[tokio::test]
async fn a_configured_cookie_takes_precedence() {
    let (server, client) = start_with(
        |client| client.header("Cookie", "a=mine"),
        |_| ScriptedResponse::json(200, "[]").header("Set-Cookie", "a=theirs; Path=/").header("Set-Cookie", "b=2; Path=/"),
    );
    client.get("x", &[]).await.unwrap();
    client.get("x", &[]).await.unwrap();
    assert_eq!(seen(&server), ["a=mine", "a=mine; b=2"]);
}

#[tokio::test]
async fn other_credentials_start_without_cookies() {
    let (server, client) = start(|_| ScriptedResponse::json(200, "[]").header("Set-Cookie", "session=anonymous; Path=/"));
    client.get("x", &[]).await.unwrap();
    client.clone().with_auth(BearerToken::new(Secret::from("token"))).get("x", &[]).await.unwrap();
    client.get("x", &[]).await.unwrap();
    assert_eq!(seen(&server), ["none", "none", "session=anonymous"]);
}

#[tokio::test]
async fn cookies_are_masked_in_the_response() {
    let (server, client) = start_with(
        |client| client.header("Cookie", "own=c0nfigured"),
        |request| match request.index {
            0 => ScriptedResponse::json(200, "[]").header("Set-Cookie", "sid=s3cret; Path=/"),
            _ => ScriptedResponse::json(403, "no c0nfigured, s3cret or fr3sh").header("Set-Cookie", "new=fr3sh; Path=/"),
        },
    );
    let response = client.get("x", &[]).await.unwrap();
    assert!(!format!("{response:?}").contains("s3cret"));
    let error = client.get("x", &[]).await.unwrap_err();
    assert_eq!(hide_address(&error.to_string(), &server), "GET {url}/x returned 403 Forbidden: no ***, *** or ***");
}
