"""Three levels of dependent resources: included parent fields, a parent that is not loaded, a single object as a row."""
USERS = [{"id": 1, "name": "ada lovelace"}, {"id": 2, "name": "bob"}]
def SPEC(base):
    return {"client": {"base_url": base},
            "resources": [{"name": "users", "selected": False},
                          {"name": "posts", "include_from_parent": ["name"], "endpoint": {"path": "users/{resources.users.id}/posts", "params": {"who": "{resources.users.name}"}}},
                          {"name": "comments", "include_from_parent": ["id", "_users_name"], "endpoint": {"path": "posts/{id}/comments",
                           "params": {"id": {"type": "resolve", "resource": "posts", "field": "id"}}, "paginator": {"type": "page_number", "base_page": 1, "total_path": "pages"}, "data_selector": "rows"}},
                          {"name": "profiles", "endpoint": "profiles/{resources.users.id}"}]}
def handle(req):
    parts = req.path.strip("/").split("/")
    if parts == ["users"]:
        return 200, {}, USERS
    n = int(parts[1])
    if parts[0] == "users":
        return 200, {}, [{"id": n * 10 + k, "who": req.query["who"]} for k in range(2)]
    if parts[0] == "profiles":
        return 200, {}, {"user": n, "tags": ["x", "y"], "rows": [{"a": 1}]}
    page = int(req.query["page"])
    return 200, {}, {"rows": [{"id": n * 100 + page, "post": n}], "pages": 2}
