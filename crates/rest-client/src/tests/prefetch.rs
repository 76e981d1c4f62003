//! The next page is on its way while this one is worked on.

use super::start;
use crate::RestClient;
use crate::testing::{ReceivedRequest, ScriptedResponse};

fn linked(request: &ReceivedRequest, last: usize) -> ScriptedResponse {
    let response = ScriptedResponse::json(200, format!("[{}]", request.index));
    if request.index < last { response.header("Link", format!("</{}>; rel=next", request.index + 1)) } else { response }
}

/// Takes a page, and does not go on before another request has come.
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
    // a third request would need an answer to the second one, and the client has had the time for that here
    client.get("between", &[]).await.unwrap();
    let paths: Vec<_> = server.requests().into_iter().map(|request| request.path).collect();
    assert_eq!(paths, ["/0", "/1", "/between"]);
}

#[tokio::test]
async fn nothing_is_sent_before_it_is_asked_for() {
    let (server, client) = start(|request| linked(request, 9));
    drop(client.paginate(client.request("0").unwrap()));
    client.get("between", &[]).await.unwrap();
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_page_that_is_sent_again_says_where_to_go_on() {
    // the first attempt names another page than the one whose body is complete
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
