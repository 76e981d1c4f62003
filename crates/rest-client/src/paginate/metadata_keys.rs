//! Names that APIs give to facts about pages: in lower case, without what separates words.

/// Objects that hold such facts.
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

/// How many rows all pages have.
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

/// Totals that may as well count the rows of the page.
pub(super) const AMBIGUOUS_TOTALS: &[&str] = &["count", "hits"];

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
    // as a flag; as anything else it is a link or a token
    "next",
    "nextpage",
];

/// Flags that mean more pages even in a body that has no list.
pub(super) const CERTAIN_MORE: &[&str] = &["hasmore", "hasnext", "hasnextpage", "hasmorepages", "hasmoreresults", "istruncated"];

pub(super) const LAST: &[&str] = &["islast", "islastpage", "last", "lastpage", "done", "complete", "endofstream"];

/// Says that the pages end even where a link follows, which is for a later time.
pub(super) const END_OF_STREAM: &str = "endofstream";

pub(super) const PAGE_COUNTS: &[&str] =
    &["totalpages", "pages", "pagecount", "pagescount", "lastpage", "numpages", "nbpages", "totalpage"];

pub(super) const PAGES: &[&str] = &["page", "currentpage", "pagenumber", "pageno", "pageindex", "current", "number"];

/// The first row of a page, in responses and as a parameter of requests.
pub(super) const OFFSETS: &[&str] = &["offset", "skip", "startat", "start", "from", "startindex"];

/// Sizes that stand beside an offset, and sizes that stand beside the number of a page.
pub(super) const LIMITS: &[&str] = &["limit", "maxresults", "top", "first", "max", "maxrecords", "take", "results"];
pub(super) const SIZES: &[&str] = &["perpage", "pagesize", "size", "itemsperpage", "hitsperpage", "resultsperpage"];

/// Keys of an object with a `total` that is an amount of money or belongs to one entity.
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

/// Tokens under a key that does not begin with `next`, and the parameter that each goes to; none is that of its key.
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

/// What an object under a key like `next` calls the value of the parameter of the same name, the most certain first.
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

/// Tokens that are objects or lists, or whose parameter is not known.
pub(super) const UNFOLLOWED_TOKENS: &[&str] =
    &["lastevaluatedkey", "continue", "continuation", "continuationtoken", "searchafter"];

/// Ids of scrolls: APIs give one with the last page too.
pub(super) const SCROLLS: &[&str] = &["scrollid"];

/// What may stand after `next` in the key of a cursor. Others, as in `next_billing_date`, are rarely cursors.
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

/// What a key that begins with `next` speaks of where it is no token.
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

/// A key without what separates its words, in lower case.
pub(crate) fn fold_key(key: &str) -> String {
    key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
