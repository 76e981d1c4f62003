//! Page totals and pagination detection.

use catchment::rest_client::testing::{ReceivedRequest, ScriptedResponse, ScriptedServer};
use serde_json::json;

use super::{ok, spec};
use crate::command::Run;
use crate::dataset::Dataset;

/// dlt-hub/dlt#1414: only the first page contains the number of pages, and the load failed on the second page.
#[test]
fn a_total_on_the_first_page_applies_to_later_pages() {
    let server = ScriptedServer::start(|request| {
        let Some(page @ 1..=3) = request.param("page").and_then(|page| page.parse::<u32>().ok()) else {
            return ScriptedResponse::json(404, r#"{"message": "no such page"}"#);
        };
        let pagination = match page {
            1 => json!({"total": 3, "lastPage": 3, "nextPage": 2, "currentPage": 1, "perPage": 2}),
            page => json!({"currentPage": page, "perPage": 2}),
        };
        ok(json!({"data": [{"id": page * 10}, {"id": page * 10 + 1}], "pagination": pagination}))
    });
    let dataset = Dataset::new();
    let paginator = json!({"type": "page_number", "base_page": 1, "total_path": "pagination.total"});
    let series = json!({"name": "series", "endpoint": {"path": "series", "data_selector": "data", "paginator": paginator}});
    Run::new(&dataset, &spec(&server, json!([series]))).load(&[]);
    assert_eq!(dataset.query("SELECT count(*), count(DISTINCT id) FROM series"), "6 6");
    let requests = server.requests();
    let mut pages: Vec<_> = requests.iter().map(|request| request.param("page")).collect();
    pages.sort_unstable();
    assert_eq!(pages, [Some("1"), Some("2"), Some("3")]);
}

/// The formats of list responses that [`list`] serves, each at the path of its name.
const SHAPES: [&str; 11] = [
    "by_last_id",
    "start_at",
    "next_after",
    "response_metadata",
    "google",
    "odata",
    "offset_token",
    "page_count",
    "hal",
    "laravel",
    "link_header",
];

const ROWS: usize = 130;
const PAGE_SIZE: usize = 50;

/// Serves 130 rows in pages of 50, in the format named by the path.
fn list(request: &ReceivedRequest) -> ScriptedResponse {
    let number = |param: &str, default: usize| request.param(param).map_or(default, |value| value.parse().unwrap());
    let shape = request.path.trim_start_matches('/');
    let start = match shape {
        "by_last_id" => number("starting_after", 0),
        "start_at" => number("startAt", 0),
        "next_after" => number("after", 0),
        "response_metadata" => number("cursor", 0),
        "google" => number("pageToken", 0),
        "odata" => number("$skiptoken", 0),
        "offset_token" => number("offset", 0),
        _ => (number("page", 1) - 1) * PAGE_SIZE,
    };
    let next = start + PAGE_SIZE;
    let (page, next_page, has_more) = (start / PAGE_SIZE + 1, start / PAGE_SIZE + 2, next < ROWS);
    let row = |id: usize| format!(r#"{{"id": {id}, "created": "2024-01-{:02}T00:00:00Z"}}"#, 1 + id / 10);
    let rows = format!("[{}]", (start + 1..=next.min(ROWS)).map(row).collect::<Vec<_>>().join(", "));
    let unless_last = |field: String| if has_more { format!(", {field}") } else { String::new() };
    let base = format!("http://{}", request.header("host").unwrap());
    let body = match shape {
        "by_last_id" => format!(r#"{{"object": "list", "data": {rows}, "has_more": {has_more}, "url": "/v1/charges"}}"#),
        "start_at" => {
            format!(r#"{{"startAt": {start}, "maxResults": {PAGE_SIZE}, "total": {ROWS}, "issues": {rows}}}"#)
        }
        "next_after" => {
            let link = format!("{base}/next_after?after={next}");
            let paging = unless_last(format!(r#""paging": {{"next": {{"after": "{next}", "link": "{link}"}}}}"#));
            format!(r#"{{"results": {rows}{paging}}}"#)
        }
        "response_metadata" => {
            let cursor = if has_more { next.to_string() } else { String::new() };
            format!(r#"{{"ok": true, "members": {rows}, "response_metadata": {{"next_cursor": "{cursor}"}}}}"#)
        }
        "google" => {
            let token = unless_last(format!(r#""nextPageToken": "{next}""#));
            format!(r#"{{"kind": "list", "items": {rows}{token}}}"#)
        }
        "odata" => {
            let link = unless_last(format!(r#""@odata.nextLink": "{base}/odata?$skiptoken={next}""#));
            format!(r#"{{"@odata.context": "c", "value": {rows}{link}}}"#)
        }
        "offset_token" => {
            let offset = unless_last(format!(r#""offset": "{next}""#));
            format!(r#"{{"records": {rows}{offset}}}"#)
        }
        "page_count" => format!(r#"{{"total_items": {ROWS}, "page_count": 3, "items": {rows}}}"#),
        "hal" => {
            let next = unless_last(format!(r#""next": {{"href": "/hal?page={next_page}"}}"#));
            let links = format!(r#"{{"self": {{"href": "/hal?page={page}"}}{next}}}"#);
            format!(r#"{{"_embedded": {{"things": {rows}}}, "_links": {links}}}"#)
        }
        "laravel" => {
            let url = if has_more { format!(r#""{base}/laravel?page={next_page}""#) } else { "null".to_owned() };
            format!(
                r#"{{"current_page": {page}, "data": {rows}, "last_page": 3, "per_page": {PAGE_SIZE}, "total": {ROWS}, "next_page_url": {url}}}"#
            )
        }
        "link_header" => rows,
        other => return ScriptedResponse::json(404, format!(r#"{{"message": "no shape {other}"}}"#)),
    };
    let response = ScriptedResponse::json(200, body);
    if shape == "link_header" && has_more {
        return response.header("Link", format!(r#"<{base}/link_header?page={next_page}>; rel="next""#));
    }
    response
}

/// Common formats of list responses, without a paginator in the spec.
#[test]
fn detected_pagination_loads_all_rows() {
    let server = ScriptedServer::start(list);
    for shape in SHAPES {
        let dataset = Dataset::new();
        let spec = spec(&server, json!([{"name": "things", "endpoint": {"path": shape}}]));
        Run::new(&dataset, &spec).load(&[]);
        // the rows may be in a child table
        let mut tables = dataset.tables_in("d");
        tables.retain(|table| dataset.columns(table).iter().any(|column| column == "id"));
        let count =
            |table: &String| dataset.query(&format!(r#"SELECT count(DISTINCT id) FROM "{table}""#)).parse::<usize>().unwrap();
        assert_eq!(tables.iter().map(count).max(), Some(ROWS), "{shape}");
    }
}
