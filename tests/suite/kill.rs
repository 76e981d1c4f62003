//! `kill -9` at any moment, then a run: every issue is there exactly once.

use catchment_sample_api::{Issues, Server};

use crate::command::Run;
use crate::dataset::Dataset;

const ISSUES: u32 = 400;

fn spec(url: &str, disposition: &str, incremental: bool) -> String {
    let incremental = if incremental { r#", "incremental": {"cursor_path": "updated_at"}"# } else { "" };
    format!(
        r#"{{"client": {{"base_url": "{url}"}}, "resources": [{{"name": "issues", "primary_key": "id", "write_disposition": "{disposition}",
            "endpoint": {{"path": "repos/catchment/sample/issues", "params": {{"per_page": 50, "state": "all"}}{incremental}}}}}]}}"#
    )
}

/// Kills `kills` runs, each at another moment, and runs once more after each.
fn check(disposition: &str, incremental: bool, kills: u32) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(Server::start(Issues::new(ISSUES, 3))).unwrap();
    let dataset = Dataset::new();
    let run = Run::new(&dataset, &spec(server.base_url(), disposition, incremental));
    for kill in 1..=kills {
        let mut child = run.spawn();
        // Moments are told by what the run has done, not by a clock: requests that were served, then files that appear.
        wait_for_moment(&dataset, &server, kill, &mut child);
        child.kill().unwrap();
        child.wait().unwrap();
        let (code, said) = run.says(&[]);
        assert_eq!(code, Some(0), "after kill {kill}: {said}");
        assert_eq!(
            dataset.query("SELECT count(*), count(DISTINCT id) FROM issues"),
            format!("{ISSUES} {ISSUES}"),
            "after kill {kill}"
        );
        dataset.check_whole("issues", &["issues__labels", "issues__assignees"]);
    }
}

/// Returns at the next of these moments: a page was served, a segment was written, the journal was sealed, the
/// database file grew, the run ended; which one depends on `kill`.
fn wait_for_moment(dataset: &Dataset, server: &Server, kill: u32, child: &mut std::process::Child) {
    let served = server.requests();
    let size = |path: std::path::PathBuf| std::fs::metadata(path).map_or(0, |m| m.len());
    let before = size(dataset.file());
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
        let reached = match kill % 7 {
            0 => server.requests() > served,
            1 => server.requests() >= served + 5,
            2 => has("arrows.tmp"),
            3 => has(".arrows"),
            4 => files().iter().any(|path| path.ends_with("journal") && size(path.clone()) > 20_000),
            5 => size(wal.clone()) > 0,
            _ => size(dataset.file()) > before,
        };
        if reached {
            return;
        }
        std::thread::yield_now();
    }
}

#[test]
fn replace_survives_kills() {
    check("replace", false, 7);
}

#[test]
fn incremental_append_survives_kills() {
    check("append", true, 7);
}

#[test]
fn incremental_merge_survives_kills() {
    check("merge", true, 7);
}
