//! Single requests.

use catchment_json::Value;

use super::{hide_address, start, start_with};
use crate::testing::{ScriptedResponse, ScriptedServer};
use crate::{ErrorKind, Method, RestClient, RetryPolicy};

#[tokio::test]
async fn a_request_has_all_configured_parts() {
    let (server, client) = start_with(
        |client| client.header("X-Key", "client").header("Accept", "a/b"),
        |_| ScriptedResponse::json(200, r#"{"a": 1}"#),
    );
    let mut request = client.request("/x y").unwrap().param("q", "a&b").header("x-key", "request").unwrap();
    request.method = Method::POST;
    let response = client.send(&request.json(Value::object([("n", Value::from(1))]))).await.unwrap();
    assert_eq!(format!("{:?}", response.document().unwrap().root()), r#"{"a":1}"#);
    assert_eq!((response.status().as_u16(), response.body_len(), response.excerpt().as_str()), (200, 8, r#"{"a": 1}"#));

    let received = server.requests().remove(0);
    assert_eq!((received.method.as_str(), received.path.as_str(), received.param("q")), ("POST", "/x%20y", Some("a&b")));
    assert_eq!(received.text(), r#"{"n":1}"#);
    for (name, value) in [("x-key", "request"), ("accept", "a/b"), ("content-type", "application/json")] {
        assert_eq!(received.header(name), Some(value));
    }
    assert_eq!(received.header("user-agent"), Some(concat!("catchment/", env!("CARGO_PKG_VERSION"))));
}

/// Checks the error message for a response.
async fn check(response: ScriptedResponse, expected: &str) {
    let (server, client) = start_with(|client| client.max_response_bytes(100), move |_| response.clone());
    let error = match client.get("x", &[("token", "s3cret")]).await {
        Ok(response) => response.document().unwrap_err(),
        Err(error) => error,
    };
    assert_eq!(hide_address(&error.to_string(), &server), expected);
    assert_eq!(error.request(), Some((&Method::GET, format!("{}/x?token=***", server.url()).as_str())));
    assert!(!format!("{error:?}").contains("s3cret"));
}

#[tokio::test]
async fn messages() {
    check(
        ScriptedResponse::json(404, "{\"message\": \"no\nsuch\"}"),
        "GET {url}/x?token=*** returned 404 Not Found: {\"message\": \"no\\nsuch\"}",
    )
    .await;
    check(ScriptedResponse::json(404, ""), "GET {url}/x?token=*** returned 404 Not Found").await;
    check(ScriptedResponse::json(500, "boom"), "GET {url}/x?token=*** returned 500 Internal Server Error after 3 attempts: boom")
        .await;
    check(ScriptedResponse::json(304, ""), "GET {url}/x?token=*** returned 304 Not Modified").await;
    check(
        ScriptedResponse::json(200, "<html>"),
        "GET {url}/x?token=*** failed: invalid JSON at line 1, column 1: expected a value, found '<'; the response begins with: <html>",
    )
    .await;
    check(
        ScriptedResponse::json(200, "1".repeat(101)),
        "GET {url}/x?token=*** failed: the response needs more than 100 bytes of memory, the limit of the client",
    )
    .await;
}

#[tokio::test]
async fn a_broken_connection_names_the_host() {
    let (server, client) = start(|_| ScriptedResponse::reset());
    let message = hide_address(&client.get("x", &[]).await.unwrap_err().to_string(), &server);
    // the rest is the message of the operating system
    assert!(message.starts_with("GET {url}/x failed after 3 attempts: the connection to {host} failed: "), "{message}");
}

#[tokio::test]
async fn a_refused_connection() {
    // a port that was free a moment ago
    let url = ScriptedServer::start(|_| ScriptedResponse::reset()).url();
    let client =
        RestClient::builder().base_url(&url).retry(RetryPolicy { max_attempts: 1, ..RetryPolicy::default() }).build().unwrap();
    let error = client.get("x", &[]).await.unwrap_err();
    let host = url.trim_start_matches("http://");
    assert_eq!(error.to_string(), format!("GET {url}/x failed: connection refused: nothing listens on {host}"));
    assert!(error.is_retryable());
    assert_eq!(error.kind(), &ErrorKind::ConnectionRefused { host: host.to_owned() });
}

#[tokio::test]
async fn no_content_is_null() {
    let (_server, client) = start(|_| ScriptedResponse::json(204, ""));
    let response = client.get("x", &[]).await.unwrap();
    assert_eq!(format!("{:?}", response.document().unwrap().root()), "null");
}

#[test]
fn invalid_settings() {
    #[track_caller]
    fn check(client: crate::RestClientBuilder, expected: &str) {
        assert_eq!(client.build().unwrap_err().to_string(), expected);
    }
    let invalid = "invalid header \"X-Key\": its name or value has a character that headers cannot contain, such as a line break";
    check(RestClient::builder().header("X-Key", "a\nb"), invalid);
    check(
        RestClient::builder().retry(RetryPolicy { max_attempts: 0, ..RetryPolicy::default() }),
        "the setting max_attempts is 0, but must be at least 1",
    );
}

#[test]
fn debug_output_hides_headers() {
    let builder = RestClient::builder().header("X-Key", "s3cret");
    assert!(!format!("{builder:?}").contains("s3cret"));
    let client = builder.build().unwrap();
    assert!(!format!("{client:?}").contains("s3cret"));
    let request = client.request("https://a.b/?key=s3cret").unwrap().header("X-Key", "s3cret").unwrap();
    assert!(!format!("{request:?}").contains("s3cret"));
}
