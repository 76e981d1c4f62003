//! `cargo xtask conformance`
#![expect(clippy::print_stderr, reason = "prints to the terminal and to the log of CI")]

use std::process::Command;

use anyhow::{Result, bail};

use crate::process;
use crate::services::{self, BIGQUERY, BigQueryEmulator, POSTGRES, PostgresServer};

/// Arguments of `cargo xtask conformance`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Cases to run: files in tests/conformance/cases, without extension [default: all]
    cases: Vec<String>,
    /// Destination to compare: duckdb, postgres, bigquery (an emulator) or filesystem
    #[arg(long, default_value = "duckdb")]
    destination: String,
}

/// The environment variable with the path of a Python that has the reference and DuckDB.
const PYTHON: &str = "CATCHMENT_PYTHON";

/// The destinations that CI checks.
const DESTINATIONS: &[&str] = &["duckdb", "postgres", "bigquery"];

/// Runs `catchment` on the cases of tests/conformance and compares the datasets with those of the reference.
pub(crate) fn run(args: &Args) -> Result<()> {
    let Some(python) = std::env::var_os(PYTHON) else {
        let message = format!(
            "conformance was NOT checked; set {PYTHON} to a Python with the packages duckdb, psycopg2-binary and google-cloud-bigquery"
        );
        if process::is_ci() {
            bail!(message);
        }
        eprintln!("SKIPPED: {message}");
        return Ok(());
    };
    let needs_server = args.destination == "postgres" && !services::has_postgres();
    let server = if needs_server { PostgresServer::start_for("conformance with PostgreSQL")? } else { None };
    let needs_emulator = args.destination == "bigquery" && !services::has_bigquery();
    let emulator = if needs_emulator { BigQueryEmulator::start_for("conformance with BigQuery")? } else { None };
    if (needs_server && server.is_none()) || (needs_emulator && emulator.is_none()) {
        return Ok(());
    }
    // the same build as for the tests; with fewer crates, dependencies would have other features and be recompiled
    let messages = process::cargo_messages(process::cargo().args(["build", "--workspace", "--bins", "--examples"]))?;
    let binary = process::executable(&messages, "catchment")?;
    let folder = process::root()?.join("tests/conformance");
    // `-B`: write no bytecode files into the checkout
    let mut harness = Command::new(python);
    harness.arg("-B").arg(folder.join("run.py")).arg("--bin").arg(binary);
    harness.args(["--destination", &args.destination]).args(&args.cases);
    if let Some(server) = &server {
        harness.env(POSTGRES, server.url());
    }
    if let Some(emulator) = &emulator {
        harness.env(BIGQUERY, emulator.url());
    }
    process::run(&mut harness)
}

/// Runs all cases with each destination that CI checks.
pub(crate) fn run_all() -> Result<()> {
    DESTINATIONS.iter().try_for_each(|&name| run(&Args { cases: Vec::new(), destination: name.to_owned() }))
}
