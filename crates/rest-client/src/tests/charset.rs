//! Charsets of bodies.

use super::{hide_address, start};
use crate::testing::ScriptedResponse;

/// Checks the decoded document, or the error.
async fn check(response: ScriptedResponse, expected: &str) {
    let (server, client) = start(move |_| response.clone());
    let found = match client.get("x", &[]).await {
        Ok(response) => match response.document() {
            Ok(document) => format!("{:?}", document.root()),
            Err(error) => error.to_string(),
        },
        Err(error) => error.to_string(),
    };
    assert_eq!(hide_address(&found, &server), expected);
}

fn of_type(content_type: &str, body: &[u8]) -> ScriptedResponse {
    let length = body.len();
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    ScriptedResponse::raw_bytes([head.as_bytes(), body].concat())
}

#[tokio::test]
async fn the_charset_of_content_type_is_decoded() {
    check(of_type("application/json; charset=iso-8859-1", b"[\"Zo\xeb\"]"), r#"["Zoë"]"#).await;
    check(of_type("application/json", b"\xff\xfe[\0]\0"), "[]").await;
    check(of_type("text/plain", "[\"Zoë\"]".as_bytes()), r#"["Zoë"]"#).await;
    check(
        of_type("application/json; charset=x-mars", b"[\"Zo\xeb\"]"),
        "GET {url}/x failed: the charset `x-mars` in Content-Type is not supported, and the body is not UTF-8; the response begins with: [\"Zo\u{fffd}\"]",
    )
    .await;
}

#[tokio::test]
async fn a_body_that_is_not_utf8_and_declares_no_charset_is_an_error() {
    check(
        of_type("application/json", b"[\"Zo\xeb\"]"),
        "GET {url}/x failed: invalid JSON at line 1, column 5: the text is not UTF-8: byte 4 is invalid, and Content-Type declares no other charset; the response begins with: [\"Zo\u{fffd}\"]",
    )
    .await;
}
