//! Known names of pagination parameters in requests and of pagination headers in responses.

/// Parameters for the page number.
pub(super) const PAGE_PARAMS: &[&str] = &["page", "p", "pagenumber", "pageno", "pageindex"];
/// Parameters for the page size beside an offset.
pub(super) const LIMIT_PARAMS: &[&str] = &["limit", "first", "top", "count", "maxresults", "take"];
/// Parameters for the page size beside a page number.
pub(super) const SIZE_PARAMS: &[&str] = &["perpage", "pagesize", "size", "itemsperpage"];

/// Headers with the next value of a parameter, and the name of the parameter.
pub(super) const NEXT_HEADERS: &[(&str, &str)] = &[
    ("x-next-page", "page"),
    ("x-ms-continuationtoken", "continuationToken"),
    ("x-continuation-token", "continuationToken"),
    ("opc-next-page", "page"),
    ("x-next-cursor", "cursor"),
    ("x-next-offset", "offset"),
];
/// Headers with the total row count.
pub(super) const TOTAL_HEADERS: &[&str] = &[
    "x-total-count",
    "x-total",
    "x-wp-total",
    "x-pagination-total-count",
    "x-total-results",
    "x-total-items",
    "x-total-records",
];
/// Headers with the page count.
pub(super) const PAGE_COUNT_HEADERS: &[&str] =
    &["x-total-pages", "x-wp-totalpages", "x-pages", "x-pagination-page-count", "x-page-count"];
/// Headers with a flag that indicates further pages.
pub(super) const MORE_HEADERS: &[&str] = &["x-has-more", "x-has-next", "x-has-next-page", "x-more"];

/// A header with a JSON object that contains totals.
pub(super) const JSON_HEADER: &str = "x-pagination";
