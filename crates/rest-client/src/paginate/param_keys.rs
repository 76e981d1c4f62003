//! Names that APIs give to parameters of requests and to headers of responses.

/// Parameters for the number of a page.
pub(super) const PAGE_PARAMS: &[&str] = &["page", "p", "pagenumber", "pageno", "pageindex"];
/// Parameters for how many rows a page has: those that go with an offset, and those that go with the number of a page.
pub(super) const LIMIT_PARAMS: &[&str] = &["limit", "first", "top", "count", "maxresults", "take"];
pub(super) const SIZE_PARAMS: &[&str] = &["perpage", "pagesize", "size", "itemsperpage"];

/// Headers with the next value of a parameter.
pub(super) const NEXT_HEADERS: &[(&str, &str)] = &[
    ("x-next-page", "page"),
    ("x-ms-continuationtoken", "continuationToken"),
    ("x-continuation-token", "continuationToken"),
    ("opc-next-page", "page"),
    ("x-next-cursor", "cursor"),
    ("x-next-offset", "offset"),
];
pub(super) const TOTAL_HEADERS: &[&str] = &[
    "x-total-count",
    "x-total",
    "x-wp-total",
    "x-pagination-total-count",
    "x-total-results",
    "x-total-items",
    "x-total-records",
];
pub(super) const PAGE_COUNT_HEADERS: &[&str] =
    &["x-total-pages", "x-wp-totalpages", "x-pages", "x-pagination-page-count", "x-page-count"];
pub(super) const MORE_HEADERS: &[&str] = &["x-has-more", "x-has-next", "x-has-next-page", "x-more"];

/// The header in which some APIs put an object with totals.
pub(super) const JSON_HEADER: &str = "x-pagination";
