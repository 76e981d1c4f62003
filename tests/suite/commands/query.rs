//! `catchment query`.

use std::io::Write as _;
use std::process::Stdio;

use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};

use super::session::Session;

fn loaded(session: &Session) {
    let server = ScriptedServer::start(|_| {
        ScriptedResponse::json(
            200,
            r#"[{"id": 1, "name": "ada", "seen": "2024-01-01T00:00:00Z"}, {"id": 2, "name": null, "seen": "2024-01-02T00:00:00Z"}]"#,
        )
    });
    session.run(&["run", &format!("{}/users", server.url()), "--destination", session.destination()]);
}

#[test]
fn results_are_written_in_each_format() {
    Session::on_each_destination(|session| {
        loaded(session);
        let sql = "SELECT id, name, seen FROM users ORDER BY id";
        let check = |format: &str, expected: &str| {
            assert_eq!(session.run(&["query", "users", sql, "--format", format]).trim_end(), expected, "{format}");
        };
        check("csv", "id,name,seen\n1,ada,2024-01-01T00:00:00Z\n2,,2024-01-02T00:00:00Z");
        check(
            "jsonl",
            "{\"id\":1,\"name\":\"ada\",\"seen\":\"2024-01-01T00:00:00Z\"}\n{\"id\":2,\"name\":null,\"seen\":\"2024-01-02T00:00:00Z\"}",
        );
        insta::assert_snapshot!("table", session.run(&["query", "users", sql, "--format", "table"]));
        for (file, magic) in [("users.parquet", b"PAR1".as_slice()), ("users.arrow", b"\xff\xff\xff\xff".as_slice())] {
            assert_eq!(session.run(&["query", "users", sql, "--output", file]), format!("wrote 2 rows to {file}\n"));
            assert!(std::fs::read(session.dir().join(file)).unwrap().starts_with(magic));
        }
    });
}

#[test]
fn a_query_is_read_from_stdin() {
    Session::on_each_destination(|session| {
        loaded(session);
        let mut command = session.command(&["query", "users"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(b"SELECT count(*) AS n\nFROM users\n").unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "n\n2\n");
        session.fails(&["query", "users"], 2, "stdin is empty; pass a SQL query");
    });
}

#[test]
fn a_failed_query_leaves_an_existing_file() {
    Session::on_each_destination(|session| {
        loaded(session);
        session.write("users.csv", "before");
        session.fails(&["query", "users", "SELECT nothing FROM users", "--output", "users.csv"], 1, "nothing");
        assert_eq!(std::fs::read_to_string(session.dir().join("users.csv")).unwrap(), "before");
        session.fails(&["query", "users", "SELECT 1", "--output", "users.xls"], 2, "unknown format of users.xls");
        let entries = std::fs::read_dir(session.dir()).unwrap().count();
        assert_eq!(entries, 2, "only the data folder and users.csv");
    });
}
