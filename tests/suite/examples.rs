//! Offline tests of the programs in `examples`.

use std::path::PathBuf;
use std::process::{Command, Output};

use catchment::DuckDb;

use crate::dataset::{Dataset, query};

/// Returns the path of an example, which the test run has built.
pub(crate) fn binary(example: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let binary = test.parent().and_then(|deps| deps.parent()).unwrap().join("examples").join(example);
    assert!(binary.exists(), "{} is missing: build it with `cargo build --examples`", binary.display());
    binary
}

/// Runs an example in a temporary folder.
fn run(example: &str, dir: &Dataset, argument: &str) -> Output {
    let mut command = Command::new(binary(example));
    let output = command.arg(argument).current_dir(dir.dir()).env("CATCHMENT_DATA_DIR", dir.dir()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// Runs an example twice. `expected` is, after each run, the number of issues, of distinct issues and of loads.
fn check(example: &str, file: &str, dataset: &str, expected: [&str; 2]) {
    let dir = Dataset::new();
    for expected in expected {
        let output = run(example, &dir, "--offline");
        let sql = "SELECT count(*) || ' ' || count(DISTINCT id) || ' ' || (SELECT count(*) FROM _dlt_loads) AS found FROM issues";
        let found = query(&DuckDb::new(dir.dir().join(file)), dataset, sql).unwrap().to_string();
        assert!(found.contains(&format!("| {expected} ")), "{example}: missing {expected} in\n{found}");
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains(dataset), "{said}");
    }
}

#[test]
fn github_issues_appends() {
    check("github_issues", "github_issues.duckdb", "github_data", ["30 30 1", "60 30 2"]);
}

#[test]
fn github_issues_replace_keeps_one_copy() {
    check("github_issues_replace", "github_issues.duckdb", "github_data", ["30 30 1", "30 30 2"]);
}

#[test]
fn github_issues_incremental_appends_only_new_issues() {
    check("github_issues_incremental", "github_issues_incremental.duckdb", "github_data_append", ["289 289 1", "289 289 1"]);
}

#[test]
fn github_issues_merge_has_each_issue_once() {
    check("github_issues_merge", "github_issues_merge.duckdb", "github_data_merge", ["289 289 1", "289 289 1"]);
}

#[test]
fn github_issues_paginate_has_each_issue_once() {
    check("github_issues_paginate", "github_issues_merge.duckdb", "github_data_merge", ["289 289 1", "289 289 1"]);
}

#[test]
fn daily_logs_loads_only_new_files() {
    let dir = Dataset::new();
    std::fs::create_dir(dir.dir().join("logs")).unwrap();
    let write = |name: &str, lines: &str| std::fs::write(dir.dir().join("logs").join(name), lines).unwrap();
    let check = |expected: &str| {
        run("daily_logs", &dir, "logs/*.jsonl");
        let found = DuckDb::new(dir.dir().join("daily_logs.duckdb"));
        let found = query(&found, "logs", "SELECT (SELECT count(*) FROM logs) || ' ' || (SELECT count(*) FROM files)");
        let found = found.unwrap().to_string();
        assert!(found.contains(&format!("| {expected} ")), "missing {expected} in\n{found}");
    };
    write("1.jsonl", "{\"level\":\"info\"}\n{\"level\":\"warn\"}\n");
    check("2 1");
    check("2 1");
    write("2.jsonl", "{\"level\":\"info\"}\n{\"other\":1}\n");
    check("3 2");
}

/// Runs a program of the article on custom pipelines, which serves its own API, and returns its output.
fn run_output(example: &str, dir: &Dataset) -> String {
    String::from_utf8(run(example, dir, "--").stdout).unwrap()
}

/// Runs such a program and returns its output and the result of a query in its dataset.
fn run_and_query(example: &str, file: &str, sql: &str) -> (String, String) {
    let dir = Dataset::new();
    let said = run_output(example, &dir);
    let found = query(&DuckDb::new(dir.dir().join(file)), "api_data", sql).unwrap().to_string();
    (said, found)
}

#[test]
fn customers_are_paginated_by_offset_and_by_link() {
    let sql = "SELECT count(*) || ' of ' || count(DISTINCT id) FROM customers";
    let (said, found) = run_and_query("customers_by_offset", "customers.duckdb", sql);
    assert!(found.contains("250 of 250") && said.contains("3 requests"), "{said}{found}");
    let said = run_output("customers_by_json_link", &Dataset::new());
    assert!(said.contains("page 5 has 50 rows, first 200 (customer 200)") && !said.contains("page 6"), "{said}");
    assert_eq!(run_output("custom_paginator", &Dataset::new()), "250 customers in 5 requests\n");
}

#[test]
fn credentials_are_accepted() {
    assert_eq!(run_output("credentials", &Dataset::new()), "a token: 200 OK\na key: 200 OK\nOAuth 2: 200 OK\n");
}

#[test]
fn the_declarative_source_loads_customers_and_orders() {
    let sql = "SELECT (SELECT count(*) FROM customers) || ' ' || (SELECT count(*) FROM orders) || ' ' || (SELECT count(*) FROM orders__lines)";
    let (said, found) = run_and_query("rest_api_source", "rest_api.duckdb", sql);
    assert!(found.contains("250 120 120"), "{said}{found}");
}

#[test]
fn orders_are_merged() {
    for example in ["orders_incremental", "orders_declarative", "orders_backfill"] {
        let (said, found) =
            run_and_query(example, "orders.duckdb", "SELECT count(*) || ' of ' || count(DISTINCT id) FROM orders");
        assert!(found.contains("120 of 120") || found.contains("119 of 119"), "{example}: {said}{found}");
    }
}

#[test]
fn errors_are_retried_or_ignored() {
    let (said, found) = run_and_query("error_handling", "error_handling.duckdb", "SELECT count(*) || ' items' FROM items");
    assert!(found.contains("2 items") && said.contains("3 requests"), "{said}{found}");
}
