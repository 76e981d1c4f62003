//! Limits of concurrency and total time.

use std::time::Duration;

use super::start_with;
use crate::testing::{ScriptedResponse, ScriptedServer};
use crate::{RestClient, RetryPolicy};

/// Sends `requests` requests concurrently, and returns the maximum number that the server handled at the same time.
async fn max_concurrent(client: &RestClient, server: &ScriptedServer, requests: usize) -> usize {
    let tasks: Vec<_> = (0..requests)
        .map(|number| {
            let client = client.clone();
            tokio::spawn(async move { client.get(&number.to_string(), &[]).await.map(|response| response.body_len()) })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(server.requests().len(), requests);
    server.max_concurrent_requests()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_flight_requests_are_limited() {
    for limit in [1, 3] {
        let (server, client) = start_with(
            |client| client.max_in_flight_requests(limit),
            |_| ScriptedResponse::json(200, "[1]").delay(Duration::from_millis(2)),
        );
        let most = max_concurrent(&client, &server, 20).await;
        assert!(most <= limit, "{most} of {limit}");
    }
}

/// Returns the error and the number of requests if the server responds with `Retry-After: <wait>`.
async fn exceed_total_time(retry: RetryPolicy, wait: &'static str) -> (String, usize) {
    let server = ScriptedServer::start(move |_| ScriptedResponse::json(503, "").header("Retry-After", wait));
    let client = RestClient::builder().base_url(server.url()).retry(retry).build().unwrap();
    let error = client.get("x", &[]).await.unwrap_err();
    assert!(error.is_retryable());
    (super::hide_address(&error.to_string(), &server), server.requests().len())
}

#[tokio::test]
async fn an_attempt_beyond_the_total_time_is_not_made() {
    let retry = RetryPolicy { max_elapsed: Duration::from_secs(20), ..RetryPolicy::default() };
    let (message, requests) = exceed_total_time(retry, "30").await;
    assert_eq!(requests, 1);
    assert_eq!(
        message,
        "GET {url}/x returned 503 Service Unavailable (another attempt would exceed the total time of 20s, max_elapsed)"
    );
}

#[tokio::test]
async fn an_attempt_beyond_the_total_time_is_aborted() {
    let server = ScriptedServer::start(|_| ScriptedResponse::hang());
    let retry = RetryPolicy { max_elapsed: Duration::from_millis(50), ..RetryPolicy::default() };
    let client = RestClient::builder().base_url(server.url()).retry(retry).build().unwrap();
    let error = client.get("x", &[]).await.unwrap_err();
    assert_eq!(
        super::hide_address(&error.to_string(), &server),
        "GET {url}/x failed: no complete response within 50ms, the limit for all attempts of a request (max_elapsed)"
    );
}

#[test]
fn invalid_limits() {
    let check = |client: crate::RestClientBuilder, expected: &str| {
        assert_eq!(client.build().unwrap_err().to_string(), expected);
    };
    check(RestClient::builder().requests_per_second(0.0), "the setting requests_per_second is 0, but must be a number above 0");
    check(RestClient::builder().max_in_flight_requests(0), "the setting requests_in_flight is 0, but must be at least 1");
    check(RestClient::builder().parallel_pages(0), "the setting parallel_pages is 0, but must be 1 to 1000");
    check(
        RestClient::builder().trusted_origin("files.example.com"),
        "the setting trusted_origin is files.example.com, but must be an origin such as https://files.example.com",
    );
}
