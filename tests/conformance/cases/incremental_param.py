"""A cursor as a query parameter, with and without lag; rows below the cursor value are excluded even if the API returns them."""
RUNS = 3
ROWS = [{"id": i, "day": f"2024-01-{i:02d}", "v": i} for i in range(1, 11)]
def SPEC(base):
    return {"client": {"base_url": base},
            "resources": [{"name": "days", "primary_key": "id", "write_disposition": "merge",
                           "endpoint": {"path": "days", "params": {"since": {"type": "incremental", "cursor_path": "day", "initial_value": "2024-01-03"}, "kind": ["a", "b"], "none": None, "yes": True}}},
                          {"name": "lagged", "primary_key": "id", "write_disposition": "merge",
                           "endpoint": {"path": "lagged", "incremental": {"cursor_path": "v", "initial_value": 2, "lag": 2, "start_param": "from"}}}]}
def handle(req):
    if req.path == "/days":
        if req.query.get("yes") != "True" or "none" in req.query:
            return 400, {}, {"wrong": req.query}
        return 200, {}, ROWS[:4 + 3 * req.run]
    return 200, {}, [{"id": r["id"], "v": r["v"], "run": req.run} for r in ROWS[:4 + 3 * req.run] if r["v"] >= int(req.query["from"])]
