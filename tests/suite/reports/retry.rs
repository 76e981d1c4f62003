//! `Retry-After` headers.

use catchment::rest_client::testing::{ScriptedResponse, ScriptedServer};
use serde_json::json;

use super::{ok, spec};
use crate::command::Run;
use crate::dataset::Dataset;

/// docker/hub-feedback#2459: Docker Hub sends seconds since 1970 in `Retry-After`, and clients waited for that many seconds.
///
/// Interpreted as a duration, the delay would be capped at two hours, which is longer than a request may take, and the run
/// would fail immediately.
#[test]
fn a_large_retry_after_is_a_timestamp() {
    let server = ScriptedServer::start(|request| match request.index {
        // two seconds before the timestamp
        0 => ScriptedResponse::json(429, r#"{"detail": "rate limited"}"#)
            .header("Date", "Sun, 09 Sep 2001 01:46:40 GMT")
            .header("Retry-After", "1000000002")
            .header("X-RateLimit-Remaining", "0")
            .header("X-RateLimit-Reset", "1000000002"),
        _ => ok(json!([{"id": 1}])),
    });
    let dataset = Dataset::new();
    let spec = spec(&server, json!(["tags"]));
    let output = Run::new(&dataset, &spec).command().env("RUNTIME__REQUEST_MAX_RETRY_DELAY", "7200").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(dataset.query("SELECT id FROM tags"), "1");
    let requests = server.requests();
    let paths: Vec<_> = requests.iter().map(|request| request.path.as_str()).collect();
    assert_eq!(paths, ["/tags", "/tags"]);
}
