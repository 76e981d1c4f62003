//! Response actions.

use super::{hide_address, start_with};
use crate::testing::{ReceivedRequest, ScriptedResponse};
use crate::{Error, Response, ResponseAction, StatusCode, Verdict};

/// Checks the rows and the error of all pages of a server that returns `responses` in turn and repeats the last one.
async fn check(actions: Vec<ResponseAction>, responses: Vec<ScriptedResponse>, expected: &str) {
    let given = format!("{actions:?} {responses:?}");
    let set_up = |client| actions.into_iter().fold(client, crate::RestClientBuilder::response_action);
    let (server, client) =
        start_with(set_up, move |request: &ReceivedRequest| responses[request.index.min(responses.len() - 1)].clone());
    let mut pages = client.paginate(client.request("x").unwrap());
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => found.push(format!("{:?}", page.rows.nodes().collect::<Vec<_>>())),
            Err(error) => {
                assert_eq!(error.attempts() as usize, server.requests().len());
                found.push(hide_address(&error.to_string(), &server));
            }
        }
    }
    assert_eq!(found.join(" | "), expected, "{given}");
}

fn ok() -> ScriptedResponse {
    ScriptedResponse::json(200, "[1]")
}

#[tokio::test]
async fn responses_are_ignored() {
    check(vec![ResponseAction::ignore().status(404)], vec![ScriptedResponse::json(404, "no")], "").await;
    check(
        vec![ResponseAction::ignore().status(404)],
        vec![ScriptedResponse::json(403, "no")],
        "GET {url}/x returned 403 Forbidden: no",
    )
    .await;
    check(vec![ResponseAction::ignore().content("gone")], vec![ScriptedResponse::json(500, "it is gone")], "").await;
    check(vec![ResponseAction::ignore().status(200).content("none")], vec![ScriptedResponse::json(200, "none")], "").await;
    check(vec![ResponseAction::ignore().status(200).content("none")], vec![ok()], "[1]").await;
    let both = ResponseAction::ignore().status(404).content("gone");
    check(vec![both.clone()], vec![ScriptedResponse::json(404, "gone")], "").await;
    check(vec![both], vec![ScriptedResponse::json(404, "no")], "GET {url}/x returned 404 Not Found: no").await;
    // without a condition it never applies, as in dlt
    check(vec![ResponseAction::ignore()], vec![ok()], "[1]").await;
    check(vec![ResponseAction::ignore().status(9999)], vec![ok()], "[1]").await;
}

#[tokio::test]
async fn pages_before_an_ignored_one_are_kept() {
    let first = ScriptedResponse::json(200, "[1]").header("Link", "</2>; rel=next");
    check(vec![ResponseAction::ignore().status(404)], vec![first, ScriptedResponse::json(404, "")], "[1]").await;
}

#[tokio::test]
async fn responses_are_retried() {
    let busy = || ScriptedResponse::json(200, r#"{"error": "busy"}"#);
    let retry = || vec![ResponseAction::retry().status(200).content("busy")];
    check(retry(), vec![busy(), busy(), ok()], "[1]").await;
    check(
        retry(),
        vec![busy()],
        "GET {url}/x failed after 3 attempts: a response action marked this response as an error despite its status 200 OK; \
         the response begins with: {\"error\": \"busy\"}",
    )
    .await;
    check(vec![ResponseAction::retry().status(404)], vec![ScriptedResponse::json(404, ""), ok()], "[1]").await;
}

#[tokio::test]
async fn responses_are_failed() {
    let fail = ResponseAction::fail().content("error");
    check(
        vec![fail.clone()],
        vec![ScriptedResponse::json(200, "{\"error\": 1}"), ok()],
        "GET {url}/x failed: a response action marked this response as an error despite its status 200 OK; \
         the response begins with: {\"error\": 1}",
    )
    .await;
    check(vec![fail], vec![ScriptedResponse::json(503, "error"), ok()], "GET {url}/x returned 503 Service Unavailable: error")
        .await;
}

#[tokio::test]
async fn the_first_matching_action_takes_precedence() {
    let not_found = || vec![ScriptedResponse::json(404, "")];
    let (ignore, fail) = (ResponseAction::ignore().status(404), ResponseAction::fail().status(404));
    check(vec![ignore.clone(), fail.clone()], not_found(), "").await;
    check(vec![fail.clone(), ignore.clone()], not_found(), "GET {url}/x returned 404 Not Found").await;
    let undecided = ResponseAction::from_fn(|_| Ok(Verdict::Continue));
    check(vec![undecided, ignore, fail], not_found(), "").await;
}

fn unwrap(response: &mut Response) -> Result<Verdict, Error> {
    let inner = response.document()?.root().get("wrapped").map(|node| node.to_value().to_string());
    if let Some(inner) = inner {
        response.set_body(inner.into_bytes());
    }
    Ok(Verdict::Continue)
}

#[tokio::test]
async fn functions_read_and_change_responses() {
    check(vec![ResponseAction::from_fn(unwrap)], vec![ScriptedResponse::json(200, r#"{"wrapped": [7]}"#)], "[7]").await;
    let accept = ResponseAction::from_fn(|response| {
        response.set_status(StatusCode::OK);
        Ok(Verdict::Continue)
    });
    check(vec![accept.clone().status(404)], vec![ScriptedResponse::json(404, "[3]")], "[3]").await;
    check(vec![accept.status(404)], vec![ScriptedResponse::json(400, "[3]")], "GET {url}/x returned 400 Bad Request: [3]").await;
    let by_header = ResponseAction::from_fn(|response| {
        let is_stale = response.headers().contains_key("x-stale");
        Ok(if is_stale { Verdict::Retry } else { Verdict::Continue })
    });
    check(vec![by_header], vec![ok().header("X-Stale", "1"), ok()], "[1]").await;
    let broken = ResponseAction::from_fn(|response| Err(response.error(crate::ErrorKind::Custom("no quota".to_owned()))));
    check(vec![broken], vec![ok()], "GET {url}/x failed: no quota; the response begins with: [1]").await;
}

#[tokio::test]
async fn a_single_request_returns_an_ignored_response() {
    let (_server, client) =
        start_with(|client| client.response_action(ResponseAction::ignore().status(404)), |_| ScriptedResponse::json(404, "[]"));
    let response = client.get("x", &[]).await.unwrap();
    assert!(response.is_ignored());
    assert_eq!((response.status().as_u16(), response.text().as_str()), (404, "[]"));
}
