//! Empty pages and wrong totals in the middle of a detected pagination.

use super::{hide_address, start};
use crate::testing::ScriptedResponse;

/// Checks the row count of each page, the requests after the first one, and warnings and errors.
async fn check<const N: usize>(bodies: [String; N], expected: &str) {
    let shown = bodies.join(" ");
    let (server, client) = start(move |request| match bodies.get(request.index) {
        Some(body) => ScriptedResponse::json(200, body.clone()),
        None => ScriptedResponse::json(404, "no more"),
    });
    let mut pages = client.paginate(client.request("x").unwrap());
    let (mut rows, mut messages) = (Vec::new(), Vec::new());
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => {
                rows.push(page.rows.ids.len().to_string());
                messages.extend(page.warnings);
            }
            Err(error) => messages.push(error.to_string()),
        }
    }
    let params: Vec<_> = server.requests().iter().skip(1).flat_map(|request| request.query.clone()).collect();
    let params: Vec<_> = params.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    let messages = hide_address(&messages.join(" | "), &server);
    assert_eq!(format!("{} [{}] {messages}", rows.join(" "), params.join(" ")).trim(), expected, "{shown}");
}

/// Returns the body of a page with `items` and the fields `beside` them.
fn page(items: &str, beside: &str) -> String {
    format!(r#"{{"items": [{items}], {beside}}}"#)
}

#[tokio::test]
async fn an_empty_page_with_a_numeric_token_is_not_the_end() {
    let first = || page("1, 2", r#""next_cursor": "2""#);
    let last = || page("5", r#""next_cursor": null"#);
    check([first(), page("", r#""next_cursor": "4""#), last()], "2 0 1 [cursor=2 cursor=4]").await;
    check([page("", r#""next_cursor": "2""#), last()], "0 1 [cursor=2]").await;
    let tokens = [page("1", r#""nextPageToken": 7"#), page("", r#""nextPageToken": 8"#), page("2", r#""more": 0"#)];
    check(tokens, "1 0 1 [pageToken=7 pageToken=8]").await;
    let [four, six, eight] = [4, 6, 8].map(|next| page("", &format!(r#""next_cursor": "{next}""#)));
    let warning = "the last 3 pages up to {url}/x?cursor=6 have no rows, and the next page was not requested: rows may be missing; set a \
                   paginator in the spec";
    check([first(), four, six, eight], &format!("2 0 0 0 [cursor=2 cursor=4 cursor=6] {warning}")).await;
}

#[tokio::test]
async fn a_page_as_large_as_its_stated_limit_is_a_warning() {
    let warning = "{url}/x returned exactly 3 rows and no sign of a next page: further rows may be missing; set a paginator in the \
                   spec, or `single_page` if these are all rows";
    check([page("1, 2, 3", r#""limit": 3"#)], &format!("3 [] {warning}")).await;
    check([page("1, 2, 3", r#""page_size": 3"#)], &format!("3 [] {warning}")).await;
    check([page("1, 2, 3", r#""limit": 4"#)], "3 []").await;
}

#[tokio::test]
async fn an_error_body_with_a_success_status_is_not_a_page() {
    let quota = r#"{"error": "quota"}"#;
    let error = |page: &str| {
        format!(
            "GET {{url}}/x{page} failed: the response has no rows and its key `error` reports an error: set `data_selector` if the \
             body is a row (`$` selects the body), or add a response action to ignore it; the response begins with: {quota}"
        )
    };
    check([quota.to_owned()], &format!("[] {}", error(""))).await;
    let first = page("1", r#""next_cursor": "a""#);
    check([first, quota.to_owned()], &format!("1 [cursor=a] {}", error("?cursor=a"))).await;
    let warning = "{url}/x?cursor=a has nothing at items instead of rows: the page has no rows";
    let first = page("1", r#""next_cursor": "a""#);
    check([first, "{}".to_owned()], &format!("1 0 [cursor=a] {warning}")).await;
}

#[tokio::test]
async fn an_empty_page_before_the_stated_last_one_is_not_the_end() {
    let gap = ["1", "", "2", "3"];
    let mut number = 0;
    let numbered = gap.map(|items| {
        number += 1;
        page(items, &format!(r#""page": {number}, "total_pages": 4"#))
    });
    check(numbered, "1 0 1 1 [page=2 page=3 page=4]").await;
    check(gap.map(|items| page(items, r#""total_pages": 4"#)), "1 0 1 1 [page=2 page=3 page=4]").await;
}

#[tokio::test]
async fn a_total_of_zero_beside_rows_is_ignored() {
    let pages = [(1, 3), (2, 0), (3, 0)];
    let by_page = pages.map(|(number, total)| page(&number.to_string(), &format!(r#""page": {number}, "total_pages": {total}"#)));
    check(by_page, "1 1 1 [page=2 page=3]").await;
    let by_offset = pages
        .map(|(number, total)| page(&number.to_string(), &format!(r#""offset": {}, "limit": 1, "total": {total}"#, number - 1)));
    check(by_offset, "1 1 1 [offset=1 offset=2]").await;
}
