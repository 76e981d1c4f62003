//! APIs with row or page counts in the body or in headers.

use super::shape::{By, Shape};

const PAGE: By = By::Page("page", 1);
const OFFSET: By = By::Offset("offset", 0);

const fn same(name: &'static str, by: By, body: &'static str) -> Shape {
    Shape::new(name, by, body, body)
}

pub(super) const SHAPES: &[Shape] = &[
    same("Jira", By::Offset("startAt", 0), r#"{"startAt": AT, "maxResults": 50, "total": 130, "issues": ROWS}"#),
    same(
        "Contentful",
        By::Offset("skip", 0),
        r#"{"sys": {"type": "Array"}, "total": 130, "skip": AT, "limit": 50, "items": ROWS}"#,
    ),
    same("numbers as strings", By::Offset("skip", 0), r#"{"skip": "AT", "limit": "50", "total": "130", "issues": ROWS}"#),
    same("offset, limit, total", OFFSET, r#"{"offset": AT, "limit": 50, "total": 130, "items": ROWS}"#),
    same(
        "SCIM, from 1",
        By::Offset("startIndex", 1),
        r#"{"startIndex": AT, "itemsPerPage": 50, "totalResults": 130, "Resources": ROWS}"#,
    ),
    same("start from 1", By::Offset("start", 1), r#"{"start": AT, "limit": 50, "total": 130, "items": ROWS}"#),
    same("Solr", By::Offset("start", 0), r#"{"response": {"numFound": 130, "start": AT, "docs": ROWS}}"#),
    same("CouchDB", By::Offset("skip", 0), r#"{"total_rows": 130, "offset": AT, "rows": ROWS}"#),
    same("Mailchimp", OFFSET, r#"{"lists": ROWS, "total_items": 130}"#).path("x?offset=0&count=50"),
    same("a limit in the request, a total in the response", OFFSET, r#"{"items": ROWS, "total": 130}"#).path("x?limit=50"),
    same("OData, a count and $top", By::Offset("$skip", 0), r#"{"@odata.count": 130, "value": ROWS}"#).path("x?$top=50&$skip=0"),
    same(
        "Elasticsearch, from and size in the query",
        By::Offset("from", 0),
        r#"{"hits": {"total": {"value": 130, "relation": "eq"}, "hits": ROWS}}"#,
    )
    .path("x?from=0&size=50"),
    Shape::new(
        "a total that is only a lower bound",
        By::Offset("from", 0),
        r#"{"hits": {"total": {"value": 100, "relation": "gte"}, "hits": ROWS}}"#,
        r#"{"hits": {"total": {"value": 100, "relation": "gte"}, "hits": ROWS}}"#,
    )
    .path("x?from=0&size=50"),
    same("page, per_page, total", PAGE, r#"{"page": PAGE, "per_page": 50, "total": 130, "items": ROWS}"#),
    same("page_count", PAGE, r#"{"total_items": 130, "page_count": 3, "items": ROWS}"#),
    same("total_pages", PAGE, r#"{"total_pages": 3, "items": ROWS}"#),
    same("total_pages, from 0, without the page number", By::Page("page", 0), r#"{"total_pages": 3, "items": ROWS}"#),
    Shape::new(
        "total_pages, from 0, with only a flag",
        By::Page("page", 0),
        r#"{"total_pages": 3, "has_next": true, "items": ROWS}"#,
        r#"{"total_pages": 3, "has_next": false, "items": ROWS}"#,
    ),
    same(
        "total pages and a parameter with another name",
        By::Page("pageNumber", 1),
        r#"{"pageNumber": PAGE, "pageSize": 50, "totalPages": 3, "items": ROWS}"#,
    ),
    same("pages and a parameter with another name in the request", By::Page("p", 1), r#"{"pages": 3, "items": ROWS}"#)
        .path("x?p=1"),
    same(
        "Cloudflare",
        PAGE,
        r#"{"result": ROWS, "success": true, "errors": [], "result_info": {"page": PAGE, "per_page": 50, "count": 50, "total_count": 130, "total_pages": 3}}"#,
    ),
    same(
        "result_info without a page count",
        PAGE,
        r#"{"result": ROWS, "result_info": {"page": PAGE, "per_page": 50, "total_count": 130}}"#,
    ),
    Shape::new(
        "Spring",
        By::Page("page", 0),
        r#"{"content": ROWS, "totalElements": 130, "totalPages": 3, "last": false, "first": true, "size": 50, "number": PAGE, "numberOfElements": 50, "empty": false}"#,
        r#"{"content": ROWS, "totalElements": 130, "totalPages": 3, "last": true, "first": false, "size": 50, "number": PAGE, "numberOfElements": 30, "empty": false}"#,
    ),
    Shape::new(
        "Spring, slices",
        By::Page("page", 0),
        r#"{"content": ROWS, "last": false, "first": true, "size": 50, "number": PAGE, "numberOfElements": 50}"#,
        r#"{"content": ROWS, "last": true, "first": false, "size": 50, "number": PAGE, "numberOfElements": 30}"#,
    ),
    same("Algolia", By::Page("page", 0), r#"{"hits": ROWS, "nbHits": 130, "page": PAGE, "nbPages": 3, "hitsPerPage": 50}"#),
    same(
        "Ghost",
        PAGE,
        r#"{"posts": ROWS, "meta": {"pagination": {"page": PAGE, "limit": 50, "pages": 3, "total": 130, "next": 2}}}"#,
    ),
    Shape::new(
        "hasNext",
        PAGE,
        r#"{"items": ROWS, "page": PAGE, "hasNext": true}"#,
        r#"{"items": ROWS, "page": PAGE, "hasNext": false}"#,
    ),
    Shape::new(
        "next as a flag",
        PAGE,
        r#"{"items": ROWS, "page": PAGE, "next": true}"#,
        r#"{"items": ROWS, "page": PAGE, "next": false}"#,
    ),
    Shape::new(
        "Zoho",
        PAGE,
        r#"{"info": {"page": PAGE, "more_records": true}, "data": ROWS}"#,
        r#"{"info": {"page": PAGE, "more_records": false}, "data": ROWS}"#,
    ),
    Shape::new(
        "a full page with its size and its number",
        PAGE,
        r#"{"items": ROWS, "page": PAGE, "page_size": 50}"#,
        r#"{"items": ROWS, "page": PAGE, "page_size": 50}"#,
    ),
    Shape::new("GitLab", PAGE, "ROWS", "ROWS").headers(&[
        ("+X-Next-Page", "NEXT_PAGE"),
        ("X-Page", "PAGE"),
        ("X-Per-Page", "50"),
    ]),
    Shape::new(
        "Azure DevOps",
        By::Offset("continuationToken", 0),
        r#"{"count": 50, "value": ROWS}"#,
        r#"{"count": 30, "value": ROWS}"#,
    )
    .headers(&[("+x-ms-continuationtoken", "NEXT")]),
    Shape::new("Oracle Cloud", By::Offset("page", 0), "ROWS", "ROWS").headers(&[("+opc-next-page", "NEXT")]),
    same("X-Total-Count, a page in the request", PAGE, "ROWS").path("x?page=1&per_page=50").headers(&[("X-Total-Count", "130")]),
    same("X-Total-Count, a size in the request", PAGE, "ROWS").path("x?per_page=50").headers(&[("X-Total-Count", "130")]),
    same("json-server", By::Page("_page", 1), "ROWS").path("x?_page=1&_limit=50").headers(&[("X-Total-Count", "130")]),
    same("WordPress", PAGE, "ROWS").headers(&[("X-WP-Total", "130"), ("X-WP-TotalPages", "3")]),
    same("Yii", PAGE, "ROWS").headers(&[("X-Pagination-Total-Count", "130"), ("X-Pagination-Page-Count", "3")]),
    same("ASP.NET, JSON in a header", PAGE, "ROWS")
        .headers(&[("X-Pagination", r#"{"TotalCount":130,"PageSize":50,"CurrentPage":PAGE,"TotalPages":3}"#)]),
    same("PostgREST", OFFSET, "ROWS").path("x?limit=50&offset=0").status(206).headers(&[("Content-Range", "AT-149/130")]),
    // signs of further pages that cannot be followed
    same("Mailchimp without parameters", OFFSET, r#"{"lists": ROWS, "total_items": 130}"#).fails(),
    same("Elasticsearch", By::Nothing, r#"{"took": 1, "hits": {"total": {"value": 130, "relation": "eq"}, "hits": ROWS}}"#)
        .fails(),
    same("Elasticsearch over POST", OFFSET, r#"{"hits": {"total": {"value": 130}, "hits": ROWS}}"#)
        .post(r#"{"from": 0, "size": 50, "query": {"match_all": {}}}"#)
        .fails(),
    same("page numbers over POST", PAGE, r#"{"page": PAGE, "totalPages": 3, "items": ROWS}"#).post(r#"{"page": 1}"#).fails(),
    same("total alone", By::Nothing, r#"{"total": 130, "items": ROWS}"#).fails(),
    same("an offset that is ignored", By::Nothing, r#"{"offset": 0, "limit": 50, "total": 130, "items": ROWS}"#).fails(),
    same("a page that is ignored", By::Nothing, r#"{"page_size": 50, "total": 130, "items": ROWS}"#).fails(),
    same("has_more and rows without an id", By::Nothing, r#"{"has_more": true, "items": ROWS}"#).row(r#"{"a": N}"#).fails(),
    same("has_more and an id that is ignored", By::Nothing, r#"{"has_more": true, "items": ROWS}"#).fails(),
    same("has_more without rows", By::Nothing, r#"{"has_more": true, "items": []}"#).fails(),
    same("ArcGIS", By::Nothing, r#"{"features": ROWS, "exceededTransferLimit": true}"#)
        .row(r#"{"attributes": {"a": N}}"#)
        .fails(),
    same("Bubble", By::Nothing, r#"{"response": {"cursor": 0, "results": ROWS, "count": 50, "remaining": 80}}"#).fails(),
    same("World Bank", PAGE, r#"[{"page": PAGE, "pages": 3, "per_page": "50", "total": 130}, ROWS]"#).fails(),
    same(
        "OGC features",
        By::Nothing,
        r#"{"type": "FeatureCollection", "numberMatched": 130, "numberReturned": 50, "features": ROWS}"#,
    )
    .fails(),
    same("X-Total-Pages alone, from 0", By::Page("page", 0), "ROWS").headers(&[("X-Total-Pages", "3")]).fails(),
    same("a token in a header with an unknown name", By::Nothing, "ROWS").headers(&[("X-Next-Hash-Token", "abc")]).fails(),
    same("Cosmos DB", By::Nothing, r#"{"Documents": ROWS, "_count": 50}"#).headers(&[("x-ms-continuation", "abc")]).fails(),
    same("X-Has-More", By::Nothing, "ROWS").row(r#"{"a": N}"#).headers(&[("X-Has-More", "true")]).fails(),
    same("206 Partial Content", By::Nothing, "ROWS").status(206).headers(&[("Content-Range", "0-49/*")]).fails(),
    // no sign of further pages except a page that is exactly full
    same("a full page", By::Nothing, "ROWS").warned(),
    same("a page of the requested size", By::Nothing, r#"{"items": ROWS}"#).path("x?limit=50").warned(),
    // totals may be estimates, and the API itself ends the links
    Shape::new(
        "a link that ends before the total",
        By::Offset("o", 0),
        r#"{"total": 180, "next": "/x?o=NEXT", "items": ROWS}"#,
        r#"{"total": 180, "next": null, "items": ROWS}"#,
    )
    .warned(),
];
