//! APIs with a token for the next page.

use super::shape::{By, Shape};

const fn token(name: &'static str, param: &'static str, more: &'static str, last: &'static str) -> Shape {
    Shape::new(name, By::Offset(param, 0), more, last)
}

pub(super) const SHAPES: &[Shape] = &[
    token(
        "Slack",
        "cursor",
        r#"{"ok": true, "members": ROWS, "response_metadata": {"next_cursor": "NEXT"}}"#,
        r#"{"ok": true, "members": ROWS, "response_metadata": {"next_cursor": ""}}"#,
    ),
    token(
        "Stripe",
        "starting_after",
        r#"{"object": "list", "url": "/v1/x", "has_more": true, "data": ROWS}"#,
        r#"{"object": "list", "url": "/v1/x", "has_more": false, "data": ROWS}"#,
    ),
    token(
        "HubSpot",
        "after",
        r#"{"results": ROWS, "paging": {"next": {"after": "NEXT", "link": "/x?after=NEXT"}}}"#,
        r#"{"results": ROWS}"#,
    ),
    token(
        "HubSpot, without a link",
        "after",
        r#"{"total": 130, "results": ROWS, "paging": {"next": {"after": "NEXT"}}}"#,
        r#"{"total": 130, "results": ROWS}"#,
    ),
    token(
        "HubSpot 1, the offset of the next page",
        "offset",
        r#"{"deals": ROWS, "hasMore": true, "offset": NEXT}"#,
        r#"{"deals": ROWS, "hasMore": false, "offset": NEXT}"#,
    ),
    token("Airtable", "offset", r#"{"records": ROWS, "offset": "NEXT"}"#, r#"{"records": ROWS}"#),
    token("Square", "cursor", r#"{"payments": ROWS, "cursor": "NEXT"}"#, r#"{"payments": ROWS}"#),
    token(
        "Google",
        "pageToken",
        r#"{"kind": "k", "nextPageToken": "NEXT", "resultSizeEstimate": 201, "items": ROWS}"#,
        r#"{"kind": "k", "items": ROWS}"#,
    ),
    token("Google, snake case", "page_token", r#"{"items": ROWS, "next_page_token": "NEXT"}"#, r#"{"items": ROWS}"#),
    token(
        "Zoom",
        "next_page_token",
        r#"{"page_count": 3, "page_size": 50, "total_records": 130, "next_page_token": "NEXT", "users": ROWS}"#,
        r#"{"page_count": 3, "page_size": 50, "total_records": 130, "next_page_token": "", "users": ROWS}"#,
    ),
    token(
        "Notion",
        "start_cursor",
        r#"{"object": "list", "results": ROWS, "has_more": true, "next_cursor": "NEXT", "type": "user"}"#,
        r#"{"object": "list", "results": ROWS, "has_more": false, "next_cursor": null, "type": "user"}"#,
    ),
    token(
        "Intercom",
        "starting_after",
        r#"{"type": "list", "data": ROWS, "total_count": 130, "pages": {"type": "pages", "next": {"page": 2, "starting_after": "NEXT"}, "page": 1, "per_page": 50, "total_pages": 3}}"#,
        r#"{"type": "list", "data": ROWS, "total_count": 130, "pages": {"type": "pages", "page": 3, "per_page": 50, "total_pages": 3}}"#,
    ),
    token("Chargebee", "offset", r#"{"list": ROWS, "next_offset": "NEXT"}"#, r#"{"list": ROWS}"#),
    token(
        "Twitter",
        "pagination_token",
        r#"{"data": ROWS, "meta": {"result_count": 50, "next_token": "NEXT"}}"#,
        r#"{"data": ROWS, "meta": {"result_count": 30}}"#,
    ),
    token("AWS", "NextToken", r#"{"Items": ROWS, "NextToken": "NEXT"}"#, r#"{"Items": ROWS, "NextToken": null}"#),
    token(
        "AWS, markers",
        "marker",
        r#"{"IsTruncated": true, "NextMarker": "NEXT", "Contents": ROWS}"#,
        r#"{"IsTruncated": false, "Contents": ROWS}"#,
    ),
    token(
        "AWS IAM",
        "Marker",
        r#"{"IsTruncated": true, "Marker": "NEXT", "Users": ROWS}"#,
        r#"{"IsTruncated": false, "Users": ROWS}"#,
    ),
    token(
        "Jira search",
        "nextPageToken",
        r#"{"isLast": false, "nextPageToken": "NEXT", "issues": ROWS}"#,
        r#"{"isLast": true, "issues": ROWS}"#,
    ),
    token(
        "Bitbucket Server",
        "start",
        r#"{"size": 50, "limit": 50, "isLastPage": false, "values": ROWS, "start": AT, "nextPageStart": NEXT}"#,
        r#"{"size": 30, "limit": 50, "isLastPage": true, "values": ROWS, "start": AT, "nextPageStart": null}"#,
    ),
    token(
        "Pipedrive",
        "start",
        r#"{"success": true, "data": ROWS, "additional_data": {"pagination": {"start": AT, "limit": 50, "more_items_in_collection": true, "next_start": NEXT}}}"#,
        r#"{"success": true, "data": ROWS, "additional_data": {"pagination": {"start": AT, "limit": 50, "more_items_in_collection": false}}}"#,
    ),
    token("Reddit", "after", r#"{"data": {"after": "NEXT", "dist": 50, "children": ROWS}}"#, r#"{"data": {"after": null, "dist": 30, "children": ROWS}}"#),
    token(
        "Kubernetes",
        "continue",
        r#"{"kind": "PodList", "metadata": {"resourceVersion": "7", "continue": "NEXT", "remainingItemCount": 80}, "items": ROWS}"#,
        r#"{"kind": "PodList", "metadata": {"resourceVersion": "7"}, "items": ROWS}"#,
    ),
    token("Pinterest", "bookmark", r#"{"items": ROWS, "bookmark": "NEXT"}"#, r#"{"items": ROWS, "bookmark": null}"#),
    token("continuation", "continuation", r#"{"items": ROWS, "continuation": "NEXT"}"#, r#"{"items": ROWS, "continuation": null}"#),
    token(
        "Solr, whose cursor repeats at the end",
        "cursorMark",
        r#"{"response": {"numFound": 130, "docs": ROWS}, "nextCursorMark": "NEXT"}"#,
        r#"{"response": {"numFound": 130, "docs": ROWS}, "nextCursorMark": "100"}"#,
    ),
    token(
        "GraphQL over GET",
        "after",
        r#"{"data": {"orders": {"nodes": ROWS, "pageInfo": {"hasNextPage": true, "endCursor": "NEXT"}}}}"#,
        r#"{"data": {"orders": {"nodes": ROWS, "pageInfo": {"hasNextPage": false, "endCursor": "NEXT"}}}}"#,
    ),
    token(
        "Relay edges over GET",
        "after",
        r#"{"data": {"orders": {"edges": ROWS, "pageInfo": {"hasNextPage": true, "endCursor": "NEXT"}}}}"#,
        r#"{"data": {"orders": {"edges": ROWS, "pageInfo": {"hasNextPage": false, "endCursor": "NEXT"}}}}"#,
    )
    .row(r#"{"node": {"id": N}, "cursor": "cN"}"#),
    token(
        "a token that looks like a path",
        "cursor",
        r#"{"items": ROWS, "next_cursor": "/NEXT"}"#,
        r#"{"items": ROWS, "next_cursor": null}"#,
    ),
    token("a number as a cursor", "cursor", r#"{"items": ROWS, "next_cursor": NEXT}"#, r#"{"items": ROWS, "next_cursor": 0}"#),
    token(
        "a number as the next offset",
        "offset",
        r#"{"items": ROWS, "offset": AT, "next": NEXT}"#,
        r#"{"items": ROWS, "offset": AT, "next": null}"#,
    ),
    token(
        "a token in an object",
        "cursor",
        r#"{"items": ROWS, "next": {"cursor": "NEXT"}}"#,
        r#"{"items": ROWS, "next": null}"#,
    ),
    token(
        "a number in an object",
        "offset",
        r#"{"items": ROWS, "next": {"offset": NEXT, "limit": 50}}"#,
        r#"{"items": ROWS, "next": null}"#,
    ),
    token(
        "a token that repeats on the last page",
        "cursor",
        r#"{"items": ROWS, "next_cursor": "NEXT"}"#,
        r#"{"items": ROWS, "next_cursor": "100"}"#,
    ),
    Shape::new(
        "a page number as the next one",
        By::Page("page", 1),
        r#"{"items": ROWS, "page": PAGE, "next": NEXT_PAGE}"#,
        r#"{"items": ROWS, "page": PAGE, "next": null}"#,
    ),
    Shape::new("next_page as a number", By::Page("page", 1), r#"{"items": ROWS, "next_page": NEXT_PAGE}"#, r#"{"items": ROWS, "next_page": null}"#),
    Shape::new(
        "next_page as a number, and a parameter with another name",
        By::Page("p", 1),
        r#"{"items": ROWS, "next_page": NEXT_PAGE}"#,
        r#"{"items": ROWS, "next_page": null}"#,
    )
    .path("x?p=1"),
    Shape::new(
        "nextPage as an object with a number",
        By::Page("page", 1),
        r#"{"items": ROWS, "nextPage": {"page": NEXT_PAGE}}"#,
        r#"{"items": ROWS, "nextPage": null}"#,
    ),
    // tokens that cannot be sent in a parameter, or whose parameter is unknown
    token(
        "DynamoDB",
        "ExclusiveStartKey",
        r#"{"Items": ROWS, "Count": 50, "ScannedCount": 50, "LastEvaluatedKey": {"id": {"S": "NEXT"}}}"#,
        r#"{"Items": ROWS, "Count": 30, "ScannedCount": 30}"#,
    )
    .fails(),
    token(
        "MediaWiki",
        "apcontinue",
        r#"{"batchcomplete": "", "continue": {"apcontinue": "NEXT", "continue": "-||"}, "query": {"allpages": ROWS}}"#,
        r#"{"batchcomplete": "", "query": {"allpages": ROWS}}"#,
    )
    .fails(),
    token(
        "Elasticsearch scroll",
        "scroll_id",
        r#"{"_scroll_id": "NEXT", "took": 1, "hits": {"hits": ROWS}}"#,
        r#"{"_scroll_id": "NEXT", "took": 1, "hits": {"hits": ROWS}}"#,
    )
    .fails(),
    token("a key with an unknown name", "k", r#"{"items": ROWS, "count": 50, "nextHash": "NEXT"}"#, r#"{"items": ROWS, "count": 30}"#).fails(),
    token(
        "GraphQL, a connection too deep to find its rows",
        "after",
        r#"{"data": {"repository": {"owner": {"issues": {"nodes": ROWS, "pageInfo": {"hasNextPage": true, "endCursor": "NEXT"}}}}}}"#,
        r#"{"data": {"repository": {"owner": {"issues": {"nodes": ROWS, "pageInfo": {"hasNextPage": false, "endCursor": "NEXT"}}}}}}"#,
    )
    .fails(),
    token(
        "rows as an object",
        "cursor",
        r#"{"rows": {"a": {"id": 1}, "b": {"id": 2}}, "next_cursor": "NEXT"}"#,
        r#"{"rows": {"a": {"id": 1}}, "next_cursor": null}"#,
    )
    .fails(),
    // the token of a POST belongs in its body
    token(
        "GraphQL over POST",
        "after",
        r#"{"data": {"orders": {"nodes": ROWS, "pageInfo": {"hasNextPage": true, "endCursor": "NEXT"}}}}"#,
        r#"{"data": {"orders": {"nodes": ROWS, "pageInfo": {"hasNextPage": false, "endCursor": "NEXT"}}}}"#,
    )
    .post(r#"{"query": "query ($after: String) { orders(after: $after) { nodes { id } } }", "variables": {"after": null}}"#)
    .fails(),
    token(
        "Notion over POST",
        "start_cursor",
        r#"{"object": "list", "results": ROWS, "has_more": true, "next_cursor": "NEXT"}"#,
        r#"{"object": "list", "results": ROWS, "has_more": false, "next_cursor": null}"#,
    )
    .post(r#"{"page_size": 50}"#)
    .fails(),
];
