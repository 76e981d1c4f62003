//! Prefetching of the next page.

use super::start;
use crate::RestClient;
use crate::testing::{ReceivedRequest, ScriptedResponse};

fn linked(request: &ReceivedRequest, last: usize) -> ScriptedResponse {
    let response = ScriptedResponse::json(200, format!("[{}]", request.index));
    if request.index < last { response.header("Link", format!("</{}>; rel=next", request.index + 1)) } else { response }
}

/// Checks that the next page is requested while the consumer holds the current one.
async fn check(client: &RestClient, server: &crate::testing::ScriptedServer) {
    let mut pages = client.paginate(client.request("0").unwrap());
    for requests in 2..=3 {
        pages.next().await.unwrap().unwrap();
        server.wait_for_requests(requests);
    }
    assert_eq!(pages.next().await.unwrap().unwrap().number, 3);
    assert!(pages.next().await.is_none());
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn by_a_link_in_the_header() {
    let (server, client) = start(|request| linked(request, 2));
    check(&client, &server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn by_a_link_in_the_body() {
    let (server, client) = start(|request| {
        let next = if request.index < 2 { format!("\"/{}\"", request.index + 1) } else { "null".to_owned() };
        ScriptedResponse::json(200, format!(r#"{{"d": [{}], "next": {next}}}"#, request.index))
    });
    check(&client, &server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn never_more_than_one_page_ahead() {
    let (server, client) = start(|request| linked(request, 9));
    let mut pages = client.paginate(client.request("0").unwrap());
    pages.next().await.unwrap().unwrap();
    server.wait_for_requests(2);
    // this request gives the client time to prefetch a third page
    client.get("between", &[]).await.unwrap();
    let paths: Vec<_> = server.requests().into_iter().map(|request| request.path).collect();
    assert_eq!(paths, ["/0", "/1", "/between"]);
}

#[tokio::test]
async fn no_request_is_sent_before_the_first_poll() {
    let (server, client) = start(|request| linked(request, 9));
    drop(client.paginate(client.request("0").unwrap()));
    client.get("between", &[]).await.unwrap();
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn the_next_link_of_a_retried_page_replaces_the_first_one() {
    // the first attempt, whose body is incomplete, links to another page than the second one
    let (_server, client) = start(|request| match (request.path.as_str(), request.index) {
        ("/0", 0) => ScriptedResponse::json(200, "[0]").header("Link", "</1>; rel=next"),
        ("/1", 1) => ScriptedResponse::truncated("[1]", 1).header("Link", "</stale>; rel=next"),
        ("/1", _) => ScriptedResponse::json(200, "[1]").header("Link", "</fresh>; rel=next"),
        _ => ScriptedResponse::json(200, format!("[\"{}\"]", request.path)),
    });
    let mut pages = client.paginate(client.request("0").unwrap());
    let mut rows = Vec::new();
    while let Some(page) = pages.next().await {
        rows.extend(page.unwrap().rows.nodes().map(|node| format!("{node:?}")));
    }
    assert_eq!(rows, ["[0]", "[1]", "[\"/fresh\"]"].map(|row| row.trim_matches(['[', ']']).to_owned()));
}
