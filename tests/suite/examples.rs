//! The programs in `examples`, offline.

use std::process::{Command, Output};

use catchment::{Destination as _, DuckDb};

use crate::dataset::Dataset;

/// Runs an example in the folder of `dir`.
fn run(example: &str, dir: &Dataset, argument: &str) -> Output {
    let binary = std::env::current_exe().unwrap();
    let binary = binary.parent().and_then(|deps| deps.parent()).unwrap().join("examples").join(example);
    assert!(binary.exists(), "{} is missing: build it with `cargo build --examples`", binary.display());
    let mut command = Command::new(&binary);
    let output = command.arg(argument).current_dir(dir.dir()).env("CATCHMENT_DATA_DIR", dir.dir()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// Runs an example twice; `expected` is how many issues the table has after each run, and how many different ones.
fn check(example: &str, file: &str, dataset: &str, expected: [&str; 2]) {
    let dir = Dataset::new();
    for expected in expected {
        let output = run(example, &dir, "--offline");
        let sql = "SELECT count(*) || ' ' || count(DISTINCT id) || ' ' || (SELECT count(*) FROM _dlt_loads) AS found FROM issues";
        let found = DuckDb::new(dir.dir().join(file)).query(dataset, sql, &|| false).unwrap().to_string();
        assert!(found.contains(&format!("| {expected} ")), "{example}: {expected} is not in\n{found}");
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains(dataset), "{said}");
    }
}

#[test]
fn github_issues_appends() {
    check("github_issues", "github_issues.duckdb", "github_data", ["30 30 1", "60 30 2"]);
}

#[test]
fn github_issues_replace_has_one_copy() {
    check("github_issues_replace", "github_issues.duckdb", "github_data", ["30 30 1", "30 30 2"]);
}

#[test]
fn github_issues_incremental_appends_new_issues_only() {
    check("github_issues_incremental", "github_issues_incremental.duckdb", "github_data_append", ["289 289 1", "289 289 1"]);
}

#[test]
fn github_issues_merge_has_each_issue_once() {
    check("github_issues_merge", "github_issues_merge.duckdb", "github_data_merge", ["289 289 1", "289 289 1"]);
}

#[test]
fn github_issues_paginate_does_the_same() {
    check("github_issues_paginate", "github_issues_merge.duckdb", "github_data_merge", ["289 289 1", "289 289 1"]);
}

#[test]
fn daily_logs_takes_the_files_that_are_new() {
    let dir = Dataset::new();
    std::fs::create_dir(dir.dir().join("logs")).unwrap();
    let write = |name: &str, lines: &str| std::fs::write(dir.dir().join("logs").join(name), lines).unwrap();
    let check = |expected: &str| {
        run("daily_logs", &dir, "logs/*.jsonl");
        let found = DuckDb::new(dir.dir().join("daily_logs.duckdb"));
        let found = found.query("logs", "SELECT (SELECT count(*) FROM logs) || ' ' || (SELECT count(*) FROM files)", &|| false);
        let found = found.unwrap().to_string();
        assert!(found.contains(&format!("| {expected} ")), "{expected} is not in\n{found}");
    };
    write("1.jsonl", "{\"level\":\"info\"}\n{\"level\":\"warn\"}\n");
    check("2 1");
    check("2 1");
    write("2.jsonl", "{\"level\":\"info\"}\n{\"other\":1}\n");
    check("3 2");
}
