//! `catchment run URL`.

use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};

use super::session::Session;
use crate::dataset::Dataset;

/// Serves three issues in two pages with a link to the next one. Requires a bearer token.
fn issues() -> ScriptedServer {
    ScriptedServer::start(|request| {
        if request.header("authorization") != Some("Bearer t0ken-of-the-test") {
            return ScriptedResponse::json(401, r#"{"error": "unauthorized"}"#);
        }
        match request.param("page") {
            None => ScriptedResponse::json(
                200,
                format!(
                    r#"{{"data": [{{"id": 1, "updated_at": "2024-01-01T00:00:00Z"}}, {{"id": 2, "updated_at": "2024-01-02T00:00:00Z"}}],
                        "next": "{}?page=2"}}"#,
                    request.path
                ),
            ),
            Some(_) => {
                ScriptedResponse::json(200, r#"{"data": [{"id": 3, "updated_at": "2024-01-03T00:00:00Z"}], "next": null}"#)
            }
        }
    })
}

const HEADER: [&str; 2] = ["--header", "Authorization: Bearer t0ken-of-the-test"];

#[test]
fn a_url_is_loaded_and_its_saved_spec_does_the_same() {
    Session::on_each_destination(|session| {
        let server = issues();
        let url = format!("{}/v1/issues?state=all", server.url());
        let options = ["--primary-key", "id", "--cursor", "updated_at", "--save-spec", "issues.yaml"];
        let args: Vec<_> =
            ["run", &url, "--destination", session.destination()].into_iter().chain(HEADER).chain(options).collect();
        let said = session.run(&args);
        assert!(
            said.starts_with("wrote issues.yaml; run it with `catchment run issues.yaml`\nset ISSUES_TOKEN before"),
            "{said}"
        );
        assert_eq!(session.query("issues", "SELECT count(*), max(id) FROM issues"), "3,3");
        let saved = std::fs::read_to_string(session.dir().join("issues.yaml")).unwrap();
        assert!(!saved.contains("t0ken-of-the-test"), "{saved}");
        if session.destination() == "duckdb" {
            insta::assert_snapshot!("saved_spec", saved.replace(&server.url(), "BASE"));
        }
        let mut again = session.command(&["run", "issues.yaml"]);
        let output = again.env("ISSUES_TOKEN", "t0ken-of-the-test").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(session.query("issues", "SELECT count(*), max(id) FROM issues"), "3,3");
        session.fails(&args, 2, "--save-spec: issues.yaml exists");
    });
}

#[test]
fn without_options_each_run_replaces_the_rows() {
    let session = Session::new(Dataset::new());
    let server = issues();
    let url = format!("{}/v1/issues", server.url());
    for _ in 0..2 {
        let mut command = session.command(&["run", &url, HEADER[0], HEADER[1]]);
        command.env_remove("DESTINATION__DUCKDB__CREDENTIALS").env_remove("CATCHMENT_DATA_DIR").env("HOME", session.dir());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(session.dir().join("catchment.duckdb").exists());
    let mut query = session.command(&["query", "issues", "SELECT count(*) FROM issues"]);
    query.env_remove("DESTINATION__DUCKDB__CREDENTIALS").env_remove("CATCHMENT_DATA_DIR").env("HOME", session.dir());
    let output = query.output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().nth(1), Some("3"), "{output:?}");
}

#[test]
fn wrong_arguments_exit_with_2() {
    let session = Session::new(Dataset::new());
    session.fails(&["run", "p.yaml", "--header", "A: b"], 2, "--header requires a URL; in a spec file, set it as a key");
    session.fails(&["run", "http://127.0.0.1:9/a", "--header", "Bearer x"], 2, "--header");
    session.fails(&["run", "http://127.0.0.1:9/a", "--save-spec", "a.json"], 2, "must end with .yaml or .yml");
    session.fails(&["run", "http://"], 2, "invalid URL \"http://\"");
}
