//! The conformance suite of destinations, run against a PostgreSQL server.
//!
//! `CATCHMENT_POSTGRES` is the URL of a server whose role may create databases; `cargo xtask services` starts one. Without
//! it the tests are skipped, except in CI.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use catchment_load::testing;
use catchment_load_postgres::testing::TestDatabase;

/// Runs the cases of a group and reports all failures.
#[track_caller]
fn check(group: &str) {
    let Some(database) = TestDatabase::create().unwrap() else {
        return eprintln!("skipped: set CATCHMENT_POSTGRES, or run `cargo xtask services -- cargo nextest run`");
    };
    let result = testing::run_group(group, |case| case.run(&database.destination(), case.name()));
    assert!(result.is_ok(), "{}", result.unwrap_err());
}

catchment_load::conformance_tests!(check);
