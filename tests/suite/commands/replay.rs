//! `catchment run --record` and `--replay`.

use std::path::Path;

use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};

use super::session::Session;
use crate::dataset::Dataset;

const SECRET: &str = "s3cret-of-the-recording";

/// Returns all bytes below a folder.
fn all_bytes(folder: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        bytes.extend(if path.is_dir() { all_bytes(&path) } else { std::fs::read(&path).unwrap() });
    }
    bytes
}

#[test]
fn a_replay_without_the_server_loads_an_equal_dataset() {
    let server = ScriptedServer::start(|request| {
        if request.param("api_key") != Some(SECRET) {
            return ScriptedResponse::json(401, r#"{"error": "unauthorized"}"#);
        }
        match (request.path.as_str(), request.param("page")) {
            ("/users", None | Some("1")) => ScriptedResponse::json(
                200,
                format!(
                    r#"{{"rows": [{{"id": 1, "ratio": 1.0, "key": "{SECRET}"}}, {{"id": 2}}], "page": 1, "total_pages": 2}}"#
                ),
            ),
            ("/users", _) => {
                ScriptedResponse::json(200, r#"{"rows": [{"id": 3, "big": 12345678901234567890}], "page": 2, "total_pages": 2}"#)
            }
            (path, _) => ScriptedResponse::json(200, format!(r#"[{{"path": "{path}", "seen": "2024-01-01T00:00:00Z"}}]"#)),
        }
    });
    let spec = format!(
        r#"{{"client": {{"base_url": "{}", "auth": {{"type": "api_key", "name": "api_key", "location": "query", "api_key": "${{env:API_KEY}}"}}}},
            "resources": ["users", {{"name": "posts", "endpoint": {{"path": "users/{{resources.users.id}}/posts", "params": {{"until": "{{now}}"}}}}}}]}}"#,
        server.url()
    );
    let run = |session: &Session, key: &str, flag: &str, folder: &Path| {
        session.write("api.json", &spec);
        let mut command = session.command(&["run", "api.json", flag]);
        let output = command.arg(folder).env("API_KEY", key).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let (recorded, replayed) = (Session::new(Dataset::new()), Session::new(Dataset::new()));
    let folder = recorded.dir().join("recording");
    run(&recorded, SECRET, "--record", &folder);
    drop(server);
    let bytes = all_bytes(&folder);
    assert!(!bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()), "the recording contains the secret");
    run(&replayed, "another key", "--replay", &folder);
    for sql in ["SELECT id, ratio, big FROM users ORDER BY id", "SELECT path, seen FROM posts ORDER BY path"] {
        assert_eq!(recorded.query("api", sql), replayed.query("api", sql));
    }
    assert_eq!(replayed.query("api", "SELECT count(*) FROM posts"), "3");
    let args = ["run", "api.json", "--record", folder.to_str().unwrap()];
    let output = recorded.command(&args).env("API_KEY", SECRET).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "a recording is not overwritten");
}
