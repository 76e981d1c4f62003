//! Tests of routing and responses.

use http_body_util::BodyExt;
use serde_json::Value;

use super::*;

struct ReceivedResponse {
    status: u16,
    link: Option<String>,
    body: Value,
}

fn get(content: &ServedContent, target: &str) -> ReceivedResponse {
    let response = respond(content, "http://h", &Method::GET, &target.parse().unwrap());
    let status = response.status().as_u16();
    let link = response.headers().get(LINK).map(|link| link.to_str().unwrap().to_owned());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let body = runtime.block_on(response.into_body().collect()).unwrap().to_bytes();
    let body = serde_json::from_slice(&body).unwrap();
    ReceivedResponse { status, link, body }
}

fn issues(count: u32) -> ServedContent {
    ServedContent::Issues(Arc::new(Issues::new(count, 1)))
}

fn numbers(array: &Value) -> Vec<u64> {
    let issues = array.as_array().unwrap().iter();
    issues.map(|issue| issue["number"].as_u64().unwrap()).collect()
}

#[test]
fn link_headers_connect_the_pages() {
    let content = issues(25);
    let check = |page: usize, expected: std::ops::Range<u64>, relations: &str| {
        let target = format!("/repos/a/b/issues?state=all&per_page=10&page={page}");
        let response = get(&content, &target);
        assert_eq!(numbers(&response.body), expected.rev().collect::<Vec<_>>(), "{target}");
        let link = response.link.unwrap();
        let found: Vec<_> = link.split(", ").filter_map(|link| link.split('"').nth(1)).collect();
        assert_eq!(found.join(" "), relations, "{target}");
        assert!(link.contains("<http://h/repos/a/b/issues?state=all&per_page=10&page="));
    };
    check(1, 16..26, "next last");
    check(2, 6..16, "prev next last first");
    check(3, 1..6, "prev first");
    check(4, 0..0, "prev first");
}

#[test]
fn json_links_point_to_the_next_page() {
    let content = issues(25);
    let check = |page, count, next: Option<&str>| {
        let target = format!("/json-link/issues?state=all&per_page=20&page={page}");
        let response = get(&content, &target);
        assert_eq!((response.status, response.link), (200, None));
        assert_eq!(numbers(&response.body["data"]).len(), count);
        assert_eq!(response.body["next"].as_str(), next);
    };
    let second = "http://h/json-link/issues?state=all&per_page=20&page=2";
    check(1, 20, Some(second));
    check(2, 5, None);
    check(3, 0, None);
}

#[test]
fn parameters_filter_and_sort() {
    let content = issues(300);
    let check = |query: &str, key: &str, ascending: bool, state: Option<&str>| {
        let body = get(&content, &format!("/repos/a/b/issues?{query}")).body;
        let found = body.as_array().unwrap();
        let keys = found.iter().map(|issue| match &issue[key] {
            Value::Number(number) => format!("{number:0>9}"),
            other => other.to_string(),
        });
        let mut keys: Vec<_> = keys.collect();
        if !ascending {
            keys.reverse();
        }
        assert!(found.len() > 5 && keys.is_sorted(), "{query}");
        let state_matches = |issue: &Value| state.is_none_or(|state| issue["state"] == state);
        assert!(found.iter().all(state_matches), "{query}");
    };
    check("", "created_at", false, Some("open"));
    check("direction=asc", "created_at", true, Some("open"));
    check("state=closed&sort=updated", "updated_at", false, Some("closed"));
    check("state=all&sort=updated&direction=asc", "updated_at", true, None);
    check("state=all&sort=comments", "comments", false, None);

    let since = "2020-01-25T00:00:00Z";
    let query = format!("/repos/a/b/issues?state=all&per_page=100&since={since}");
    let body = get(&content, &query).body;
    let found = body.as_array().unwrap();
    assert!(!found.is_empty() && found.len() < 300);
    assert!(found.iter().all(|issue| issue["updated_at"].as_str().unwrap() >= since));
}

#[test]
fn errors_have_a_status_and_a_message() {
    let content = issues(3);
    let check = |target, status, message: &str| {
        let response = get(&content, target);
        assert_eq!(response.status, status, "{target}");
        assert_eq!(response.body["message"], message, "{target}");
    };
    check("/", 404, "Not Found");
    check("/repos/a/issues", 404, "Not Found");
    check("/repos/a/b/issues/1", 404, "Not Found");
    check("/repos//b/issues", 404, "Not Found");
    check("/repos/a/%22/issues", 404, "Not Found");
    check("/pages", 404, "Not Found");
    let number = "expected a positive integer";
    check("/repos/a/b/issues?page=0", 422, &format!("invalid parameter page: {number}"));
    check("/json-link/issues?per_page=x", 422, &format!("invalid parameter per_page: {number}"));
    check("/repos/a/b/issues?state=shut", 422, "invalid parameter state: expected open, closed or all");
    check("/repos/a/b/issues?sort=size", 422, "invalid parameter sort: expected created, updated or comments");
    check("/repos/a/b/issues?direction=up", 422, "invalid parameter direction: expected asc or desc");
    check("/repos/a/b/issues?since=soon", 422, "invalid parameter since: expected a time like 2024-05-31T00:00:00Z");
    let post = respond(&content, "http://h", &Method::POST, &"/json-link/issues".parse().unwrap());
    assert_eq!(post.status(), StatusCode::NOT_FOUND);
}

#[test]
fn fixed_pages_are_served_unchanged() {
    let pages = [Bytes::from_static(b"[1, 2]"), Bytes::from_static(b"[3]")];
    let content = ServedContent::Pages(pages.to_vec().into());
    let check = |target, body: Value, link: Option<&str>| {
        let response = get(&content, target);
        assert_eq!((response.status, response.body), (200, body), "{target}");
        assert_eq!(response.link.as_deref(), link, "{target}");
    };
    let first = r#"<http://h/pages?page=2>; rel="next", <http://h/pages?page=2>; rel="last""#;
    let last = r#"<http://h/pages?page=1>; rel="prev", <http://h/pages?page=1>; rel="first""#;
    check("/pages", serde_json::json!([1, 2]), Some(first));
    check("/pages?page=2", serde_json::json!([3]), Some(last));
    assert_eq!(get(&content, "/pages?page=3").body, serde_json::json!([]));
    assert_eq!(get(&content, "/pages?page=x").status, 422);
    assert_eq!(get(&content, "/json-link/issues").status, 404);
}
