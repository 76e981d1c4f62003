//! How many requests go out, and how long all of them may take.

use std::time::Duration;

use super::start_with;
use crate::testing::{ScriptedResponse, ScriptedServer};
use crate::{RestClient, RetryPolicy};

/// Sends `requests` at once, and says how many of them the server had at a time.
async fn most_at_once(client: &RestClient, server: &ScriptedServer, requests: usize) -> usize {
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
async fn no_more_are_in_flight_than_allowed() {
    for limit in [1, 3] {
        let (server, client) = start_with(
            |client| client.max_in_flight_requests(limit),
            |_| ScriptedResponse::json(200, "[1]").delay(Duration::from_millis(2)),
        );
        let most = most_at_once(&client, &server, 20).await;
        assert!(most <= limit, "{most} of {limit}");
    }
}

/// An error of a request whose server asks to wait for `wait` seconds.
async fn out_of_time(retry: RetryPolicy, wait: &'static str) -> (String, usize) {
    let server = ScriptedServer::start(move |_| ScriptedResponse::json(503, "").header("Retry-After", wait));
    let client = RestClient::builder().base_url(server.url()).retry(retry).build().unwrap();
    let error = client.get("x", &[]).await.unwrap_err();
    assert!(error.is_retryable());
    (super::hide_address(&error.to_string(), &server), server.requests().len())
}

#[tokio::test]
async fn an_attempt_that_would_be_too_late_is_not_made() {
    let retry = RetryPolicy { max_elapsed: Duration::from_secs(20), ..RetryPolicy::default() };
    let (message, requests) = out_of_time(retry, "30").await;
    assert_eq!(requests, 1);
    assert_eq!(
        message,
        "GET {url}/x answered 503 Service Unavailable (another attempt would be later than 20s after the first, see max_elapsed)"
    );
}

#[tokio::test]
async fn an_attempt_that_takes_too_long_is_broken_off() {
    let server = ScriptedServer::start(|_| ScriptedResponse::hang());
    let retry = RetryPolicy { max_elapsed: Duration::from_millis(50), ..RetryPolicy::default() };
    let client = RestClient::builder().base_url(server.url()).retry(retry).build().unwrap();
    let error = client.get("x", &[]).await.unwrap_err();
    assert_eq!(
        super::hide_address(&error.to_string(), &server),
        "GET {url}/x failed: there is no complete answer after 50ms, which is all the time that a request may take (max_elapsed)"
    );
}

#[test]
fn limits_that_make_no_sense() {
    let check = |client: crate::RestClientBuilder, expected: &str| {
        assert_eq!(client.build().unwrap_err().to_string(), expected);
    };
    check(RestClient::builder().requests_per_second(0.0), "the setting requests_per_second is 0, it must be a number above 0");
    check(RestClient::builder().max_in_flight_requests(0), "the setting requests_in_flight is 0, it must be at least 1");
    check(RestClient::builder().parallel_pages(0), "the setting parallel_pages is 0, it must be 1 to 1000");
    check(
        RestClient::builder().trusted_origin("files.example.com"),
        "the setting trusted_origin is files.example.com, it must be an origin such as https://files.example.com",
    );
}
