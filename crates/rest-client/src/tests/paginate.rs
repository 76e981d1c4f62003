//! Pagination of endpoints.

use catchment_json::JsonPath;

use super::{hide_address, start};
use crate::testing::{ReceivedRequest, ScriptedResponse, ScriptedServer};
use crate::{HeaderLink, JsonLink, PaginationStream, Paginator, SinglePage};

/// Returns the rows of each page, and the error.
async fn read(mut pages: PaginationStream) -> String {
    let mut out = Vec::new();
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => {
                assert_eq!(page.number as usize, out.len() + 1);
                out.push(format!("{:?}", page.rows.nodes().collect::<Vec<_>>()));
            }
            Err(error) => out.push(error.to_string()),
        }
    }
    out.join(" | ")
}

/// Checks the pages of a server that returns the body at the index of the parameter `page`, by default 0.
async fn check(paginator: impl Paginator + 'static, bodies: &'static [&str], expected: &str) {
    check_selected(paginator, None, bodies, expected).await;
}

async fn check_selected(paginator: impl Paginator + 'static, selector: Option<&str>, bodies: &'static [&str], expected: &str) {
    let number = |request: &ReceivedRequest| request.param("page").map_or(0, |page| page.parse::<usize>().unwrap());
    let (server, client) = start(move |request| ScriptedResponse::json(200, bodies[number(request)]));
    let mut client = client.with_paginator(paginator);
    if let Some(selector) = selector {
        client = client.with_data_selector(JsonPath::parse(selector).unwrap());
    }
    let request = client.request("x").unwrap().param("first", 1);
    assert_eq!(hide_address(&read(client.paginate(request)).await, &server), expected, "{bodies:?}");
    let with_parameters = server.requests().iter().filter(|request| request.param("first").is_some()).count();
    assert_eq!(with_parameters, 1, "a next link replaces the parameters");
}

fn auto() -> impl Paginator {
    crate::Auto::default()
}

#[tokio::test]
async fn pages_by_a_link_in_the_body() {
    check(auto(), &[r#"{"d": [1], "next": "/x?page=1"}"#, r#"{"d": [2, 3], "next": null}"#], "[1] | [2, 3]").await;
    check(auto(), &[r#"{"d": [1]}"#], "[1]").await;
    check(auto(), &[r#"{"d": [], "next": "/x?page=1"}"#, r#"{"d": [1]}"#], "[] | [1]").await;
    check(JsonLink::default(), &[r#"{"d": [1], "next": "?page=1"}"#, r#"{"d": [2], "next": ""}"#], "[1] | [2]").await;
    check(JsonLink::default(), &[r#"{"d": [1], "next": false}"#], "[1]").await;
    check(SinglePage, &[r#"{"d": [1], "next": "/x?page=1"}"#], "[1]").await;
    let nested = JsonLink::new(JsonPath::parse("meta.links[0]").unwrap());
    check(nested, &[r#"{"d": [1], "meta": {"links": ["/x?page=1"]}}"#, r#"{"d": [2], "meta": 1}"#], "[1] | [2]").await;
}

#[tokio::test]
async fn links_that_cannot_be_followed() {
    let hint = "correct the path of the paginator, or set another paginator; the response begins with:";
    check(
        JsonLink::default(),
        &[r#"{"next": 2}"#],
        &format!(r#"GET {{url}}/x?first=1 failed: cannot follow the next link at next: it is a number; {hint} {{"next": 2}}"#),
    )
    .await;
    check(
        JsonLink::default(),
        &[r#"{"next": "ftp://a/?b"}"#],
        &format!(r#"GET {{url}}/x?first=1 failed: cannot follow the next link at next: it is "ftp://a/"; {hint} {{"next": "ftp://a/?b"}}"#),
    )
    .await;
}

#[tokio::test]
async fn a_later_page_that_fails_ends_the_pagination() {
    check(
        auto(),
        &[r#"{"d": [1], "next": "/x?page=1"}"#, "oops"],
        "[1] | GET {url}/x?page=1 failed: invalid JSON at line 1, column 1: expected a value, found 'o'; the response begins with: oops",
    )
    .await;
}

#[tokio::test]
async fn pagination_loops() {
    let message = "failed: pagination loop: this request and its response occurred before; check the paginator";
    check(
        auto(),
        &[r#"{"d": [1], "next": "/x?page=1"}"#, r#"{"d": [2], "next": "/x?page=1"}"#],
        &format!(r#"[1] | [2] | GET {{url}}/x?page=1 {message}; the response begins with: {{"d": [2], "next": "/x?page=1"}}"#),
    )
    .await;
    check(
        auto(),
        &[r#"{"d": [0], "next": "/x?page=1"}"#, r#"{"d": [1], "next": "/x?page=2"}"#, r#"{"d": [2], "next": "/x?page=1"}"#],
        &format!(
            r#"[0] | [1] | [2] | GET {{url}}/x?page=1 {message}; the response begins with: {{"d": [1], "next": "/x?page=2"}}"#
        ),
    )
    .await;
}

#[tokio::test]
async fn the_same_request_may_return_a_new_response() {
    let (_server, client) = start(|request| match request.index {
        3 => ScriptedResponse::json(200, r#"{"d": [3]}"#),
        index => ScriptedResponse::json(200, format!(r#"{{"d": [{index}], "next": "/x"}}"#)),
    });
    assert_eq!(read(client.paginate(client.request("x").unwrap())).await, "[0] | [1] | [2] | [3]");
}

#[tokio::test]
async fn rows_by_a_selector() {
    check_selected(auto(), Some("d"), &[r#"{"e": [9], "d": [1, null, 2]}"#], "[1, 2]").await;
    check_selected(auto(), Some("d"), &[r#"{"d": null}"#], "[]").await;
    check_selected(auto(), Some("d"), &[r#"{"d": {"a": 1}}"#], r#"[{"a":1}]"#).await;
    check_selected(auto(), None, &[r#"{"a": 1}"#], r#"[{"a":1}]"#).await;
    check_selected(
        auto(),
        None,
        &[r#"{"id": 1, "next_billing_date": "2026-01-01"}"#],
        r#"[{"id":1,"next_billing_date":"2026-01-01"}]"#,
    )
    .await;
    check_selected(auto(), None, &["[1, 2]"], "[1, 2]").await;
    check_selected(auto(), None, &["null"], "[]").await;
}

#[tokio::test]
async fn the_selector_of_the_first_list_is_kept() {
    const FIRST: &str = r#"{"x": [1], "next": "/x?page=1"}"#;
    check(auto(), &[FIRST, r#"{"data": [8], "x": [2]}"#], "[1] | [2]").await;
    check(auto(), &[FIRST, r#"{"data": [8]}"#], "[1] | []").await;
    check(auto(), &[r#"{"next": "/x?page=1"}"#, r#"{"data": [8]}"#], r#"[{"next":"/x?page=1"}] | [8]"#).await;
}

/// Checks pages with links in the header, and with their number in the path.
async fn check_headers(paginator: impl Paginator + 'static, headers: &'static [&str], expected: &str) {
    let (server, client) = start(move |request| {
        let number: usize = request.path.trim_start_matches("/p/").parse().unwrap();
        let response = ScriptedResponse::json(200, format!("[{number}]"));
        headers.get(number).map_or(response.clone(), |link| response.header("Link", *link))
    });
    let client = client.with_paginator(paginator);
    assert_eq!(hide_address(&read(client.paginate(client.request("p/0").unwrap())).await, &server), expected, "{headers:?}");
}

#[tokio::test]
async fn pages_by_a_link_in_the_header() {
    check_headers(auto(), &["</p/1>; rel=next", "<2>; rel=next"], "[0] | [1] | [2]").await;
    check_headers(HeaderLink::default(), &["</p/1>; rel=next", "<2>; rel=next"], "[0] | [1] | [2]").await;
    check_headers(HeaderLink::default(), &["</p/1>; rel=prev"], "[0]").await;
    check_headers(HeaderLink::new("more"), &["</p/9>; rel=next, </p/1>; rel=more"], "[0] | [1]").await;
    check_headers(SinglePage, &["</p/1>; rel=next"], "[0]").await;
    check_headers(
        HeaderLink::default(),
        &["<mailto:a@b>; rel=next"],
        "GET {url}/p/0 failed: cannot follow the next link in the Link header: it is \"mailto:a@b\"; correct the path of the paginator, or \
         set another paginator; the response begins with: [0]",
    )
    .await;
}

#[tokio::test]
async fn a_link_to_another_origin_gets_no_headers() {
    let other = ScriptedServer::start(|request| match request.path.as_str() {
        "/1" => ScriptedResponse::json(200, r#"{"d": [1], "next": "/2"}"#),
        _ => ScriptedResponse::json(200, r#"{"d": [2]}"#),
    });
    let next = format!(r#"{{"d": [0], "next": "{}/1"}}"#, other.url());
    let (server, client) =
        super::start_with(|client| client.header("X-Key", "s3cret"), move |_| ScriptedResponse::json(200, &next));
    let request = client.request("0").unwrap().header("X-Other", "s3cret").unwrap();
    assert_eq!(read(client.paginate(request)).await, "[0] | [1] | [2]");
    assert_eq!(server.requests()[0].header("x-key"), Some("s3cret"));
    assert_eq!(server.requests()[0].header("x-other"), Some("s3cret"));
    for request in other.requests() {
        assert_eq!((request.header("x-key"), request.header("x-other")), (None, None));
    }
}

/// Returns the warnings of the first page, and the second page or its error, if the server links to another one.
async fn link_to_another_origin(status: u16) -> (String, String) {
    let other = ScriptedServer::start(move |_| ScriptedResponse::json(status, r#"{"d": [1]}"#));
    let next = format!(r#"{{"d": [0], "next": "{}/1"}}"#, other.url());
    let (_server, client) = start(move |_| ScriptedResponse::json(200, &next));
    let mut pages = client.paginate(client.request("0").unwrap());
    let first = pages.next().await.unwrap().unwrap();
    let second = pages.next().await.unwrap().map_or_else(|error| error.to_string(), |page| format!("{:?}", page.warnings));
    (hide_address(&first.warnings.join(" | "), &other), hide_address(&second, &other))
}

#[tokio::test]
async fn the_warning_about_another_origin_explains_how_to_trust_it() {
    let how = r#"headers, credentials and secrets are not sent to {url}; if it belongs to the API, add it to the client of the spec: trusted_origins: ["{url}"]"#;
    let (warning, rest) = link_to_another_origin(200).await;
    assert!(warning.ends_with(&format!("links to its next page at another origin: {how}")), "{warning}");
    assert_eq!(rest, "[]");
    let (_, error) = link_to_another_origin(401).await;
    assert_eq!(error, format!(r#"GET {{url}}/1 returned 401 Unauthorized ({how}): {{"d": [1]}}"#));
}

#[tokio::test]
async fn paginate_without_a_client() {
    let server = ScriptedServer::start(|_| ScriptedResponse::json(200, "[1]"));
    assert_eq!(read(crate::paginate(&server.url(), &[])).await, "[1]");
    assert_eq!(read(crate::paginate("x", &[])).await, "invalid URL \"x\": it is relative; set `base_url` of the client");
}

/// Checks the log of the pages of `body` with the detected paginator.
async fn check_log(body: &'static str, expected: &str) {
    check_log_of(crate::Auto::default(), vec![body], expected).await;
}

/// Checks the log of pages with these bodies.
async fn check_log_of(paginator: impl Paginator + 'static, bodies: Vec<&'static str>, expected: &str) {
    let given = format!("{paginator:?} {bodies:?}");
    let (out, log) = std::sync::mpsc::channel();
    let out = std::sync::Mutex::new(out);
    let writer = move || Lines(out.lock().unwrap().clone());
    let subscriber = tracing_subscriber::fmt().with_writer(writer).with_ansi(false).without_time().with_target(false).finish();
    // the subscriber is local to this thread, on which the test runs
    let guard = tracing::subscriber::set_default(subscriber);
    let (server, client) = start(move |request| ScriptedResponse::json(200, bodies[request.index.min(bodies.len() - 1)]));
    let client = client.with_paginator(paginator.clone_box());
    read(client.paginate(client.request("x").unwrap().param("key", 1))).await;
    drop(guard);
    assert_eq!(hide_address(log.try_iter().collect::<String>().trim(), &server), expected, "{given}");
}

/// A writer that sends its output to a channel.
struct Lines(std::sync::mpsc::Sender<String>);

impl std::io::Write for Lines {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        self.0.send(String::from_utf8_lossy(text).into_owned()).unwrap();
        Ok(text.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn missing_rows_are_reported() {
    check_log(r#"{"d": [1], "next_billing_date": "2026-01-01"}"#, "").await;
    check_log(r#"{"d": [1], "total_pages": 1, "next_cursor": ""}"#, "").await;
    check_log(r#"{"id": 1, "next_billing_date": "2026-01-01"}"#, "").await;
    check_log("null", "WARN {url}/x?key=*** has null at $ instead of rows: the page has no rows").await;
}

#[tokio::test]
async fn links_that_the_paginator_does_not_follow_are_reported() {
    let unfollowed = |location: &str| {
        format!(
            "WARN {{url}}/x?key=*** has a next link at {location}, which the paginator does not follow: further pages may be missing; \
             set another paginator"
        )
    };
    let wrong = || JsonLink::new(JsonPath::parse("links.next").unwrap());
    check_log_of(wrong(), vec![r#"{"d": [1], "next": "/2"}"#], &unfollowed("next")).await;
    check_log_of(crate::JsonCursor::new(), vec![r#"{"d": [1], "paging": {"next": "/2"}}"#], &unfollowed("paging.next")).await;
    check_log_of(wrong(), vec![r#"{"d": [1], "next": null}"#], "").await;
    check_log_of(SinglePage, vec![r#"{"d": [1], "next": "/2"}"#], "").await;
}

#[tokio::test]
async fn short_pages_are_reported() {
    let short = |at: &str| {
        format!(
            "WARN a page at or before {{url}}/x?key=***&limit=3&offset={at} has 2 of 3 requested rows, but more rows follow: rows \
             may be missing; set `limit` to the maximum page size of the API"
        )
    };
    let three = || crate::Offset::new(3);
    let full = r#"{"d": [1, 2, 3], "total": 9}"#;
    // the total shows that the first page is short
    check_log_of(three(), vec![r#"{"d": [1, 2], "total": 9}"#, full, full], &short("0")).await;
    // without a total, only a later page with rows shows that
    check_log_of(three(), vec!["[1, 2]", "[3]", "[]"], &short("3")).await;
    check_log_of(three(), vec!["[1, 2, 3]", "[4]", "[]"], "").await;
    check_log_of(three(), vec![r#"{"d": [1, 2, 3], "total": 5}"#, r#"{"d": [4, 5], "total": 5}"#], "").await;
}
