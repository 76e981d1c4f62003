//! Shapes of list responses whose pagination is detected: all rows come, or an error names a paginator.

use super::start;
use crate::testing::{Answer, Received};

const ROWS: usize = 130;

fn number(request: &Received, name: &str, default: usize) -> usize {
    request.param(name).and_then(|value| value.parse().ok()).unwrap_or(default)
}

fn rows(from: usize) -> String {
    let rows: Vec<_> = (from..ROWS.min(from + 50)).map(|id| format!(r#"{{"id": {}}}"#, id + 1)).collect();
    format!("[{}]", rows.join(","))
}

fn shape(name: &str, request: &Received) -> String {
    let offset = |param: &str| number(request, param, 0);
    let page = |param: &str| (number(request, param, 1).max(1) - 1) * 50;
    let token = |at: usize| if at + 50 < ROWS { format!(r#""{}""#, at + 50) } else { "null".to_owned() };
    let more = |at: usize| at + 50 < ROWS;
    let simple = |param: &str, key: &str| {
        let at = offset(param);
        format!(r#"{{"items": {}, {key:?}: {}}}"#, rows(at), token(at))
    };
    match name {
        "stripe" => {
            let at = offset("starting_after");
            format!(r#"{{"object": "list", "data": {}, "has_more": {}}}"#, rows(at), more(at))
        }
        "jira" => {
            let at = offset("startAt");
            format!(r#"{{"startAt": {at}, "maxResults": 50, "total": 130, "issues": {}}}"#, rows(at))
        }
        "text_total" => {
            let at = offset("skip");
            format!(r#"{{"skip": "{at}", "limit": "50", "total": "130", "issues": {}}}"#, rows(at))
        }
        "hubspot" => {
            let at = offset("after");
            if more(at) {
                format!(
                    r#"{{"results": {}, "paging": {{"next": {{"after": "{1}", "link": "/x?after={1}"}}}}}}"#,
                    rows(at),
                    at + 50
                )
            } else {
                format!(r#"{{"results": {}}}"#, rows(at))
            }
        }
        "odata" => {
            let at = offset("s");
            if more(at) {
                format!(r#"{{"value": {}, "@odata.nextLink": "/x?s={}"}}"#, rows(at), at + 50)
            } else {
                format!(r#"{{"value": {}}}"#, rows(at))
            }
        }
        "airtable" => simple("offset", "offset"),
        "cursor" => simple("cursor", "cursor"),
        "google" => simple("pageToken", "nextPageToken"),
        "aws" => simple("NextToken", "NextToken"),
        "page_count" => {
            let at = page("page");
            format!(r#"{{"total_items": 130, "page_count": 3, "items": {}}}"#, rows(at))
        }
        "page_total" => {
            let at = page("page");
            format!(r#"{{"page": {}, "per_page": 50, "total": 130, "items": {}}}"#, at / 50 + 1, rows(at))
        }
        "page_more" => {
            let at = page("page");
            format!(r#"{{"info": {{"page": {}, "more_records": {}}}, "data": {}}}"#, at / 50 + 1, more(at), rows(at))
        }
        "page_from_0" => {
            let at = offset("page") * 50;
            format!(r#"{{"number": {}, "totalPages": 3, "last": {}, "content": {}}}"#, at / 50, !more(at), rows(at))
        }
        "from_1" => {
            let at = number(request, "startIndex", 1) - 1;
            format!(r#"{{"startIndex": {}, "itemsPerPage": 50, "totalResults": 130, "Resources": {}}}"#, at + 1, rows(at))
        }
        "asana" => {
            let at = offset("offset");
            let next =
                if more(at) { format!(r#"{{"offset": "{0}", "uri": "/x?offset={0}"}}"#, at + 50) } else { "null".to_owned() };
            format!(r#"{{"data": {}, "next_page": {next}}}"#, rows(at))
        }
        "graphql" => {
            let at = offset("after");
            format!(r#"{{"data": {}, "pageInfo": {{"hasNextPage": {}, "endCursor": "{}"}}}}"#, rows(at), more(at), at + 50)
        }
        "last_token_stays" => {
            let at = offset("cursor");
            format!(r#"{{"items": {}, "next_cursor": "{}"}}"#, rows(at), (at + 50).min(100))
        }
        "laravel" => {
            let at = page("page");
            let next = if more(at) { format!(r#""/x?page={}""#, at / 50 + 2) } else { "null".to_owned() };
            format!(
                r#"{{"current_page": {}, "data": {}, "last_page": 3, "total": 130, "next_page_url": {next}}}"#,
                at / 50 + 1,
                rows(at)
            )
        }
        "ignored" => format!(r#"{{"offset": 0, "limit": 50, "total": 130, "items": {}}}"#, rows(0)),
        "ignored_page" => format!(r#"{{"page_size": 50, "total": 130, "items": {}}}"#, rows(0)),
        "total_only" => format!(r#"{{"total": 130, "items": {}}}"#, rows(0)),
        "link_ends_early" => format!(
            r#"{{"total": 130, "next": {}, "items": {}}}"#,
            if offset("o") == 0 { r#""/x?o=50""# } else { "null" },
            rows(offset("o"))
        ),
        "more_without_ids" => r#"{"has_more": true, "items": [{"a": 1}, {"a": 2}]}"#.to_owned(),
        "more_without_rows" => r#"{"has_more": true, "items": []}"#.to_owned(),
        other => unreachable!("{other}"),
    }
}

/// How many rows come of a shape, with the error that ends them.
async fn read(name: &'static str) -> String {
    let (_server, client) = start(move |request| Answer::json(200, shape(name, request)));
    let mut pages = client.paginate(client.request("x").unwrap());
    let mut found = 0;
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => found += page.rows.ids.len(),
            Err(error) if error.to_string().contains("name a paginator") => return "told".to_owned(),
            Err(error) => return error.to_string(),
        }
    }
    found.to_string()
}

#[tokio::test]
async fn known_shapes_bring_all_rows() {
    for name in [
        "stripe",
        "jira",
        "text_total",
        "hubspot",
        "odata",
        "airtable",
        "cursor",
        "google",
        "aws",
        "page_count",
        "page_total",
        "page_more",
        "page_from_0",
        "from_1",
        "asana",
        "graphql",
        "last_token_stays",
        "laravel",
    ] {
        assert_eq!(read(name).await, "130", "{name}");
    }
}

#[tokio::test]
async fn pages_that_cannot_be_followed_are_an_error() {
    for name in ["ignored", "ignored_page", "total_only", "more_without_ids", "more_without_rows"] {
        assert_eq!(read(name).await, "told", "{name}");
    }
}

/// Totals may be estimates, and the API says where its links end.
#[tokio::test]
async fn a_link_that_ends_before_the_total_is_a_warning() {
    let (_server, client) = start(move |request| Answer::json(200, shape("link_ends_early", request)));
    let mut pages = client.paginate(client.request("x").unwrap());
    let mut warnings = Vec::new();
    while let Some(page) = pages.next().await {
        warnings.extend(page.unwrap().warnings);
    }
    assert!(matches!(&warnings[..], [warning] if warning.contains("is 130, and 100 rows came in all")), "{warnings:?}");
}

/// The warnings about a page with this body, or its error.
async fn warnings(query: (&str, &str), body: &'static str) -> String {
    let (_server, client) = start(move |_| Answer::json(200, body));
    let page = client.paginate(client.request("x").unwrap().param(query.0, query.1)).next().await.unwrap();
    page.map_or_else(|error| error.to_string(), |page| page.warnings.join(" | "))
}

#[tokio::test]
async fn ordinary_single_pages_are_no_error() {
    for body in [
        r#"{"count": 2, "results": [1, 2]}"#,
        r#"{"total": 2, "items": [1, null]}"#,
        r#"{"total": 1, "items": [1, 2]}"#,
        r#"{"facets": {"total": 90}, "items": [1, 2]}"#,
        r#"{"id": 7, "total": 90, "items": [1, 2]}"#,
        r#"{"items": [{"total": 90}]}"#,
        r#"{"has_more": false, "items": [1, 2]}"#,
        r#"{"nextSyncToken": "a", "items": [1, 2]}"#,
        "[1, 2]",
    ] {
        assert_eq!(warnings(("a", "1"), body).await, "", "{body}");
    }
    assert!(warnings(("limit", "2"), "[1, 2]").await.contains("further rows may be missing"));
    assert_eq!(warnings(("limit", "3"), "[1, 2]").await, "");
}
