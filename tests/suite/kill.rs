//! `kill -9` of the command. See also `cargo xtask kill-test`, which kills runs at every step.

use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};

use crate::command::Run;
use crate::dataset::Dataset;

/// DuckDB cannot open a file if the process that created it was killed before all headers were written.
#[test]
fn a_database_file_is_created_atomically() {
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
