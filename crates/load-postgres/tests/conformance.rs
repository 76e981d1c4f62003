//! The conformance suite of destinations, run against a PostgreSQL server.
//!
//! `CATCHMENT_POSTGRES` is the URL of a server whose role may create databases; `cargo xtask services` starts one. Without
//! it the tests are skipped, except in CI.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use std::sync::atomic::{AtomicU32, Ordering};

use catchment_load::testing;
use catchment_load_postgres::{Postgres, PostgresOptions};
use catchment_settings::Secret;

/// A database that is dropped with this.
struct Database {
    server: PostgresOptions,
    name: String,
}

impl Database {
    /// Creates a database, or returns `None` if no server is available.
    fn create() -> Option<Database> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let Some(url) = std::env::var("CATCHMENT_POSTGRES").ok().filter(|url| !url.is_empty()) else {
            assert!(std::env::var("CI").is_err(), "set CATCHMENT_POSTGRES to the URL of a PostgreSQL server");
            eprintln!("skipped: set CATCHMENT_POSTGRES, or run `cargo xtask services -- cargo nextest run`");
            return None;
        };
        let server = PostgresOptions::parse(&Secret::from(url.as_str())).unwrap();
        let name = format!("catchment_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let database = Database { server, name };
        database.execute(&format!("CREATE DATABASE {}", database.name));
        Some(database)
    }

    fn destination(&self) -> Postgres {
        let mut options = self.server.clone();
        options.database.clone_from(&self.name);
        Postgres::new(options)
    }

    fn execute(&self, sql: &str) {
        let execute = async {
            let (client, connection) = catchment_load_postgres::connect(&self.server).await.unwrap();
            tokio::spawn(connection);
            client.batch_execute(sql).await.unwrap();
        };
        tokio::runtime::Runtime::new().unwrap().block_on(execute);
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.execute(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

/// Runs the cases of a group and reports all failures.
#[track_caller]
fn check(group: &str) {
    let Some(database) = Database::create() else { return };
    let result = testing::run_group(group, |case| case.run(&database.destination(), case.name()));
    assert!(result.is_ok(), "{}", result.unwrap_err());
}

catchment_load::conformance_tests!(check);
