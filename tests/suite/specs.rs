//! Tests of the specs in `examples/specs`, with responses in the format of their APIs.

use std::path::Path;
use std::process::Command;

use catchment::rest_client::testing::{ReceivedRequest, ScriptedResponse, ScriptedServer};

use crate::command::binary;
use crate::dataset::Dataset;

/// Runs a spec against a server that replaces its hosts, and returns the output.
fn run(dataset: &Dataset, name: &str, server: &ScriptedServer, variables: &[(&str, &str)]) -> String {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/specs").join(name);
    let mut text = std::fs::read_to_string(spec).unwrap();
    for host in [
        "https://api.github.com",
        "https://pokeapi.co",
        "https://api.spotify.com",
        "https://accounts.spotify.com",
        "https://api.hubapi.com",
    ] {
        text = text.replace(host, &server.url());
    }
    assert!(!text.contains("https://api."), "{text}");
    let path = dataset.dir().join(name);
    std::fs::write(&path, text).unwrap();
    let mut command = Command::new(binary());
    command.arg("run").arg(&path).args(["--dataset-name", "d", "--pipelines-dir"]).arg(dataset.pipelines());
    command.current_dir(dataset.dir()).env("DESTINATION__DUCKDB__CREDENTIALS", dataset.file());
    let output = command.envs(variables.iter().copied()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    for (_, secret) in variables {
        assert!(!said.contains(secret), "{said}");
    }
    said
}

fn json(body: &str) -> ScriptedResponse {
    ScriptedResponse::json(200, body)
}

fn paths(server: &ScriptedServer) -> Vec<String> {
    let shown = |request: &ReceivedRequest| {
        let query: Vec<_> = request.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{} {}?{}", request.method, request.path, query.join("&"))
    };
    server.requests().iter().map(shown).collect()
}

#[test]
fn github_loads_issues_and_their_comments_incrementally() {
    let server = ScriptedServer::start(|request| {
        assert_eq!(request.header("authorization"), Some("Bearer ghp_secret"));
        assert_eq!(request.header("x-github-api-version"), Some("2022-11-28"));
        let user = r#""user": {"login": "ada", "id": 1}"#;
        match (request.path.as_str(), request.param("since")) {
            ("/repos/dlt-hub/dlt/issues", Some("2024-01-01T00:00:00Z")) => json(&format!(
                r#"[{{"id": 11, "number": 1, "title": "a", "updated_at": "2024-02-01T00:00:00Z", "labels": [{{"name": "bug"}}], "reactions": {{"total_count": 0}}, {user}}},
                    {{"id": 12, "number": 2, "title": "b", "updated_at": "2024-02-02T00:00:00Z", "pull_request": {{"url": "x"}}, {user}}},
                    {{"id": 13, "number": 3, "title": "c", "updated_at": "2024-02-03T00:00:00Z", "labels": [], {user}}}]"#
            )),
            ("/repos/dlt-hub/dlt/issues", Some(_)) => json("[]"),
            ("/repos/dlt-hub/dlt/issues/1/comments", _) => json(&format!(r#"[{{"id": 101, "body": "x", {user}}}]"#)),
            _ => ScriptedResponse::json(410, r#"{"message": "This issue was deleted"}"#),
        }
    });
    let dataset = Dataset::new();
    run(&dataset, "github.yaml", &server, &[("GITHUB_TOKEN", "ghp_secret")]);
    run(&dataset, "github.yaml", &server, &[("GITHUB_TOKEN", "ghp_secret")]);
    assert_eq!(dataset.query("SELECT number, title, user__login FROM issues ORDER BY 1"), "1 a ada; 3 c ada");
    assert_eq!(dataset.query("SELECT id, _issues_number, _issues_title FROM comments"), "101 1 a");
    let found = paths(&server);
    let issues = "GET /repos/dlt-hub/dlt/issues?per_page=100&state=all&sort=updated&direction=asc";
    assert_eq!(found[0], format!("{issues}&since=2024-01-01T00:00:00Z"));
    assert_eq!(found.last().map(String::as_str), Some(format!("{issues}&since=2024-02-03T00:00:00Z").as_str()));
}

#[test]
fn pokeapi_needs_no_key_and_follows_urls_in_rows() {
    let server = ScriptedServer::start(|request| {
        let host = format!("http://{}", request.header("host").unwrap_or_default());
        match (request.path.as_str(), request.param("offset")) {
            ("/api/v2/pokemon", None) => json(&format!(
                r#"{{"count": 2, "next": "{host}/api/v2/pokemon?offset=1&limit=1000", "previous": null, "results": [{{"name": "bulbasaur", "url": "{host}/api/v2/pokemon/1/"}}]}}"#
            )),
            ("/api/v2/pokemon", Some(_)) => json(&format!(
                r#"{{"count": 2, "next": null, "previous": null, "results": [{{"name": "ivysaur", "url": "{host}/api/v2/pokemon/2/"}}]}}"#
            )),
            ("/api/v2/berry", _) => json(r#"{"count": 1, "next": null, "results": [{"name": "cheri", "url": "x"}]}"#),
            (path, _) => {
                let id = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
                json(&format!(
                    r#"{{"id": {id}, "name": "p{id}", "weight": 69, "moves": [], "types": [{{"slot": 1, "type": {{"name": "grass"}}}}, {{"slot": 2, "type": {{"name": "poison"}}}}]}}"#
                ))
            }
        }
    });
    let dataset = Dataset::new();
    run(&dataset, "pokeapi.json", &server, &[]);
    assert_eq!(dataset.query("SELECT name FROM pokemon ORDER BY 1"), "bulbasaur; ivysaur");
    assert_eq!(dataset.query("SELECT name FROM berry"), "cheri");
    assert_eq!(dataset.query("SELECT id, name, weight FROM pokemon_details ORDER BY 1"), "1 p1 69; 2 p2 69");
    assert_eq!(dataset.query("SELECT value FROM pokemon_details__types ORDER BY 1"), "grass; grass; poison; poison");
    assert!(paths(&server).contains(&"GET /api/v2/pokemon/1/?".to_owned()), "{:?}", paths(&server));
}

#[test]
fn spotify_fetches_a_token() {
    let server = ScriptedServer::start(|request| {
        let host = format!("http://{}", request.header("host").unwrap_or_default());
        match (request.path.as_str(), request.header("authorization"), request.param("offset")) {
            ("/api/token", None, _) => json(r#"{"access_token": "BQ-secret", "token_type": "Bearer", "expires_in": 3600}"#),
            ("/v1/artists", Some("Bearer BQ-secret"), _) => {
                json(r#"{"artists": [{"id": "a1", "name": "ada", "genres": ["x"]}]}"#)
            }
            ("/v1/artists/a1/albums", Some("Bearer BQ-secret"), None) => json(&format!(
                r#"{{"href": "x", "items": [{{"id": "l1", "name": "one", "available_markets": ["DE"]}}], "limit": 50, "next": "{host}/v1/artists/a1/albums?offset=50&limit=50", "total": 2}}"#
            )),
            ("/v1/artists/a1/albums", Some("Bearer BQ-secret"), Some("50")) => {
                json(r#"{"href": "x", "items": [{"id": "l2", "name": "two"}], "limit": 50, "next": null, "total": 2}"#)
            }
            _ => ScriptedResponse::json(401, "{}"),
        }
    });
    let dataset = Dataset::new();
    run(&dataset, "spotify.toml", &server, &[("SPOTIFY_CLIENT_ID", "id-secret"), ("SPOTIFY_CLIENT_SECRET", "cs-secret")]);
    assert_eq!(dataset.query("SELECT id, name, _artists_name FROM albums ORDER BY 1"), "l1 one ada; l2 two ada");
    let token = server.requests().into_iter().find(|request| request.path == "/api/token").unwrap();
    assert_eq!(token.text(), "grant_type=client_credentials&client_id=id-secret&client_secret=cs-secret");
    let tables = "SELECT count(*) FROM information_schema.tables WHERE table_name LIKE '%available%'";
    assert_eq!(dataset.query(tables), "0");
}

#[test]
fn hubspot_posts_a_search_with_the_cursor_in_the_body() {
    let server = ScriptedServer::start(|request| {
        assert_eq!(request.header("authorization"), Some("Bearer pat-secret"));
        match request.text().contains(r#""after":"100""#) {
            false => json(
                r#"{"total": 2, "results": [{"id": "1", "properties": {"email": "a@b.c", "firstname": "ada"}, "createdAt": "2024-01-02T00:00:00Z", "updatedAt": "2024-02-01T00:00:00.5Z", "archived": false}], "paging": {"next": {"after": "100"}}}"#,
            ),
            true => json(
                r#"{"total": 2, "results": [{"id": "2", "properties": {"email": null, "firstname": "bob"}, "createdAt": "2024-01-03T00:00:00Z", "updatedAt": "2024-02-02T00:00:00Z", "archived": false}]}"#,
            ),
        }
    });
    let dataset = Dataset::new();
    run(&dataset, "hubspot.yaml", &server, &[("SOURCES__HUBSPOT__TOKEN", "pat-secret")]);
    assert_eq!(dataset.query("SELECT id, firstname, email FROM contacts ORDER BY 1"), "1 ada ***; 2 bob -");
    run(&dataset, "hubspot.yaml", &server, &[("SOURCES__HUBSPOT__TOKEN", "pat-secret")]);
    let starts: Vec<_> =
        server.requests().iter().filter(|request| !request.text().contains("after")).map(ReceivedRequest::text).collect();
    assert!(starts[0].contains(r#""operator":"GTE","value":1704067200000"#), "{starts:?}");
    assert!(starts[1].contains(r#""operator":"GTE","value":1706832000000"#), "{starts:?}");
}
