//! Unusual but valid responses, and invalid responses that an error must explain.

use super::{hide_address, start};
use crate::Method;
use crate::testing::ScriptedResponse;

/// Checks the document, or the error.
async fn check(method: Method, responses: Vec<ScriptedResponse>, expected: &str) {
    let given = format!("{responses:?}");
    let (server, client) = start(move |request| responses[request.index.min(responses.len() - 1)].clone());
    let response = client.send(&client.request("x").unwrap().method(method)).await;
    let found = match response.as_ref().map(|response| response.document()) {
        Ok(Ok(document)) => format!("{:?}", document.root()),
        Ok(Err(error)) => error.to_string(),
        Err(error) => error.to_string(),
    };
    assert_eq!(hide_address(&found, &server), expected, "{given}");
}

fn raw(head: &str, body: &str) -> ScriptedResponse {
    ScriptedResponse::raw_bytes(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{body}"))
}

#[tokio::test]
async fn json_is_parsed_with_unusual_headers_and_whitespace() {
    check(Method::GET, vec![raw("content-type: text/plain\r\ncontent-length: 3", "[1]")], "[1]").await;
    check(Method::GET, vec![raw("connection: close", "[1]")], "[1]").await;
    check(Method::GET, vec![ScriptedResponse::json(200, "\u{feff}[1]")], "[1]").await;
    check(Method::GET, vec![ScriptedResponse::json(200, "\r\n [1] \n\n\t")], "[1]").await;
    check(Method::GET, vec![raw("CONTENT-TYPE: text/html\r\ncontent-type: a/b\r\nContent-Length: 3", "[1]")], "[1]").await;
    check(Method::GET, vec![raw("transfer-encoding: chunked\r\ntrailer: x-sum", "3\r\n[1]\r\n0\r\nx-sum: 7\r\n\r\n")], "[1]")
        .await;
    check(Method::GET, vec![ScriptedResponse::json(200, "[NaN, Infinity]")], "[NaN,Infinity]").await;
}

#[tokio::test]
async fn an_error_shows_a_body_that_is_not_json() {
    let login = "<!DOCTYPE html><title>Log in</title>";
    check(
        Method::GET,
        vec![ScriptedResponse::json(200, login).header("Content-Type", "text/html")],
        &format!("GET {{url}}/x failed: invalid JSON at line 1, column 1: expected a value, found '<'; the response begins with: {login}"),
    )
    .await;
    check(
        Method::GET,
        vec![ScriptedResponse::json(200, "[1] [2]")],
        "GET {url}/x failed: invalid JSON at line 1, column 5: expected the end of the text, found '['; the response begins with: [1] [2]",
    )
    .await;
}

#[tokio::test]
async fn a_rate_limit_response_may_be_html() {
    check(Method::GET, vec![ScriptedResponse::json(429, "<html>slow down</html>"), ScriptedResponse::json(200, "[1]")], "[1]")
        .await;
}

#[tokio::test]
async fn a_redirected_post_is_followed_by_a_get() {
    check(Method::POST, vec![ScriptedResponse::redirect("/y").status(303), ScriptedResponse::json(200, "[1]")], "[1]").await;
}

#[tokio::test]
async fn urls_that_are_too_long_are_not_sent() {
    let long = "x".repeat(1 << 20);
    let body = format!(r#"{{"data": [{{"id": 1}}], "next": "{long}"}}"#);
    let (server, client) = start(move |_| ScriptedResponse::json(200, &body));
    let check = async |paginator: Box<dyn crate::Paginator>, expected: &str| {
        let mut pages = client.clone().with_paginator(paginator).paginate(client.request("items").unwrap());
        let error = pages.next().await.unwrap().unwrap_err();
        assert_eq!(hide_address(&error.to_string(), &server), expected);
    };
    let expected = |bytes: usize, part: &str| {
        format!("GET {{url}}/items failed: the request URL has {bytes} bytes, the limit is 65534; its longest part is {part}")
    };
    let base = server.url().len();
    check(
        Box::new(crate::JsonCursor::new().cursor_path(crate::JsonPath::from_keys(["next"])).cursor_param("c")),
        &expected(base + 6 + 4 + (1 << 20) - 1, "the parameter `c`"),
    )
    .await;
    check(
        Box::new(crate::JsonLink::new(crate::JsonPath::from_keys(["next"]))),
        &expected(base + 1 + (1 << 20), "the path and query"),
    )
    .await;
    let error = client.get("items", &[("q", &long)]).await.unwrap_err();
    assert!(error.to_string().contains("its longest part is the parameter `q`"), "{error}");
    assert_eq!(server.requests().len(), 2);
}
