//! `kill -9` of the command. `cargo xtask kill-test` kills runs at every step.

use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};

use crate::command::Run;
use crate::dataset::Dataset;

/// DuckDB cannot open a file whose maker was killed between two of its headers.
#[test]
fn a_database_file_is_there_whole_or_not_at_all() {
    for _ in 0..5 {
        let dataset = Dataset::new();
        let server = ScriptedServer::start(|_| ScriptedResponse::json(200, r#"[{"id":1}]"#));
        let run = Run::new(&dataset, &format!(r#"{{"client":{{"base_url":"{}"}},"resources":["items"]}}"#, server.url()));
        let mut child = run.spawn();
        while !dataset.file().exists() && child.try_wait().unwrap().is_none() {}
        child.kill().unwrap();
        child.wait().unwrap();
        let (code, said) = run.says(&[]);
        assert_eq!(code, Some(0), "{said}");
    }
}
