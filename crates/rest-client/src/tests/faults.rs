//! Faults of the scripted server, and all forms of bodies.

use std::io::Write as _;
use std::time::Duration;

use super::{hide_address, start_with};
use crate::testing::ScriptedResponse;
use crate::{Auth, AuthFuture, Method, OutgoingRequest, RestClient, UnauthenticatedClient};

/// Checks the result of a GET and the number of requests, with a server that returns `responses` in turn and repeats the
/// last one.
async fn check(responses: Vec<ScriptedResponse>, expected: &str, requests: usize) {
    let given = format!("{responses:?}");
    let (server, client) = start_with(
        |client| client.max_response_bytes(100_000),
        move |request| responses[request.index.min(responses.len() - 1)].clone(),
    );
    let found = match client.get("x", &[]).await.and_then(|response| response.document().map(|d| format!("{:?}", d.root()))) {
        Ok(body) => body,
        Err(error) => format!("{} retryable: {}", hide_address(&error.to_string(), &server), error.is_retryable()),
    };
    // the message about a broken connection depends on the operating system
    let found = if expected.ends_with('…') { found.chars().take(expected.chars().count() - 1).collect() } else { found };
    assert_eq!((found.as_str(), server.requests().len()), (expected.trim_end_matches('…'), requests), "{given}");
}

fn ok() -> ScriptedResponse {
    ScriptedResponse::json(200, "[1, 2]")
}

#[tokio::test]
async fn bodies_in_all_forms() {
    let pause = Duration::from_millis(1);
    for response in [
        ok(),
        ok().chunked(1),
        ok().chunked(100),
        ok().throttled(1, pause),
        ok().without_content_length(),
        ok().delay(pause),
        ScriptedResponse::json(200, b"\xef\xbb\xbf[1, 2]"),
    ] {
        check(vec![response], "[1,2]", 1).await;
    }
    check(vec![ScriptedResponse::json(204, "")], "null", 1).await;
}

#[tokio::test]
async fn broken_responses_are_retried() {
    for (response, message) in [
        (ScriptedResponse::truncated("[1, 2]", 3), "the response is incomplete after "),
        (ScriptedResponse::reset_after("[1, 2]", 3), "the "),
        (ScriptedResponse::wrong_length("[1, 2]", 7), "the response is incomplete after "),
        (ScriptedResponse::unfinished_chunks("[1, 2]", 2), "the response is incomplete after "),
        (ScriptedResponse::invalid_chunk("[1, 2]"), "the "),
        (ScriptedResponse::raw_bytes("no HTTP at all\r\n\r\n"), "the connection to {host} failed: "),
        (ScriptedResponse::raw_bytes("HTTP/1.1 200 OK\r\nContent-"), "the connection to {host} failed: "),
        (ScriptedResponse::raw_bytes(""), "the connection to {host} failed: "),
        (ScriptedResponse::reset(), "the connection to {host} failed: "),
        (ScriptedResponse::with_encoding("gzip", "this is not gzip"), "the "),
    ] {
        check(vec![response.clone(), ok()], "[1,2]", 2).await;
        check(vec![response], &format!("GET {{url}}/x failed after 3 attempts: {message}…"), 3).await;
    }
}

#[tokio::test]
async fn endless_redirects() {
    let (server, client) = start_with(|client| client, |request| ScriptedResponse::redirect(request.path.clone()));
    let error = client.get("x", &[]).await.unwrap_err();
    assert_eq!(
        hide_address(&error.to_string(), &server),
        "GET {url}/x failed: more than 10 redirects, the last one to {url}/x; check the URL of the request"
    );
    assert_eq!((server.requests().len(), error.is_retryable()), (11, false));
}

/// `[1, 2]`, encoded by the programs gzip, brotli and zstd.
const GZIP: &[u8] = &[31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 139, 54, 212, 81, 48, 138, 5, 0, 255, 231, 201, 97, 6, 0, 0, 0];
const BROTLI: &[u8] = &[139, 2, 128, 91, 49, 44, 32, 50, 93, 3];
const ZSTD: &[u8] = &[40, 181, 47, 253, 4, 88, 49, 0, 0, 91, 49, 44, 32, 50, 93, 169, 32, 29, 205];

#[tokio::test]
async fn bodies_are_decoded() {
    let (server, client) = start_with(
        |client| client,
        |request| match request.path.as_str() {
            "/gzip" => ScriptedResponse::with_encoding("gzip", GZIP),
            "/br" => ScriptedResponse::with_encoding("br", BROTLI),
            _ => ScriptedResponse::with_encoding("zstd", ZSTD),
        },
    );
    for encoding in ["gzip", "br", "zstd"] {
        let response = client.get(encoding, &[]).await.unwrap();
        assert_eq!((response.text().as_str(), response.body_len()), ("[1, 2]", 6), "{encoding}");
    }
    let accepted = server.requests()[0].header("accept-encoding").unwrap().to_owned();
    assert!(["gzip", "br", "zstd"].iter().all(|encoding| accepted.contains(encoding)), "{accepted}");
    // several gzip members, as from `cat a.gz b.gz` and from servers that compress while they send
    let members = [&gzip(b"[1,")[..], &gzip(b" 2]")].concat();
    check(vec![ScriptedResponse::with_encoding("gzip", &members)], "[1,2]", 1).await;
    check(vec![ScriptedResponse::with_encoding("x-gzip", &members).chunked(7)], "[1,2]", 1).await;
    check(
        vec![ScriptedResponse::with_encoding("gzip", &members[..members.len() - 9])],
        "GET {url}/x failed after 3 attempts: the …",
        3,
    )
    .await;
    // an incomplete member is an error
    check(vec![ScriptedResponse::with_encoding("gzip", &GZIP[..20])], "GET {url}/x failed after 3 attempts: the …", 3).await;
}

#[tokio::test]
async fn the_size_of_a_body_is_bounded() {
    let message =
        "GET {url}/x failed: the response needs more than 100000 bytes of memory, the limit of the client retryable: false";
    let large = || ScriptedResponse::json(200, "1".repeat(100_001));
    for response in
        [large(), large().chunked(10_000), large().without_content_length(), ScriptedResponse::wrong_length("1", 1 << 40)]
    {
        check(vec![response], message, 1).await;
    }
    check(vec![ScriptedResponse::json(200, format!("\"{}\"", "1".repeat(99_998)))], &format!("\"{}\"", "1".repeat(99_998)), 1)
        .await;
}

#[tokio::test]
async fn connections_are_reused() {
    let (server, client) = start_with(|client| client, |_| ok());
    for _ in 0..5 {
        client.get("x", &[]).await.unwrap();
    }
    assert_eq!(server.connections(), 1);
    // the rejected response is not decompressed
    let corrupt =
        || ScriptedResponse::with_encoding("gzip", [b'x'; 32 << 10]).status(401).throttled(1 << 10, Duration::from_millis(1));
    let (server, client) =
        start_with(|client| client.auth(OtherCredentials), move |request| if request.index == 0 { corrupt() } else { ok() });
    client.get("x", &[]).await.unwrap();
    assert_eq!((server.requests().len(), server.connections()), (2, 1));
}

/// Returns how often a POST that is not marked as idempotent is sent.
async fn posts(response: ScriptedResponse) -> usize {
    let (server, client) = start_with(|client| client, move |request| if request.index == 0 { response.clone() } else { ok() });
    let request = client.request("x").unwrap().method(Method::POST);
    let _ = client.send(&request).await;
    server.requests().len()
}

#[tokio::test]
async fn unprocessed_requests_are_retried() {
    assert_eq!(posts(ScriptedResponse::json(429, "")).await, 2);
    assert_eq!(posts(ScriptedResponse::json(403, "").header("X-RateLimit-Remaining", "0")).await, 2);
    assert_eq!(posts(ScriptedResponse::json(403, "")).await, 1);
    assert_eq!(posts(ScriptedResponse::json(503, "")).await, 1);
    assert_eq!(posts(ScriptedResponse::truncated("[1]", 1)).await, 1);
    // a port that was just freed: the request was not sent
    let url = crate::testing::ScriptedServer::start(|_| ScriptedResponse::reset()).url();
    let retry = crate::RetryPolicy { max_attempts: 3, backoff_factor: 0.0, ..crate::RetryPolicy::default() };
    let client = RestClient::builder().base_url(url).retry(retry).build().unwrap();
    let request = client.request("x").unwrap().method(Method::POST);
    let error = client.send(&request).await.unwrap_err();
    assert_eq!((error.attempts(), error.was_not_processed()), (3, true));
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_small_body_with_many_values_is_too_large() {
    let message =
        "GET {url}/x failed: the response needs more than 100000 bytes of memory, the limit of the client retryable: false";
    let ones = format!("[{}1]", "1,".repeat(6_000));
    check(vec![ScriptedResponse::json(200, &ones)], message, 1).await;
    check(vec![ScriptedResponse::with_encoding("gzip", gzip(ones.as_bytes()))], message, 1).await;
    check(vec![ScriptedResponse::with_encoding("gzip", gzip(&[b' '; 100_001]))], message, 1).await;
}

#[tokio::test]
async fn an_unrequested_part_is_an_error() {
    let part = "GET {url}/x failed: the server returned 206 Partial Content to a request without a range: the rest of the response is missing retryable: false";
    check(vec![ScriptedResponse::json(206, "[1, 2]")], part, 1).await;
    check(vec![ScriptedResponse::json(206, "[1, 2]").header("content-range", "bytes 0-5/100")], part, 1).await;
    check(vec![ScriptedResponse::json(206, "[1, 2]").header("content-range", "0-1/100")], "[1,2]", 1).await;
    check(vec![ScriptedResponse::json(206, "[1, 2]").header("content-range", "items 0-1/*")], "[1,2]", 1).await;
}

#[tokio::test]
async fn an_error_shows_the_beginning_of_a_large_body() {
    let body = format!("no such thing {}", "x".repeat(200_000));
    let (server, client) = start_with(|client| client, move |_| ScriptedResponse::json(404, &body));
    let error = client.get("x", &[]).await.unwrap_err().to_string();
    assert!(hide_address(&error, &server).starts_with("GET {url}/x returned 404 Not Found: no such thing xxx"), "{error}");
}

/// Credentials that can be replaced after each rejection.
#[derive(Debug)]
struct OtherCredentials;

impl Auth for OtherCredentials {
    fn apply<'a>(&'a self, _: &'a mut OutgoingRequest, _: &'a UnauthenticatedClient) -> AuthFuture<'a> {
        Box::pin(async { Ok(()) })
    }

    fn on_unauthorized(&self, _: &OutgoingRequest) -> bool {
        true
    }
}
