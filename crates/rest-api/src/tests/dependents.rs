//! Dependent resources.

use super::{ScriptedResponse, ScriptedServer, fresh, json, parse, run, run_against, shown, source};

/// Starts a server with users, their posts, and the comments on these.
fn blog() -> ScriptedServer {
    ScriptedServer::start(|request| {
        let parts: Vec<_> = request.path.trim_matches('/').split('/').collect();
        match parts.as_slice() {
            ["users"] => json(r#"[{"id": 1, "name": "ada", "url": null}, {"id": 2, "name": "bob", "nick": "b"}]"#),
            ["users", user] => json(&format!(r#"{{"id": {user}, "tags": ["x", "y"], "next": "nowhere"}}"#)),
            ["users", user, "posts"] => json(&format!(r#"[{{"id": {user}0, "title": "t{user}"}}]"#)),
            ["posts", post, "comments"] => match request.param("page") {
                None => json(&format!(r#"[{{"id": {post}1}}]"#))
                    .header("link", format!("</posts/{post}/comments?page=2>; rel=\"next\"")),
                Some(_) => json(&format!(r#"[{{"id": {post}2}}]"#)),
            },
            _ => ScriptedResponse::json(404, "{}"),
        }
    })
}

#[track_caller]
fn check(resources: &str, requests: &[&str], rows: Result<&[&str], &str>) {
    let server = blog();
    let spec = format!(r#"{{"client": {{"base_url": "BASE"}}, "resources": [{resources}]}}"#);
    let (mut found_requests, found) = run_against(&spec, &server);
    found_requests.sort();
    assert_eq!(found_requests, requests, "{resources}");
    let is_dependent = |row: &String| !row.starts_with("users ");
    let found = found.map(|rows| rows.into_iter().filter(is_dependent).collect::<Vec<_>>());
    let rows = rows.map(|rows| rows.iter().map(|row| (*row).to_owned()).collect()).map_err(str::to_owned);
    assert_eq!(found, rows, "{resources}");
}

#[test]
fn each_parent_row_has_pages() {
    let posts = ["GET /users", "GET /users/1/posts", "GET /users/2/posts"];
    let rows: &[&str] = &[r#"posts {"id":10,"title":"t1"}"#, r#"posts {"id":20,"title":"t2"}"#];
    check(r#""users", {"name": "posts", "endpoint": "users/{resources.users.id}/posts"}"#, &posts, Ok(rows));
    check(
        r#""users", {"name": "posts", "endpoint": {"path": "users/{id}/posts", "params": {"id": {"type": "resolve", "resource": "users", "field": "id"}}}}"#,
        &posts,
        Ok(rows),
    );
    // a parent that is not selected is extracted but not loaded
    check(
        r#"{"name": "users", "selected": false}, {"name": "posts", "endpoint": "users/{resources.users.id}/posts"}"#,
        &posts,
        Ok(rows),
    );
}

#[test]
fn placeholders_work_in_all_parts_of_a_request() {
    let server = ScriptedServer::start(|request| match request.path.as_str() {
        "/users" => json(r#"[{"id": 7, "name": "ada lovelace", "org": {"id": 3}}]"#),
        _ => json(r#"[{"ok": 1}]"#),
    });
    let spec = r#"{"client": {"base_url": "BASE"}, "resources": ["users", {"name": "b", "endpoint": {"path": "x/{resources.users.name}",
        "method": "POST", "params": {"org": "{resources.users.org.id}"}, "headers": {"x-user": "u-{resources.users.id:03d}"},
        "json": {"id": "{resources.users.id}", "org": "{resources.users.org}", "text": "{resources.users.id}!"}}}]}"#;
    let (requests, rows) = run_against(spec, &server);
    assert_eq!(requests, ["GET /users", "POST /x/ada%20lovelace?org=3"]);
    assert_eq!(rows.unwrap().last().map(String::as_str), Some(r#"b {"ok":1}"#));
    let request = server.requests().pop().unwrap();
    assert_eq!((request.header("x-user"), request.text().as_str()), (Some("u-007"), r#"{"id":7,"org":{"id":3},"text":"7!"}"#));
}

#[test]
fn parent_fields_are_included() {
    check(
        r#""users", {"name": "posts", "endpoint": "users/{resources.users.id}/posts", "include_from_parent": ["id", "name"]}"#,
        &["GET /users", "GET /users/1/posts", "GET /users/2/posts"],
        Ok(&[
            r#"posts {"id":10,"title":"t1","_users_id":1,"_users_name":"ada"}"#,
            r#"posts {"id":20,"title":"t2","_users_id":2,"_users_name":"bob"}"#,
        ]),
    );
    let nick = r#"{"name": "posts", "endpoint": {"path": "users/{resources.users.id}/posts", "on_parent_value_missing": "MODE"}, "include_from_parent": ["nick"]}"#;
    check(
        &format!(r#""users", {}"#, nick.replace("MODE", "exclude")),
        &["GET /users", "GET /users/1/posts", "GET /users/2/posts"],
        Ok(&[r#"posts {"id":10,"title":"t1","_users_nick":null}"#, r#"posts {"id":20,"title":"t2","_users_nick":"b"}"#]),
    );
    check(
        &format!(r#""users", {}"#, nick.replace("MODE", "raise")),
        &["GET /users"],
        Err(
            "resource `posts` failed: parent row {\"id\":1,\"name\":\"ada\",\"url\":null}: `include_from_parent`: the row of resource `users` has no field `nick` (available: id, name, url); set `on_parent_value_missing: exclude` to use null",
        ),
    );
}

#[test]
fn fields_of_all_ancestors_are_included() {
    let posts = r#"{"name": "posts", "selected": false, "endpoint": "users/{resources.users.id}/posts"}"#;
    check(
        &format!(
            r#"{{"name": "users", "selected": false}}, {posts}, {{"name": "comments", "endpoint": "posts/{{resources.posts.id}}/comments",
                "include_from_parent": {{"users": "name", "posts": ["id", "title"]}}}}"#
        ),
        &[
            "GET /posts/10/comments",
            "GET /posts/10/comments?page=2",
            "GET /posts/20/comments",
            "GET /posts/20/comments?page=2",
            "GET /users",
            "GET /users/1/posts",
            "GET /users/2/posts",
        ],
        Ok(&[
            r#"comments {"id":101,"_users_name":"ada","_posts_id":10,"_posts_title":"t1"}"#,
            r#"comments {"id":102,"_users_name":"ada","_posts_id":10,"_posts_title":"t1"}"#,
            r#"comments {"id":201,"_users_name":"bob","_posts_id":20,"_posts_title":"t2"}"#,
            r#"comments {"id":202,"_users_name":"bob","_posts_id":20,"_posts_title":"t2"}"#,
        ]),
    );
}

#[test]
fn an_entity_is_one_row_and_a_list_is_paginated() {
    check(
        r#""users", {"name": "details", "endpoint": "users/{resources.users.id}"}"#,
        &["GET /users", "GET /users/1", "GET /users/2"],
        Ok(&[r#"details {"id":1,"tags":["x","y"],"next":"nowhere"}"#, r#"details {"id":2,"tags":["x","y"],"next":"nowhere"}"#]),
    );
    let server = ScriptedServer::start(|request| match (request.path.as_str(), request.param("page")) {
        ("/users", _) => json(r#"[{"id": 1}]"#),
        (_, None) => json(r#"[{"a": 1}, {"a": 2}]"#).header("link", "</posts/1?page=2>; rel=\"next\""),
        _ => json(r#"[{"a": 3}]"#),
    });
    let spec =
        r#"{"client": {"base_url": "BASE"}, "resources": ["users", {"name": "p", "endpoint": "posts/{resources.users.id}"}]}"#;
    let (_, rows) = run_against(spec, &server);
    assert_eq!(rows.unwrap()[1..], [r#"p {"a":1}"#, r#"p {"a":2}"#, r#"p {"a":3}"#]);
}

#[test]
fn an_entity_gets_no_parameters_of_the_paginator_of_the_client() {
    #[track_caller]
    fn check(path: &str, endpoint_paginator: &str, requests: &[&str], expected: &[&str]) {
        let server = ScriptedServer::start(|request| match (request.path.as_str(), request.param("offset")) {
            ("/users", None | Some("0")) => json(r#"[{"id": 1}]"#),
            ("/entity/1", _) => json(r#"{"a": 1}"#),
            ("/list/1", None | Some("0")) => json(r#"[{"a": 1}, {"a": 2}]"#),
            ("/list/1", Some("2")) => json(r#"[{"a": 3}]"#),
            _ => json("[]"),
        });
        let offset = r#"{"type": "offset", "limit": 2, "total_path": null}"#;
        let own = if endpoint_paginator.is_empty() { String::new() } else { format!(r#", "paginator": {offset}"#) };
        let spec = format!(
            r#"{{"client": {{"base_url": "BASE", "paginator": {offset}}}, "resources": [{{"name": "users", "selected": false}},
                {{"name": "p", "endpoint": {{"path": "{path}/{{resources.users.id}}"{own}}}}}]}}"#
        );
        let (sent, rows) = run_against(&spec, &server);
        let sent: Vec<_> = sent.iter().filter(|request| !request.contains("users")).collect();
        assert_eq!(sent, requests, "{path}");
        assert_eq!(rows.unwrap(), expected, "{path}");
    }
    let list = [r#"p {"a":1}"#, r#"p {"a":2}"#, r#"p {"a":3}"#];
    check("entity", "", &["GET /entity/1"], &[r#"p {"a":1}"#]);
    check(
        "list",
        "",
        &["GET /list/1", "GET /list/1?limit=2&offset=0", "GET /list/1?limit=2&offset=2", "GET /list/1?limit=2&offset=4"],
        &list,
    );
    check("entity", "own", &["GET /entity/1?limit=2&offset=0"], &[r#"p {"a":1}"#]);
    check(
        "list",
        "own",
        &["GET /list/1?limit=2&offset=0", "GET /list/1?limit=2&offset=2", "GET /list/1?limit=2&offset=4"],
        &list,
    );
}

#[test]
fn an_entity_that_looks_like_a_page_causes_a_warning() {
    #[track_caller]
    fn check(body: &'static str, expected: bool) {
        let server = ScriptedServer::start(move |request| match request.path.as_str() {
            "/users" => json(r#"[{"id": 1}]"#),
            _ => json(body),
        });
        let spec = r#"{"client": {"base_url": "BASE"}, "resources": ["users", {"name": "p", "endpoint": "posts/{resources.users.id}"}]}"#;
        let run = run(&source(&parse(&spec.replace("BASE", &server.url()))), &fresh()).unwrap();
        let warned = run
            .warnings
            .iter()
            .any(|warning| warning.message.starts_with("a response contains a list and indicates further pages"));
        assert_eq!(warned, expected, "{body}");
    }
    check(r#"{"items": [1, 2], "has_more": true}"#, true);
    check(r#"{"items": [1, 2], "next": "/posts/1?page=2"}"#, true);
    check(r#"{"items": [1, 2], "next_cursor": "abc"}"#, true);
    check(r#"{"id": 1, "tags": [1, 2], "total": 25}"#, false);
    check(r#"{"id": 1, "next": "/posts/2"}"#, false);
    check(r#"{"items": [1, 2], "has_more": false}"#, false);
}

#[test]
fn urls_in_rows_are_not_encoded() {
    let server = ScriptedServer::start(|request| match request.path.as_str() {
        "/users" => {
            let host = request.header("host").unwrap_or_default();
            json(&format!(r#"[{{"url": "http://{host}/deep/posts?x=a%20b"}}]"#))
        }
        _ => json(r#"[{"a": 1}]"#),
    });
    let spec =
        r#"{"client": {"base_url": "BASE/v1/.."}, "resources": ["users", {"name": "p", "endpoint": "{resources.users.url}"}]}"#;
    let spec = spec.replace("/v1/..", "");
    assert_eq!(run_against(&spec, &server).0, ["GET /users", "GET /deep/posts?x=a b"]);
}

#[test]
fn a_slash_in_an_id_can_be_encoded() {
    #[track_caller]
    fn check(id: &'static str, path: &str, expected: &str) {
        let server = ScriptedServer::start(move |request| match request.path.as_str() {
            "/files" => json(&format!(r#"[{{"id": "{id}"}}]"#)),
            _ => json("[]"),
        });
        let spec =
            format!(r#"{{"client": {{"base_url": "BASE"}}, "resources": ["files", {{"name": "p", "endpoint": {path}}}]}}"#);
        run_against(&spec, &server).1.unwrap();
        assert_eq!(server.requests()[1].path, expected, "{path} of {id}");
    }
    check("a/b c", r#""files/{resources.files.id}/raw""#, "/files/a/b%20c/raw");
    check("a/b c", r#""files/{resources.files.id:urlencode}/raw""#, "/files/a%2Fb%20c/raw");
    check("a%2Fb", r#""files/{resources.files.id:urlencode}/raw""#, "/files/a%252Fb/raw");
    check("http://x/y", r#""{resources.files.id:urlencode}""#, "/http%3A%2F%2Fx%2Fy");
    let resolve = r#"{"type": "resolve", "resource": "files", "field": "id"}"#;
    check("a/b", &format!(r#"{{"path": "files/{{id:urlencode}}", "params": {{"id": {resolve}}}}}"#), "/files/a%2Fb");
    check(
        "a",
        r#"{"path": "x/{dir:urlencode}/{n:03d}/{resources.files.id}", "params": {"dir": "b/c", "n": 7}}"#,
        "/x/b%2Fc/007/a",
    );
}

#[test]
fn values_not_allowed_in_a_path_are_errors() {
    #[track_caller]
    fn check(value: &'static str, expected: &str) {
        let server = ScriptedServer::start(move |_| json(&format!(r#"[{{"id": {value}, "a": 1}}]"#)));
        let spec =
            r#"{"client": {"base_url": "BASE"}, "resources": ["users", {"name": "p", "endpoint": "x/{resources.users.id}/y"}]}"#;
        let error = run_against(spec, &server).1.unwrap_err();
        let error = error.rsplit_once("}: ").map_or(error.as_str(), |(_, end)| end);
        assert_eq!(error, expected);
    }
    let rejected = |found: &str| {
        format!(
            "cannot build the request: field `id` of the row of resource `users` is {found}, which is not allowed in a path; \
             reference another field"
        )
    };
    check(r#""..""#, &rejected("\"..\""));
    check(r#""a/../b""#, &rejected("\"a/../b\""));
    check("[1]", &rejected("[1]"));
    check(r#"{"b":1}"#, &rejected(r#"{"b":1}"#));
}

#[test]
fn an_ignored_response_yields_no_rows() {
    let server = ScriptedServer::start(|request| match request.path.as_str() {
        "/posts" => json(r#"[{"id": 1}, {"id": 2}, {"id": 3}]"#),
        "/posts/2/details" => ScriptedResponse::json(404, "{}"),
        _ => json(r#"[{"text": "d"}]"#),
    });
    let spec = r#"{"client": {"base_url": "BASE"}, "resources": [{"name": "posts", "selected": false}, {"name": "details",
        "include_from_parent": ["id"], "endpoint": {"path": "posts/{resources.posts.id}/details",
        "response_actions": [{"status_code": 404, "action": "ignore"}]}}]}"#;
    let rows = run_against(spec, &server).1.unwrap();
    assert_eq!(rows, [r#"details {"text":"d","_posts_id":1}"#, r#"details {"text":"d","_posts_id":3}"#]);
}

#[test]
fn late_rows_of_a_slow_parent_are_loaded() {
    let server = ScriptedServer::start(|request| match request.path.as_str() {
        // other fields of the parents change between runs
        "/devices" => json(r#"[{"id": "fast", "seen": 1}, {"id": "slow", "seen": 1}]"#),
        "/devices/fast/events" => json(r#"[{"id": 1, "at": "2024-03-01"}]"#),
        "/devices/slow/events" if request.param("since") == Some("2024-01-05") => {
            json(r#"[{"id": 2, "at": "2024-01-05"}, {"id": 3, "at": "2024-01-20"}]"#)
        }
        _ => json(r#"[{"id": 2, "at": "2024-01-05"}]"#),
    });
    let spec = r#"{"client": {"base_url": "BASE"}, "resources": ["devices", {"name": "events", "primary_key": "id", "endpoint": {
        "path": "devices/{resources.devices.id}/events",
        "incremental": {"cursor_path": "at", "initial_value": "2024-01-01", "start_param": "since"}}}]}"#;
    let source = source(&parse(&spec.replace("BASE", &server.url())));
    let first = run(&source, &fresh()).unwrap();
    let second = run(&source, &first.state).unwrap();
    let events = |rows: Vec<String>| rows.into_iter().filter(|row| row.starts_with("events")).collect::<Vec<_>>();
    assert_eq!(events(first.rows), [r#"events {"id":1,"at":"2024-03-01"}"#, r#"events {"id":2,"at":"2024-01-05"}"#]);
    assert_eq!(events(second.rows), [r#"events {"id":3,"at":"2024-01-20"}"#]);
    let mut requests: Vec<String> = server.requests().iter().map(shown).filter(|request| request.contains("events")).collect();
    requests.sort();
    let expected = [
        "fast/events?since=2024-01-01",
        "fast/events?since=2024-03-01",
        "slow/events?since=2024-01-01",
        "slow/events?since=2024-01-05",
    ];
    assert_eq!(requests, expected.map(|request| format!("GET /devices/{request}")));
}
