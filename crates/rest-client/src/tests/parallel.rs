//! Parallel pages equal those of a serial run.

use std::time::Duration;

use super::start_with;
use crate::testing::{ReceivedRequest, ScriptedResponse};
use crate::{JsonPath, Offset, PageNumber, Paginator};

/// Returns the rows of each page or the error, the number of requests, and the maximum number of concurrent requests.
async fn read(
    paginator: Box<dyn Paginator>,
    parallel: usize,
    response: impl Fn(&ReceivedRequest) -> ScriptedResponse + Send + Sync + 'static,
) -> (Vec<String>, usize, usize) {
    let (server, client) = start_with(|client| client.parallel_pages(parallel), response);
    let client = client.with_paginator(paginator);
    let mut pages = client.paginate(client.request("x").unwrap());
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        found.push(match page {
            Ok(page) => format!("{}: {:?}", page.number, page.rows.nodes().collect::<Vec<_>>()),
            Err(error) => error.kind().to_string(),
        });
    }
    (found, server.requests().len(), server.max_concurrent_requests())
}

/// Returns `limit` of `total` rows from the requested offset. The page at `broken` is an error.
fn rows(request: &ReceivedRequest, total: u64, broken: Option<u64>) -> ScriptedResponse {
    let number = |name| request.param(name).and_then(|number| number.parse::<u64>().ok()).unwrap_or(0);
    let (offset, limit) = (number("offset"), number("limit"));
    if broken == Some(offset) {
        return ScriptedResponse::json(404, "");
    }
    let rows: Vec<_> = (offset..total.min(offset + limit)).map(|row| row.to_string()).collect();
    // later pages arrive first
    let delay = Duration::from_millis(if offset % 4 == 0 { 3 } else { 0 });
    ScriptedResponse::json(200, format!(r#"{{"rows": [{}], "total": {total}}}"#, rows.join(", "))).delay(delay)
}

async fn check(total: u64, limit: u64, broken: Option<u64>) {
    let paginator = || Box::new(Offset::new(limit));
    let (serial, requests, _) = read(paginator(), 1, move |request| rows(request, total, broken)).await;
    for parallel in [2, 3, 10, 100] {
        let (found, sent, most) = read(paginator(), parallel, move |request| rows(request, total, broken)).await;
        assert_eq!(found, serial, "{parallel} of {total} by {limit}");
        assert!(most <= parallel, "{most} concurrent requests, {parallel} allowed");
        assert!(broken.is_some() || sent == requests, "{sent} requests, {requests} in the serial run");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn offsets() {
    for total in [0, 1, 2, 9, 10, 11, 20] {
        check(total, 2, None).await;
    }
    check(7, 100, None).await;
    check(20, 2, Some(8)).await;
    check(20, 2, Some(0)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn page_numbers() {
    let response = |request: &ReceivedRequest| {
        let page: usize = request.param("page").unwrap().parse().unwrap();
        ScriptedResponse::json(200, format!(r#"{{"rows": [{page}], "total": 7}}"#))
    };
    let paginator = || Box::new(PageNumber::new().base_page(1).total_path(JsonPath::key("total")));
    let (serial, ..) = read(paginator(), 1, response).await;
    assert_eq!(serial.len(), 7);
    assert_eq!(read(paginator(), 4, response).await.0, serial);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_page_ends_the_pagination_before_the_total() {
    let response = |request: &ReceivedRequest| {
        let offset: usize = request.param("offset").unwrap().parse().unwrap();
        ScriptedResponse::json(
            200,
            if offset < 4 { r#"{"rows": [1, 2], "total": 100}"# } else { r#"{"rows": [], "total": 100}"# },
        )
    };
    let (found, ..) = read(Box::new(Offset::new(2)), 5, response).await;
    assert_eq!(found, ["1: [1, 2]", "2: [1, 2]", "3: []"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unpredictable_pages_are_read_one_by_one() {
    let response = |request: &ReceivedRequest| match request.index {
        0..4 => ScriptedResponse::json(200, format!(r#"{{"rows": [{}]}}"#, request.index)),
        _ => ScriptedResponse::json(200, r#"{"rows": []}"#),
    };
    let (found, requests, most) = read(Box::new(Offset::new(1).without_total()), 10, response).await;
    assert_eq!((found.len(), requests, most), (5, 5, 1));
}
