//! The conformance suite of destinations, run against an emulator.
//!
//! `CATCHMENT_BIGQUERY` is the URL of an emulator; `cargo xtask services` starts one. Without it the tests are skipped, except
//! in CI.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use std::time::Duration;

use catchment_load::testing;
use catchment_load_bigquery::{BigQuery, BigQueryOptions};

/// Runs the cases of a group and reports all failures. Each group has its own project.
#[track_caller]
fn check(group: &str) {
    let endpoint = std::env::var("CATCHMENT_BIGQUERY").ok().filter(|url| !url.is_empty());
    let Some(endpoint) = endpoint else {
        assert!(std::env::var_os("CI").is_none(), "set CATCHMENT_BIGQUERY, or use `cargo xtask services`");
        return eprintln!("skipped: set CATCHMENT_BIGQUERY, or run `cargo xtask services -- cargo nextest run`");
    };
    let retry_delay = Duration::from_millis(10);
    let options = BigQueryOptions { endpoint, retry_delay, is_emulator: true, ..BigQueryOptions::new(format!("test-{group}")) };
    let destination = BigQuery::new(options);
    let result = testing::run_group(group, |case| case.run(&destination, case.name()));
    assert!(result.is_ok(), "{}", result.unwrap_err());
}

catchment_load::conformance_tests!(check);
