//! APIs with a link to the next page, in the body or in a header.

use super::shape::{By, Shape};

const CURSOR: By = By::Offset("c", 0);
const PAGE: By = By::Page("page", 1);

pub(super) const SHAPES: &[Shape] = &[
    Shape::new(
        "HAL",
        PAGE,
        r#"{"_links": {"self": {"href": "/x?page=PAGE"}, "next": {"href": "/x?page=NEXT_PAGE"}}, "_embedded": {"orders": ROWS}}"#,
        r#"{"_links": {"self": {"href": "/x?page=PAGE"}}, "_embedded": {"orders": ROWS}}"#,
    ),
    Shape::new(
        "HAL, a relative link",
        PAGE,
        r#"{"_links": {"next": {"href": "x?page=NEXT_PAGE"}}, "_embedded": {"orders": ROWS}}"#,
        r#"{"_links": {}, "_embedded": {"orders": ROWS}}"#,
    ),
    Shape::new(
        "HAL, a list of links",
        PAGE,
        r#"{"_links": {"next": [{"href": "/x?page=NEXT_PAGE"}]}, "_embedded": {"orders": ROWS}}"#,
        r#"{"_links": {}, "_embedded": {"orders": ROWS}}"#,
    ),
    Shape::new(
        "JSON:API, a link that is a string",
        By::Page("page[number]", 1),
        r#"{"data": ROWS, "links": {"self": "HOST/x", "next": "HOST/x?page[number]=NEXT_PAGE"}}"#,
        r#"{"data": ROWS, "links": {"self": "HOST/x", "next": null}}"#,
    ),
    Shape::new(
        "JSON:API, a link that is an object",
        By::Page("page[number]", 1),
        r#"{"data": ROWS, "links": {"next": {"href": "/x?page[number]=NEXT_PAGE", "meta": {}}}}"#,
        r#"{"data": ROWS, "links": {"next": null}}"#,
    ),
    Shape::new(
        "links as a list",
        CURSOR,
        r#"{"links": [{"rel": "self", "href": "/x"}, {"rel": "next", "href": "/x?c=NEXT"}], "orders": ROWS}"#,
        r#"{"links": [{"rel": "self", "href": "/x"}], "orders": ROWS}"#,
    ),
    Shape::new(
        "Oracle REST data services",
        CURSOR,
        r#"{"items": ROWS, "hasMore": true, "limit": 50, "offset": AT, "count": 50, "links": [{"rel": "next", "href": "HOST/x?c=NEXT"}]}"#,
        r#"{"items": ROWS, "hasMore": false, "limit": 50, "offset": AT, "count": 30, "links": [{"rel": "first", "href": "HOST/x"}]}"#,
    ),
    Shape::new(
        "FHIR",
        CURSOR,
        r#"{"resourceType": "Bundle", "total": 130, "link": [{"relation": "self", "url": "HOST/x"}, {"relation": "next", "url": "HOST/x?c=NEXT"}], "entry": ROWS}"#,
        r#"{"resourceType": "Bundle", "total": 130, "link": [{"relation": "self", "url": "HOST/x"}], "entry": ROWS}"#,
    ),
    Shape::new(
        "LinkedIn",
        CURSOR,
        r#"{"paging": {"start": AT, "count": 50, "links": [{"rel": "next", "href": "/x?c=NEXT"}]}, "elements": ROWS}"#,
        r#"{"paging": {"start": AT, "count": 50, "links": []}, "elements": ROWS}"#,
    ),
    Shape::new(
        "OData",
        By::Offset("$skiptoken", 0),
        r#"{"@odata.context": "c", "value": ROWS, "@odata.nextLink": "HOST/x?$skiptoken=NEXT"}"#,
        r#"{"@odata.context": "c", "value": ROWS}"#,
    ),
    Shape::new(
        "OData 3, a relative link",
        By::Offset("$skiptoken", 0),
        r#"{"odata.metadata": "m", "value": ROWS, "odata.nextLink": "x?$skiptoken=NEXT"}"#,
        r#"{"odata.metadata": "m", "value": ROWS}"#,
    ),
    Shape::new(
        "OData 2, SAP",
        By::Offset("$skiptoken", 0),
        r#"{"d": {"results": ROWS, "__count": "130", "__next": "HOST/x?$skiptoken=NEXT"}}"#,
        r#"{"d": {"results": ROWS, "__count": "130"}}"#,
    ),
    Shape::new("Azure", CURSOR, r#"{"value": ROWS, "nextLink": "HOST/x?c=NEXT"}"#, r#"{"value": ROWS}"#),
    Shape::new(
        "Salesforce",
        CURSOR,
        r#"{"totalSize": 130, "done": false, "nextRecordsUrl": "/services/data/v60.0/query/x?c=NEXT", "records": ROWS}"#,
        r#"{"totalSize": 130, "done": true, "records": ROWS}"#,
    ),
    Shape::new(
        "Zendesk, cursors",
        By::Offset("page[after]", 0),
        r#"{"tickets": ROWS, "meta": {"has_more": true, "after_cursor": "tNEXT", "before_cursor": "b"}, "links": {"prev": null, "next": "HOST/x?page[after]=NEXT"}}"#,
        r#"{"tickets": ROWS, "meta": {"has_more": false, "after_cursor": null, "before_cursor": "b"}, "links": {"prev": null, "next": null}}"#,
    ),
    Shape::new(
        "Zendesk, pages",
        PAGE,
        r#"{"users": ROWS, "count": 130, "next_page": "HOST/x.json?page=NEXT_PAGE", "previous_page": null}"#,
        r#"{"users": ROWS, "count": 130, "next_page": null, "previous_page": null}"#,
    ),
    Shape::new(
        "Zendesk, exports, whose link never ends",
        CURSOR,
        r#"{"tickets": ROWS, "after_url": "HOST/x?c=NEXT", "after_cursor": "tNEXT", "before_url": null, "end_of_stream": false}"#,
        r#"{"tickets": ROWS, "after_url": "HOST/x?c=NEXT", "after_cursor": "tNEXT", "before_url": null, "end_of_stream": true}"#,
    ),
    Shape::new(
        "Facebook",
        By::Offset("after", 0),
        r#"{"data": ROWS, "paging": {"cursors": {"before": "b", "after": "NEXT"}, "next": "HOST/x?after=NEXT"}}"#,
        r#"{"data": ROWS, "paging": {"cursors": {"before": "b", "after": "NEXT"}}}"#,
    ),
    Shape::new(
        "Django REST framework",
        PAGE,
        r#"{"count": 130, "next": "HOST/x?page=NEXT_PAGE", "previous": null, "results": ROWS}"#,
        r#"{"count": 130, "next": null, "previous": null, "results": ROWS}"#,
    ),
    Shape::new(
        "Laravel",
        PAGE,
        r#"{"current_page": PAGE, "data": ROWS, "from": 1, "last_page": 3, "per_page": 50, "total": 130, "next_page_url": "HOST/x?page=NEXT_PAGE"}"#,
        r#"{"current_page": PAGE, "data": ROWS, "from": 1, "last_page": 3, "per_page": 50, "total": 130, "next_page_url": null}"#,
    ),
    Shape::new(
        "Laravel resources",
        PAGE,
        r#"{"data": ROWS, "links": {"first": "/x?page=1", "next": "HOST/x?page=NEXT_PAGE"}, "meta": {"current_page": PAGE, "from": 1, "last_page": 3, "links": [{"url": null, "label": "Previous", "active": false}], "per_page": 50, "to": 50, "total": 130}}"#,
        r#"{"data": ROWS, "links": {"first": "/x?page=1", "next": null}, "meta": {"current_page": PAGE, "from": 101, "last_page": 3, "links": [], "per_page": 50, "to": 130, "total": 130}}"#,
    ),
    Shape::new(
        "Bitbucket Cloud",
        PAGE,
        r#"{"pagelen": 50, "size": 130, "page": PAGE, "values": ROWS, "next": "HOST/x?page=NEXT_PAGE"}"#,
        r#"{"pagelen": 50, "size": 130, "page": PAGE, "values": ROWS}"#,
    ),
    Shape::new(
        "a link without a slash",
        PAGE,
        r#"{"items": ROWS, "next": "x?page=NEXT_PAGE"}"#,
        r#"{"items": ROWS, "next": null}"#,
    ),
    Shape::new(
        "a link that is only a query",
        PAGE,
        r#"{"items": ROWS, "next": "?page=NEXT_PAGE"}"#,
        r#"{"items": ROWS, "next": ""}"#,
    ),
    Shape::new(
        "a link beside has_more that repeats on the last page",
        CURSOR,
        r#"{"items": ROWS, "has_more": true, "next_url": "/x?c=NEXT"}"#,
        r#"{"items": ROWS, "has_more": false, "next_url": "/x?c=NEXT"}"#,
    ),
    Shape::new("nextPage as a URL", PAGE, r#"{"items": ROWS, "nextPage": "/x?page=NEXT_PAGE"}"#, r#"{"items": ROWS}"#),
    Shape::new(
        "Asana, nextPage as an object with a link",
        By::Offset("offset", 0),
        r#"{"data": ROWS, "next_page": {"offset": "NEXT", "path": "/x?offset=NEXT", "uri": "HOST/x?offset=NEXT"}}"#,
        r#"{"data": ROWS, "next_page": null}"#,
    ),
    Shape::new("Link header", PAGE, "ROWS", "ROWS").headers(&[("+Link", "<HOST/x?page=NEXT_PAGE>; rel=\"next\"")]),
    Shape::new("Link header, relative", PAGE, "ROWS", "ROWS").headers(&[("+Link", "<?page=NEXT_PAGE>; rel=next")]),
    Shape::new("Link header, several relations", PAGE, "ROWS", "ROWS").headers(&[
        ("Link", "<HOST/x?page=1>; rel=\"first\", <HOST/x?page=3>; rel=\"last\""),
        ("+Link", "<HOST/x?page=NEXT_PAGE>; title=\"a, b\"; rel=\"next archives\""),
    ]),
    Shape::new("Shopify", By::Offset("page_info", 0), r#"{"products": ROWS}"#, r#"{"products": ROWS}"#)
        .headers(&[("+Link", "<HOST/x?limit=50&page_info=NEXT>; rel=\"next\"")]),
    Shape::new("Sentry, whose link never ends", CURSOR, "ROWS", "ROWS").headers(&[
        ("+Link", "<HOST/x?c=NEXT>; rel=\"next\"; results=\"true\"; cursor=\"NEXT\""),
        ("Link", "<HOST/x?c=NEXT>; rel=\"next\"; results=\"false\"; cursor=\"NEXT\""),
    ]),
    // only links to a GET request are followed
    Shape::new(
        "STAC, a link with a method",
        CURSOR,
        r#"{"type": "FeatureCollection", "features": ROWS, "links": [{"rel": "next", "href": "/x", "method": "POST", "body": {"c": NEXT}}]}"#,
        r#"{"type": "FeatureCollection", "features": ROWS, "links": []}"#,
    )
    .fails(),
    Shape::new(
        "Siren, whose relations are lists",
        CURSOR,
        r#"{"entities": ROWS, "links": [{"rel": ["next"], "href": "/x?c=NEXT"}]}"#,
        r#"{"entities": ROWS, "links": []}"#,
    )
    .fails(),
];
