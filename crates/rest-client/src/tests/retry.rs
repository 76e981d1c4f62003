//! Retries of requests.

use std::time::Duration;

use super::start_with;
use crate::Method;
use crate::testing::ScriptedResponse;

/// Sends a request to a server that returns `responses` in turn and repeats the last one. Checks the number of requests and
/// the result.
async fn check(method: Method, responses: Vec<ScriptedResponse>, requests: usize, expected: &str) {
    check_request(method, None, responses, requests, expected).await;
}

async fn check_request(
    method: Method,
    idempotent: Option<bool>,
    responses: Vec<ScriptedResponse>,
    requests: usize,
    expected: &str,
) {
    let given = format!("{method} {responses:?}");
    // short if no response ever arrives; long if a response follows, which may take a while on a busy machine
    let hangs = given.matches("Hang").count();
    let timeout = Duration::from_millis(if hangs == responses.len() { 50 } else { 1000 });
    let (server, client) = start_with(
        |client| if hangs > 0 { client.timeout(timeout) } else { client },
        move |request| responses[request.index.min(responses.len() - 1)].clone(),
    );
    let mut request = client.request("x").unwrap();
    request.idempotent = crate::Request::new(method.clone(), request.url.clone()).idempotent;
    request.method = method;
    request.idempotent = idempotent.unwrap_or(request.idempotent);
    let ended = match client.send(&request).await {
        Ok(response) => response.excerpt(),
        Err(error) => format!("{} after {}, retryable: {}", name(&error), error.attempts(), error.is_retryable()),
    };
    assert_eq!((ended.as_str(), server.requests().len()), (expected, requests), "{given}");
}

/// Returns the name of the error kind, or the status.
fn name(error: &crate::Error) -> String {
    match error.kind() {
        crate::ErrorKind::Status(status) => status.as_str().to_owned(),
        kind => format!("{kind:?}").split([' ', '(']).next().unwrap_or_default().to_owned(),
    }
}

fn ok() -> ScriptedResponse {
    ScriptedResponse::json(200, "[1, 2]")
}

#[tokio::test]
async fn statuses() {
    for status in [429, 500, 502, 503, 599] {
        check(Method::GET, vec![ScriptedResponse::json(status, ""), ok()], 2, "[1, 2]").await;
        check(Method::GET, vec![ScriptedResponse::json(status, "")], 3, &format!("{status} after 3, retryable: true")).await;
    }
    for status in [400, 401, 403, 404, 409, 600] {
        check(Method::GET, vec![ScriptedResponse::json(status, ""), ok()], 1, &format!("{status} after 1, retryable: false"))
            .await;
    }
}

#[tokio::test]
async fn broken_connections() {
    check(Method::GET, vec![ScriptedResponse::reset(), ok()], 2, "[1, 2]").await;
    check(Method::GET, vec![ScriptedResponse::truncated("[1, 2]", 3), ok()], 2, "[1, 2]").await;
    check(Method::GET, vec![ScriptedResponse::truncated("[1, 2]", 0), ok()], 2, "[1, 2]").await;
    check(Method::GET, vec![ScriptedResponse::wrong_length("[1, 2]", 7), ok()], 2, "[1, 2]").await;
    check(Method::GET, vec![ScriptedResponse::truncated("[1, 2]", 3)], 3, "IncompleteBody after 3, retryable: true").await;
    check(Method::GET, vec![ScriptedResponse::hang(), ok()], 2, "[1, 2]").await;
    check(Method::GET, vec![ScriptedResponse::hang()], 3, "Timeout after 3, retryable: true").await;
    check(Method::GET, vec![ScriptedResponse::json(500, ""), ScriptedResponse::reset(), ok()], 3, "[1, 2]").await;
}

#[tokio::test]
async fn methods() {
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::OPTIONS] {
        check(method, vec![ScriptedResponse::json(503, ""), ok()], 2, "[1, 2]").await;
    }
    for method in [Method::POST, Method::PATCH] {
        check(method, vec![ScriptedResponse::json(503, ""), ok()], 1, "503 after 1, retryable: true").await;
    }
    check(Method::POST, vec![ScriptedResponse::reset(), ok()], 1, "Connection after 1, retryable: true").await;
    check_request(Method::POST, Some(true), vec![ScriptedResponse::json(503, ""), ok()], 2, "[1, 2]").await;
    check_request(Method::GET, Some(false), vec![ScriptedResponse::json(503, ""), ok()], 1, "503 after 1, retryable: true").await;
}

#[tokio::test]
async fn retry_after_is_respected() {
    // capped at the maximum delay of these tests, which is 0
    let responses = vec![ScriptedResponse::json(429, "").header("Retry-After", "3600"), ok()];
    check(Method::GET, responses, 2, "[1, 2]").await;

    let (_server, client) = start_with(|client| client, |_| ScriptedResponse::json(429, "").header("Retry-After", "3600"));
    let error = client.get("x", &[]).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
}
