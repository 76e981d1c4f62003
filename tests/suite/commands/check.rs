//! `catchment check`.

use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};

use super::session::Session;
use crate::dataset::Dataset;

fn blog() -> ScriptedServer {
    ScriptedServer::start(|request| match request.path.as_str() {
        "/users" => ScriptedResponse::json(
            200,
            r#"{"items": [{"id": 1, "name": "ada", "created_at": "2024-01-01T00:00:00Z"},
                          {"id": 2, "name": "bob", "created_at": "2024-01-02T00:00:00Z"}], "next_cursor": "abc"}"#,
        ),
        "/users/1/posts" => ScriptedResponse::json(200, r#"[{"id": 10, "tags": ["x", "y"]}, {"id": 10, "tags": []}]"#),
        _ => ScriptedResponse::json(404, r#"{"error": "no such thing"}"#),
    })
}

/// Replaces the address of the server and the durations, which differ between runs.
fn normalized(said: &str, server: &ScriptedServer) -> String {
    let line = |line: &str| match (line.find(" in "), line.find(" s, status")) {
        (Some(start), Some(end)) if start < end => format!("{} in N{}", &line[..start], &line[end..]),
        _ => line.to_owned(),
    };
    said.replace(&server.url(), "BASE").lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn each_resource_is_reported() {
    let session = Session::new(Dataset::new());
    let server = blog();
    session.write(
        "blog.yaml",
        &format!(
            "client:\n  base_url: {}\nresources:\n- users\n- name: posts\n  primary_key: id\n  endpoint: users/{{resources.users.id}}/posts\n\
             - name: missing\n- name: comments\n  endpoint: missing/{{resources.missing.id}}/comments\n",
            server.url()
        ),
    );
    let (code, said, error) = session.output(&["check", "blog.yaml"]);
    assert_eq!(code, Some(1), "{said}{error}");
    insta::assert_snapshot!(normalized(&said, &server), @r#"
    users: 2 rows, 187 B in N s, status 200
      request: GET BASE/users
      rows: at items (detected)
      pagination: cursor (cursor at next_cursor, parameter cursor) (detected), further pages follow
      fields: id bigint, name text, created_at timestamp
      primary key: not set; candidates: id
      cursor: not set; candidates: created_at (ascending)
    posts: 2 rows, 56 B in N s, status 200
      request: GET BASE/users/1/posts
      for the row of users: {"id":1,"name":"ada","created_at":"2024-01-01T00:00:00Z"}
      rows: the body itself
      pagination: single_page (detected), no further pages
      fields: id bigint, tags list
      primary key: id (configured)
      cursor: not set; no timestamp in all rows of this page
      warning: primary key id: 1 of 2 rows repeat the key of another row
    missing: GET BASE/missing returned 404 Not Found: {"error": "no such thing"}
    comments: not checked: its parent resource `missing` has no page
    "#);
    assert!(error.ends_with("error: 1 of 4 resources failed: missing\n"), "{error}");
    let json = session.run(&["check", "blog.yaml", "--select", "posts", "--json"]);
    let json = catchment_json::Value::parse(&json).unwrap();
    let names: Vec<_> = json.as_array().unwrap().iter().map(|check| check.get("resource").unwrap().to_plain_text()).collect();
    assert_eq!(names, ["users", "posts"]);
    assert!(!session.dataset.file().exists(), "a check loads nothing");
    session.fails(&["check", "blog.yaml", "--select", "user"], 2, "--select: source `rest_api` has no resource \"user\"");
}
