"""Client and endpoint credentials, a form body, several path parameters, overridden defaults."""
def SPEC(base):
    return {"client": {"base_url": base, "auth": {"type": "http_basic", "username": "ada", "password": "pw"}},
            "resource_defaults": {"max_table_nesting": 0, "endpoint": {"headers": {"X-Default": "1"}, "params": {"lang": "en", "size": 2}}},
            "resources": [{"name": "forms", "endpoint": {"path": "a/{one}/{two}", "method": "POST", "params": {"one": 1, "two": "x", "size": 5}, "data": {"q": "a b", "n": 7}}},
                          {"name": "keyed", "max_table_nesting": 1, "endpoint": {"path": "keyed", "headers": {}, "auth": {"type": "api_key", "name": "X-Key", "api_key": "k", "location": "header"}}},
                          {"name": "in_query", "endpoint": {"path": "in_query", "auth": {"type": "api_key", "name": "key", "api_key": "k", "location": "query"}}}]}
def handle(req):
    q = {k: req.query[k] for k in sorted(req.query)}
    row = {"path": req.path, "query": q, "auth": req.headers.get("authorization"), "key": req.headers.get("x-key"),
           "default": req.headers.get("x-default"), "body": req.body.decode(), "list": [{"deep": [1]}]}
    return 200, {}, [row]
