//! Known keys of pagination metadata, in lowercase and without separators.

/// Objects that contain pagination metadata.
pub(super) const CONTAINERS: &[&str] = &[
    "meta",
    "metadata",
    "pagination",
    "paginationinfo",
    "paginginfo",
    "paging",
    "page",
    "pages",
    "pagemeta",
    "pagedata",
    "pager",
    "pageinfo",
    "responsemetadata",
    "searchmetadata",
    "links",
    "cursors",
    "cursor",
    "info",
    "listinfo",
    "resultinfo",
    "additionaldata",
];

/// Total row counts.
pub(super) const TOTALS: &[&str] = &[
    "total",
    "count",
    "totalcount",
    "totalresults",
    "totalitems",
    "totalelements",
    "totalrows",
    "totalrecords",
    "totalsize",
    "totalhits",
    "totalentries",
    "totalfound",
    "totalmatches",
    "totalnumber",
    "totalobjects",
    "numbermatched",
    "hits",
    "nbhits",
    "numfound",
    "recordsfiltered",
    "odatacount",
];

/// Totals that may count only the rows of the page.
pub(super) const AMBIGUOUS_TOTALS: &[&str] = &["count", "hits"];

/// Flags that indicate further pages.
pub(super) const MORE: &[&str] = &[
    "hasmore",
    "hasmoreitems",
    "hasmorepages",
    "hasmorerecords",
    "hasmoreresults",
    "hasnext",
    "hasnextpage",
    "more",
    "moreavailable",
    "moreitems",
    "morepages",
    "morerecords",
    "moreresults",
    "istruncated",
    "truncated",
    "moreitemsincollection",
    "exceededtransferlimit",
    // as a boolean; other values are links or tokens
    "next",
    "nextpage",
];

/// Flags that indicate further pages even in a body without a list.
pub(super) const CERTAIN_MORE: &[&str] = &["hasmore", "hasnext", "hasnextpage", "hasmorepages", "hasmoreresults", "istruncated"];

/// Flags that mark the last page.
pub(super) const LAST: &[&str] = &["islast", "islastpage", "last", "lastpage", "done", "complete", "endofstream"];

/// The flag that ends the pagination even if the page has a next link: that link is for a later export.
pub(super) const END_OF_STREAM: &str = "endofstream";

/// Page counts.
pub(super) const PAGE_COUNTS: &[&str] =
    &["totalpages", "pages", "pagecount", "pagescount", "lastpage", "numpages", "nbpages", "totalpage"];

/// Page numbers.
pub(super) const PAGES: &[&str] = &["page", "currentpage", "pagenumber", "pageno", "pageindex", "current", "number"];

/// The offset of a page, in responses and as a request parameter.
pub(super) const OFFSETS: &[&str] = &["offset", "skip", "startat", "start", "from", "startindex"];

/// Page sizes beside an offset.
pub(super) const LIMITS: &[&str] = &["limit", "maxresults", "top", "first", "max", "maxrecords", "take", "results"];
/// Page sizes beside a page number.
pub(super) const SIZES: &[&str] = &["perpage", "pagesize", "size", "itemsperpage", "hitsperpage", "resultsperpage"];

/// Keys of an object whose `total` is an amount of money or belongs to a single entity.
pub(super) const AMOUNTS: &[&str] = &[
    "id",
    "orderid",
    "invoiceid",
    "cartid",
    "currency",
    "subtotal",
    "grandtotal",
    "amount",
    "tax",
    "taxes",
    "price",
    "vat",
    "discount",
    "discounts",
    "shipping",
];

/// Tokens under keys that do not begin with `next`, with their request parameter; `None` if it equals the key.
pub(super) const TOKENS: &[(&str, Option<&str>)] = &[
    ("endcursor", Some("after")),
    ("aftercursor", Some("after")),
    ("cursorafter", Some("after")),
    ("after", Some("after")),
    ("startingafter", None),
    ("continuationtoken", None),
    ("continuation", None),
    ("continue", None),
    ("pagetoken", None),
    ("pagingtoken", None),
    ("paginationtoken", None),
    ("resumptiontoken", None),
    ("skiptoken", Some("$skiptoken")),
    ("marker", None),
    ("bookmark", None),
    ("cursor", None),
    ("offset", None),
];

/// Keys of tokens and positions in an object such as `"next": {"after": 7}`, most reliable first. The value is sent in the
/// parameter with the name of the key.
pub(super) const IN_NEXT: &[&str] = &[
    "startingafter",
    "after",
    "cursor",
    "pagetoken",
    "token",
    "continuationtoken",
    "continuation",
    "marker",
    "offset",
    "skip",
    "start",
    "startindex",
    "page",
    "pagenumber",
];

/// Tokens that are objects or lists, or whose parameter is unknown.
pub(super) const UNFOLLOWED_TOKENS: &[&str] =
    &["lastevaluatedkey", "continue", "continuation", "continuationtoken", "searchafter"];

/// Scroll IDs. APIs return one with the last page too.
pub(super) const SCROLLS: &[&str] = &["scrollid"];

/// The suffixes of cursor keys that begin with `next`. Keys with other suffixes, such as `next_billing_date`, are rarely
/// cursors.
pub(super) const CURSOR_KEYS: &[&str] = &[
    "",
    "cursor",
    "cursormark",
    "page",
    "pagetoken",
    "pagecursor",
    "pagestart",
    "token",
    "offset",
    "skip",
    "skiptoken",
    "start",
    "startindex",
    "startingafter",
    "after",
    "marker",
    "continuation",
    "continuationtoken",
];

/// Words in keys that begin with `next` but do not contain a token.
pub(super) const OTHER_NEXT: &[&str] = &[
    "date",
    "time",
    "sync",
    "delta",
    "update",
    "run",
    "refresh",
    "billing",
    "reset",
    "review",
    "pay",
    "invoice",
    "charge",
    "renew",
    "action",
    "step",
    "event",
    "level",
    "match",
    "game",
    "stage",
    "status",
    "version",
    "retry",
    "due",
    "deadline",
    "release",
    "episode",
    "chapter",
    "interval",
    "poll",
    "schedule",
    "maintenance",
    "expir",
    "tier",
    "goal",
    "milestone",
    "deploy",
    "price",
    "deliver",
];

/// Returns a key in lowercase, without separators.
pub(crate) fn fold_key(key: &str) -> String {
    key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
