//! All paginators with empty pages, one page, many pages, missing fields, wrong types and repeated cursors.

use super::{hide_address, start};
use crate::testing::ScriptedResponse;
use crate::{Auto, HeaderCursor, HeaderLink, JsonCursor, JsonLink, JsonPath, Offset, PageNumber, Paginator, Value};

/// Creates a response from a body and, after ` # `, a header.
fn response(text: &str) -> ScriptedResponse {
    let (body, header) = text.split_once(" # ").unwrap_or((text, ""));
    match header.split_once(": ") {
        Some((name, value)) => ScriptedResponse::json(200, body).header(name, value),
        None => ScriptedResponse::json(200, body),
    }
}

/// Checks the queries, the rows of each page and the error, with a server that returns `responses` in turn and repeats the
/// last one.
async fn check(paginator: impl Paginator + 'static, responses: &'static [&'static str], expected: &str) {
    let given = format!("{paginator:?} {responses:?}");
    let (server, client) = start(move |request| response(responses[request.index.min(responses.len() - 1)]));
    let client = client.with_paginator(paginator.clone_box());
    let mut pages = client.paginate(client.request("x").unwrap());
    let (mut found, mut positions) = (Vec::new(), Vec::new());
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => {
                found.push(page.rows.nodes().map(|row| format!("{row:?}")).collect::<Vec<_>>().join(" "));
                positions.push(page.position);
            }
            Err(error) => found.push(hide_address(&error.kind().to_string(), &server)),
        }
    }
    let first = server.url();
    let mut queries: Vec<_> = server.requests().iter().map(query).collect();
    if found.len() > positions.len() && !paginator.needs_body() {
        // the page after the error may have been prefetched
        assert!(queries.len() <= found.len() + 1, "{queries:?}: {given}");
        queries.truncate(found.len());
    }
    assert_eq!(format!("{} => {}", queries.join(" "), found.join(" | ")), expected, "{given}");

    if found.len() > positions.len() {
        // the error may depend on earlier pages
        return;
    }
    // resuming from each stored position sends the same remaining requests
    for (at, position) in positions.iter().enumerate().filter_map(|(at, position)| Some((at + 1, position.as_ref()?))) {
        let (server, client) = start(move |request| response(responses[(at + request.index).min(responses.len() - 1)]));
        let client = client.with_paginator(paginator.clone_box());
        // links contain the address of the first server
        let stored = position.to_string().replace(&first, &server.url());
        let position = Value::parse(&stored).unwrap();
        let mut pages = client.paginate_from(client.request("x").unwrap(), &position);
        while pages.next().await.is_some_and(|page| page.is_ok()) {}
        let resumed: Vec<_> = server.requests().iter().map(query).collect();
        assert_eq!(resumed, queries[at..], "from {position}: {given}");
    }
}

fn query(request: &crate::testing::ReceivedRequest) -> String {
    let pairs: Vec<_> = request.query.iter().map(|(key, value)| format!("{key}={value}")).collect();
    format!("?{}", pairs.join("&"))
}

fn path(text: &str) -> JsonPath {
    JsonPath::parse(text).unwrap()
}

const LOOP: &str = "pagination loop: this request and its response occurred before; check the paginator";

#[tokio::test]
async fn json_links() {
    check(JsonLink::default(), &[r#"{"d": []}"#], "? => ").await;
    check(JsonLink::default(), &[r#"{"d": [1]}"#], "? => 1").await;
    check(
        JsonLink::default(),
        &[r#"{"d": [1], "next": "?p=2"}"#, r#"{"d": [2], "next": "?p=3"}"#, r#"{"d": [3], "next": ""}"#],
        "? ?p=2 ?p=3 => 1 | 2 | 3",
    )
    .await;
    check(JsonLink::default(), &[r#"{"d": [], "next": "?p=2"}"#, r#"{"d": [2], "next": null}"#], "? ?p=2 =>  | 2").await;
    check(JsonLink::default(), &[r#"{"d": [1], "next": false}"#], "? => 1").await;
    let wrong = |found| {
        format!(
            "? => cannot follow the next link at next: it is {found}; correct the path of the paginator, or set another paginator"
        )
    };
    check(JsonLink::default(), &[r#"{"d": [1], "next": 7}"#], &wrong("a number")).await;
    check(JsonLink::default(), &[r#"{"d": [1], "next": true}"#], &wrong("true")).await;
    check(JsonLink::default(), &[r#"{"d": [1], "next": {}}"#], &wrong("an object")).await;
    check(JsonLink::default(), &[r#"{"d": [1], "next": "?p=2"}"#], &format!("? ?p=2 ?p=2 => 1 | 1 | {LOOP}")).await;
}

#[tokio::test]
async fn header_links() {
    check(HeaderLink::default(), &["[]"], "? => ").await;
    check(HeaderLink::default(), &["[1]"], "? => 1").await;
    check(
        HeaderLink::default(),
        &["[1] # Link: <?p=2>; rel=next", "[2] # Link: <?p=3>; rel=next", "[3]"],
        "? ?p=2 ?p=3 => 1 | 2 | 3",
    )
    .await;
    check(HeaderLink::default(), &["[1] # Link: nonsense"], "? => 1").await;
    check(HeaderLink::default(), &["[1] # Link: <?p=2>; rel=next"], &format!("? ?p=2 ?p=2 => 1 | 1 | {LOOP}")).await;
}

#[tokio::test]
async fn header_cursors() {
    let cursor = || HeaderCursor::new().cursor_key("X-Next").cursor_param("c");
    check(cursor(), &["[]"], "? => ").await;
    check(cursor(), &["[1] # x-next: a b", "[2] # X-Next: c", "[3] # X-Next: "], "? ?c=a b ?c=c => 1 | 2 | 3").await;
    check(cursor(), &["[1] # X-Other: a"], "? => 1").await;
    check(cursor(), &["[1] # X-Next: a"], &format!("? ?c=a ?c=a => 1 | 1 | {LOOP}")).await;
    check(HeaderCursor::new(), &["[1] # next: a", "[2]"], "? ?cursor=a => 1 | 2").await;
}

#[tokio::test]
async fn json_cursors() {
    let cursor = || JsonCursor::new().cursor_path(path("c"));
    check(cursor(), &[r#"{"d": []}"#], "? => ").await;
    check(cursor(), &[r#"{"d": [1], "c": "a"}"#, r#"{"d": [2], "c": 7}"#, r#"{"d": [3]}"#], "? ?cursor=a ?cursor=7 => 1 | 2 | 3")
        .await;
    for end in [
        r#"{"d": [1], "c": null}"#,
        r#"{"d": [1], "c": ""}"#,
        r#"{"d": [1], "c": 0}"#,
        r#"{"d": [1], "c": false}"#,
        r#"{"d": [1], "c": {}}"#,
    ] {
        check(cursor(), Box::leak(Box::new([end])), "? => 1").await;
    }
    let wrong = |found| {
        format!(
            "? => `c` (cursor_path of the paginator) is {found} in the response, but must be a string or a number: correct it"
        )
    };
    check(cursor(), &[r#"{"d": [1], "c": true}"#], &wrong("true")).await;
    check(cursor(), &[r#"{"d": [1], "c": ["a"]}"#], &wrong(r#"["a"]"#)).await;
    check(cursor(), &[r#"{"d": [1], "c": "a"}"#], &format!("? ?cursor=a ?cursor=a => 1 | 1 | {LOOP}")).await;
    // a scroll keeps its token while its pages change, and ends with an empty page
    check(
        cursor().stop_after_empty_page(true),
        &[r#"{"d": [1], "c": "a"}"#, r#"{"d": [2], "c": "a"}"#, r#"{"d": [], "c": "a"}"#],
        "? ?cursor=a ?cursor=a => 1 | 2 | ",
    )
    .await;
    check(cursor(), &[r#"{"d": [1], "c": "a"}"#, r#"{"d": [], "c": "a"}"#],
        "? ?cursor=a ?cursor=a => 1 |  | pagination loop: this request and its empty response occurred before; if an empty page is the last one, set `stop_after_empty_page` of the paginator").await;
    let more = || cursor().has_more_path(path("more"));
    check(more(), &[r#"{"d": [1], "c": "a", "more": true}"#, r#"{"d": [2], "c": "b", "more": "no"}"#], "? ?cursor=a => 1 | 2")
        .await;
    let wrong = |found| {
        format!("? => `more` (has_more_path of the paginator) is {found} in the response, but must be true or false: correct it")
    };
    check(more(), &[r#"{"d": [1], "c": "a"}"#], &wrong("nothing")).await;
    check(more(), &[r#"{"d": [1], "c": "a", "more": 1}"#], &wrong("1")).await;
    check(more(), &[r#"{"d": [1], "c": "a", "more": "perhaps"}"#], &wrong("\"perhaps\"")).await;
}

#[tokio::test]
async fn offsets() {
    let two = || Offset::new(2);
    check(two(), &[r#"{"d": []}"#], "?limit=2&offset=0 => ").await;
    check(two(), &[r#"{"d": [1, 2], "total": 2}"#], "?limit=2&offset=0 => 1 2").await;
    check(
        two(),
        &[r#"{"d": [1, 2], "total": 3}"#, r#"{"d": [3], "total": 3}"#],
        "?limit=2&offset=0 ?limit=2&offset=2 => 1 2 | 3",
    )
    .await;
    check(
        two(),
        &[r#"{"d": [1, 2]}"#, r#"{"d": [3]}"#, r#"{"d": []}"#],
        "?limit=2&offset=0 ?limit=2&offset=2 ?limit=2&offset=4 => 1 2 | 3 | ",
    )
    .await;
    check(
        two().total_path(path("n")),
        &[r#"{"d": [1, 2], "n": "4.0"}"#, r#"{"d": [3, 4], "n": 4}"#],
        "?limit=2&offset=0 ?limit=2&offset=2 => 1 2 | 3 4",
    )
    .await;
    let wrong = |found| {
        format!(
            "?limit=2&offset=0 => `n` (total_path of the paginator) is {found} in the response, but must be a non-negative integer: correct it, or set it to null if the API has no total"
        )
    };
    check(two().total_path(path("n")), &[r#"{"d": [1, 2]}"#], &wrong("nothing")).await;
    check(two().total_path(path("n")), &[r#"{"d": [1, 2], "n": null}"#], &wrong("null")).await;
    check(two().total_path(path("n")), &[r#"{"d": [1, 2], "n": "many"}"#], &wrong("\"many\"")).await;
    check(two().total_path(path("n")), &[r#"{"d": [1, 2], "n": 1.5}"#], &wrong("1.5")).await;
    check(two().total_path(path("n")), &[r#"{"d": [1, 2], "n": -1}"#], &wrong("-1")).await;
    check(
        two().offset(1).maximum_offset(5).without_total().offset_param("o").limit_param("l"),
        &[r#"{"d": [1, 2]}"#, r#"{"d": [3, 4]}"#],
        "?l=2&o=1 ?l=2&o=3 => 1 2 | 3 4",
    )
    .await;
    check(Offset::new(0), &["[]"], " => the setting limit is 0, but must be at least 1").await;
    check(two().without_total().stop_after_empty_page(false), &["[]"],
        " => the setting stop_after_empty_page is false, but must be true unless total_path, has_more_path or a maximum ends the pagination").await;
    check(two().without_total(), &[r#"{"d": [1, 2]}"#], &format!(
        "{} => {} | the last 10 pages have the same rows, although each request was different: the API seems to ignore the parameters of the paginator; check their names",
        (0..10).map(|page| format!("?limit=2&offset={}", page * 2)).collect::<Vec<_>>().join(" "), ["1 2"; 9].join(" | "))).await;
}

#[tokio::test]
async fn page_numbers() {
    let pages = PageNumber::new;
    check(pages(), &["[]"], "?page=0 => ").await;
    check(pages(), &["[1]", "[2]", "[]"], "?page=0 ?page=1 ?page=2 => 1 | 2 | ").await;
    check(pages().base_page(1), &[r#"{"d": [1], "total": 2}"#, r#"{"d": [2], "total": 2}"#], "?page=1 ?page=2 => 1 | 2").await;
    check(pages().base_page(1).page(2), &[r#"{"d": [2], "total": 3}"#, r#"{"d": [3], "total": 3}"#], "?page=2 ?page=3 => 2 | 3")
        .await;
    check(pages().maximum_page(2).page_param("p"), &["[1]", "[2]"], "?p=0 ?p=1 => 1 | 2").await;
    check(
        pages().has_more_path(path("m")),
        &[r#"{"d": [1], "m": "yes"}"#, r#"{"d": [2], "m": false}"#],
        "?page=0 ?page=1 => 1 | 2",
    )
    .await;
    check(pages().stop_after_empty_page(false).maximum_page(3), &["[]", "[1]", "[2]"], "?page=0 ?page=1 ?page=2 =>  | 1 | 2")
        .await;
    check(pages().base_page(u64::MAX - 1), &["[1]", "[2]"], "?page=18446744073709551614 => 1").await;
}

#[tokio::test]
async fn a_total_in_the_first_page_applies_to_later_pages() {
    let pages = || PageNumber::new().base_page(1).total_path(path("n"));
    let responses = &[r#"{"d": [1], "n": 3}"#, r#"{"d": [2]}"#, r#"{"d": [3], "n": null}"#];
    check(pages(), responses, "?page=1 ?page=2 ?page=3 => 1 | 2 | 3").await;
    check(pages(), &[r#"{"d": [1], "n": 3}"#, r#"{"d": [2], "n": 2}"#], "?page=1 ?page=2 => 1 | 2").await;
    check(
        Offset::new(2).total_path(path("n")),
        &[r#"{"d": [1, 2], "n": 3}"#, r#"{"d": [3]}"#],
        "?limit=2&offset=0 ?limit=2&offset=2 => 1 2 | 3",
    )
    .await;
}

#[tokio::test]
async fn detected_paginators() {
    let auto = Auto::default;
    // page numbers, with and without the number of the page, with base 0 and base 1
    check(auto(), &[r#"{"d": [1], "pages": 3, "page": 1}"#, r#"{"d": [2]}"#, r#"{"d": [3]}"#], "? ?page=2 ?page=3 => 1 | 2 | 3")
        .await;
    check(auto(), &[r#"{"d": [1], "total_pages": 2, "page": 0}"#, r#"{"d": [2], "total_pages": 2}"#], "? ?page=1 => 1 | 2").await;
    check(auto(), &[r#"{"d": [1], "total_pages": 3}"#, r#"{"d": [2]}"#, r#"{"d": [3]}"#], "? ?page=2 ?page=3 => 1 | 2 | 3").await;
    check(
        auto(),
        &[r#"{"d": [0], "total_pages": 3}"#, r#"{"d": [2]}"#, r#"{"d": []}"#, r#"{"d": [1]}"#],
        "? ?page=2 ?page=3 ?page=1 => 0 | 2 |  | 1",
    )
    .await;
    // the page count is one too high, so page 1 is requested again
    check(
        auto(),
        &[r#"{"d": [1], "pages": 3}"#, r#"{"d": [2]}"#, r#"{"d": []}"#, r#"{"d": [1], "pages": 3}"#],
        "? ?page=2 ?page=3 ?page=1 => 1 | 2 | ",
    )
    .await;
    check(auto(), &[r#"{"d": [1], "pages": 1}"#], "? => 1").await;
    // cursors, in the parameter that the key implies
    check(auto(), &[r#"{"d": [1], "meta": {"next": "a"}}"#, r#"{"d": [2], "meta": {"next": null}}"#], "? ?cursor=a => 1 | 2")
        .await;
    check(auto(), &[r#"{"d": [1], "nextPageToken": "a"}"#, r#"{"d": [2]}"#], "? ?pageToken=a => 1 | 2").await;
    check(auto(), &[r#"{"d": [1], "next_cursor": "a"}"#, r#"{"d": [1], "next_cursor": "b"}"#],
        "? ?cursor=a => 1 | the second page has the same rows as the first: the API ignores the guessed parameter `cursor`; set a paginator with the right parameter").await;
    check(auto(), &[r#"{"id": 1, "next_cursor": "a"}"#], r#"? => {"id":1,"next_cursor":"a"}"#).await;
    // a header takes precedence over the body, a link over a page count
    check(auto(), &[r#"{"d": [1], "next": "?body=2"} # Link: <?header=2>; rel=next"#, r#"{"d": [2]}"#], "? ?header=2 => 1 | 2")
        .await;
    check(auto(), &[r#"{"d": [1], "next": "?p=2", "pages": 2}"#, r#"{"d": [2], "next": ""}"#], "? ?p=2 => 1 | 2").await;
}

#[tokio::test]
async fn paginators_set_fields_of_bodies() {
    let (server, client) = start(|request| {
        let page = ["[1]", "[2]", "[]"];
        ScriptedResponse::json(200, page[request.index])
    });
    let client = client.with_paginator(PageNumber::new().page_body_path("paging.page"));
    let mut request = client.request("x").unwrap().method(crate::Method::POST).json(Value::object([("q", Value::from("a"))]));
    request.idempotent = true;
    let mut pages = client.paginate(request);
    while let Some(page) = pages.next().await {
        page.unwrap();
    }
    let bodies: Vec<_> = server.requests().iter().map(|request| request.text()).collect();
    assert_eq!(bodies, [0, 1, 2].map(|page| format!(r#"{{"q":"a","paging":{{"page":{page}}}}}"#)));

    let list = client.request("x").unwrap().method(crate::Method::POST).json(Value::from(Vec::<Value>::new()));
    let error = client.paginate(list).next().await.unwrap().unwrap_err();
    assert_eq!(
        error.kind().to_string(),
        "cannot set `paging.page` in the request body: expected an object on this path, found a list"
    );
}

#[tokio::test]
async fn positions_of_other_paginators_are_rejected() {
    for paginator in [
        Box::new(Auto::default()) as Box<dyn Paginator>,
        Box::new(JsonLink::default()),
        Box::new(HeaderLink::default()),
        Box::new(Offset::new(1)),
        Box::new(PageNumber::new()),
        Box::new(crate::SinglePage),
    ] {
        let (server, client) = start(|_| ScriptedResponse::json(200, "[]"));
        let client = client.with_paginator(paginator);
        let error = client.paginate_from(client.request("x").unwrap(), &Value::from(true)).next().await.unwrap().unwrap_err();
        let expected =
            "cannot resume the pagination: a boolean is not a valid position of this paginator; start from the first page";
        assert_eq!((error.kind().to_string().as_str(), server.requests().len()), (expected, 0));
    }
}
