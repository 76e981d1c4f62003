//! `kill -9` at any moment, then a run: every issue is there exactly once.

use std::process::Child;

use catchment_rest_client::testing::{Answer, ScriptedServer};
use catchment_sample_api::{Issues, Server};

use crate::command::Run;
use crate::dataset::Dataset;

const ISSUES: u32 = 400;
const MOMENTS: u32 = 7;

fn spec(url: &str, disposition: &str, incremental: bool) -> String {
    let incremental = if incremental { r#", "incremental": {"cursor_path": "updated_at"}"# } else { "" };
    format!(
        r#"{{"client": {{"base_url": "{url}"}}, "resources": [{{"name": "issues", "primary_key": "id", "write_disposition": "{disposition}",
            "endpoint": {{"path": "repos/catchment/sample/issues", "params": {{"per_page": 50, "state": "all"}}{incremental}}}}}]}}"#
    )
}

/// Kills a run at each of the moments, runs once more, and once more after some issues were changed.
fn check(disposition: &str, incremental: bool) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(Server::start(Issues::new(ISSUES, 3))).unwrap();
    let mut killed = 0;
    for moment in 0..MOMENTS {
        server.set_issues(Issues::new(ISSUES, 3));
        let dataset = Dataset::new();
        let run = Run::new(&dataset, &spec(server.base_url(), disposition, incremental));
        let mut child = run.spawn();
        wait_for(moment, &dataset, &server, &mut child);
        child.kill().unwrap();
        killed += usize::from(child.wait().unwrap().code().is_none());
        for issues in [Issues::new(ISSUES, 3), Issues::at_revision(3, ISSUES, 1)] {
            let count = if disposition == "append" { ISSUES as usize } else { issues.len() };
            if disposition != "append" {
                server.set_issues(issues);
            }
            let (code, said) = run.says(&[]);
            assert_eq!(code, Some(0), "killed at moment {moment}: {said}");
            let found = dataset.query("SELECT count(*), count(DISTINCT id) FROM issues");
            assert_eq!(found, format!("{count} {count}"), "killed at moment {moment}");
            dataset.check_whole("issues", &["issues__labels", "issues__assignees"]);
        }
    }
    assert!(killed > 1, "only {killed} of {MOMENTS} runs were killed before they ended");
}

/// Returns at a moment of a run, told by what it has done and not by a clock: pages were served, a segment is
/// being written, is there, the journal is sealed, the database is being written; or when the run has ended.
fn wait_for(moment: u32, dataset: &Dataset, server: &Server, child: &mut Child) {
    let served = server.requests();
    let size = |path: std::path::PathBuf| std::fs::metadata(path).map_or(0, |m| m.len());
    let packages = dataset.pipelines().join("p/packages");
    let files = || -> Vec<std::path::PathBuf> {
        let folders = std::fs::read_dir(&packages).into_iter().flatten().flatten();
        folders
            .flat_map(|folder| std::fs::read_dir(folder.path()).into_iter().flatten().flatten())
            .map(|file| file.path())
            .collect()
    };
    let has = |part: &str| files().iter().any(|path| path.to_string_lossy().contains(part));
    let wal = dataset.file().with_extension("duckdb.wal");
    while child.try_wait().unwrap().is_none() {
        let reached = match moment {
            0 => server.requests() > served,
            1 => server.requests() >= served + 5,
            2 => has("arrows.tmp"),
            3 => has(".arrows"),
            4 => files().iter().any(|path| path.ends_with("journal") && size(path.clone()) > 20_000),
            5 => size(wal.clone()) > 0,
            _ => size(dataset.file()) > 0,
        };
        if reached {
            return;
        }
        std::thread::yield_now();
    }
}

/// DuckDB cannot open a file whose maker was killed between two of its headers.
#[test]
fn a_database_file_is_there_whole_or_not_at_all() {
    for _ in 0..20 {
        let dataset = Dataset::new();
        let server = ScriptedServer::start(|_| Answer::json(200, r#"[{"id":1}]"#));
        let run = Run::new(&dataset, &format!(r#"{{"client":{{"base_url":"{}"}},"resources":["items"]}}"#, server.url()));
        let mut child = run.spawn();
        while !dataset.file().exists() && child.try_wait().unwrap().is_none() {}
        child.kill().unwrap();
        child.wait().unwrap();
        let (code, said) = run.says(&[]);
        assert_eq!(code, Some(0), "{said}");
    }
}

#[test]
fn replace_survives_kills() {
    check("replace", false);
}

#[test]
fn incremental_append_survives_kills() {
    check("append", true);
}

#[test]
fn incremental_merge_survives_kills() {
    check("merge", true);
}
