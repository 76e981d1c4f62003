"""A search by POST: query and cursor in the body, a placeholder that keeps its type, merged defaults."""
ITEMS = [{"id": i, "at": i * 10, "name": f"n{i}"} for i in range(1, 8)]
RUNS = 2
def SPEC(base):
    return {"client": {"base_url": base, "headers": {"X-Client": "1"}},
            "resource_defaults": {"primary_key": "id", "write_disposition": "merge", "endpoint": {"method": "POST", "json": {"size": 3, "text": "all"}}},
            "resources": [{"name": "items", "endpoint": {"path": "search", "data_selector": "hits",
                           "json": {"text": "{{literal}}", "filter": {"since": "{incremental.start_value}"}},
                           "headers": {"X-Since": "{incremental.start_value}"},
                           "paginator": {"type": "cursor", "cursor_path": "next", "cursor_body_path": "after"},
                           "incremental": {"cursor_path": "at", "initial_value": 20}}}]}
def handle(req):
    body = req.json()
    if req.method != "POST" or body["text"] != "{literal}" or not isinstance(body["filter"]["since"], int) or req.headers["x-client"] != "1":
        return 400, {}, {"wrong": body}
    if req.headers["x-since"] != str(body["filter"]["since"]):
        return 400, {}, {"wrong": req.headers}
    found = [i for i in ITEMS if i["at"] >= body["filter"]["since"]]
    if req.run:
        found += [{"id": 100, "at": 500, "name": "new"}]
    at = int(body.get("after") or 0)
    return 200, {}, {"hits": found[at:at + body["size"]], "next": str(at + body["size"]) if at + body["size"] < len(found) else None}
