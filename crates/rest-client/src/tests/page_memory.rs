//! Pages that share a memory limit.

use super::faults::gzip;
use super::start_with;
use crate::RestClient;
use crate::testing::{ReceivedRequest, ScriptedResponse, ScriptedServer};

/// The memory limit of a response. Pages share a quarter, 256 KiB.
const LIMIT: usize = 1 << 20;

/// Starts a server with linked pages of these sizes in KiB, and creates a client with the limit.
fn serve(pages: &'static [usize]) -> (ScriptedServer, RestClient) {
    let response = |request: &ReceivedRequest| {
        let index: usize = request.path.trim_start_matches('/').parse().unwrap();
        let next = if index + 1 < pages.len() { format!(r#""/{}""#, index + 1) } else { "null".to_owned() };
        let rows = format!(r#"[{{"id": {index}, "text": "{}"}}]"#, "x".repeat(pages[index] << 10));
        ScriptedResponse::json(200, format!(r#"{{"rows": {rows}, "next": {next}}}"#))
    };
    start_with(|client| client.max_response_bytes(LIMIT).limit_page_memory(), response)
}

fn requested(server: &ScriptedServer) -> Vec<String> {
    server.requests().into_iter().map(|request| request.path).collect()
}

/// Reads all pages and checks the requests.
async fn check(pages: &'static [usize], expected: &[&str]) {
    let (server, client) = serve(pages);
    let mut stream = client.paginate(client.request("0").unwrap());
    let mut numbers = Vec::new();
    while let Some(page) = stream.next().await {
        let page = page.unwrap();
        numbers.push((page.number, page.rows.ids.len()));
        // frees memory for the next page
        drop(page.permit);
    }
    assert_eq!(numbers, (1..=pages.len() as u64).map(|number| (number, 1)).collect::<Vec<_>>());
    assert_eq!(requested(&server), expected);
}

#[tokio::test]
async fn small_pages_are_requested_once() {
    check(&[1, 1, 1, 1], &["/0", "/1", "/2", "/3"]).await;
    check(&[100, 100, 100], &["/0", "/1", "/2"]).await;
}

#[tokio::test]
async fn a_page_over_the_shared_limit_is_requested_again_and_later_pages_once() {
    check(&[1, 300, 300, 300, 1, 1], &["/0", "/1", "/1", "/2", "/3", "/4", "/5"]).await;
    check(&[1000], &["/0", "/0"]).await;
}

#[tokio::test]
async fn a_page_over_the_response_limit_is_an_error() {
    let (_server, client) = serve(&[2000]);
    let mut pages = client.paginate(client.request("0").unwrap());
    let error = pages.next().await.unwrap().unwrap_err();
    assert!(error.to_string().contains("1048576"), "{error}");
}

#[tokio::test]
async fn a_large_page_waits_for_the_memory_of_another() {
    let (_server, client) = serve(&[300]);
    let mut first = client.paginate(client.request("0").unwrap());
    let held = first.next().await.unwrap().unwrap();
    let mut second = client.paginate(client.request("0").unwrap());
    let mut next = Box::pin(second.next());
    let waits = std::future::poll_fn(|context| std::task::Poll::Ready(next.as_mut().poll(context).is_pending())).await;
    assert!(waits);
    drop(held);
    assert_eq!(next.await.unwrap().unwrap().rows.ids.len(), 1);
}

#[tokio::test]
async fn parsed_size_counts() {
    // 20 KB of text, 160 KB of parsed values
    let (server, client) = start_with(
        |client| client.max_response_bytes(LIMIT / 2).limit_page_memory(),
        |_| ScriptedResponse::json(200, format!("[{}1]", "1,".repeat(10_000))),
    );
    let page = client.paginate(client.request("0").unwrap()).next().await.unwrap().unwrap();
    assert_eq!((page.rows.ids.len(), requested(&server).len()), (10_001, 2));
}

#[tokio::test]
async fn decompression_stops_at_the_limit() {
    let (server, client) = start_with(
        |client| client.max_response_bytes(LIMIT).limit_page_memory(),
        |_| ScriptedResponse::with_encoding("gzip", gzip(format!(r#"[{{"text": "{}"}}]"#, "x".repeat(900_000)).as_bytes())),
    );
    let page = client.paginate(client.request("0").unwrap()).next().await.unwrap().unwrap();
    assert_eq!((page.rows.ids.len(), requested(&server).len()), (1, 2));
}
