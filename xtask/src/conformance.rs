//! `cargo xtask conformance`
#![expect(clippy::print_stderr, reason = "a command that people run in a terminal, and whose log CI keeps")]

use std::process::Command;

use anyhow::{Result, bail};

use crate::process;

/// Arguments of `cargo xtask conformance`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The cases, files of tests/conformance/cases without their ending; all by default
    cases: Vec<String>,
}

/// Where the Python with the reference and with DuckDB is said to be.
const PYTHON: &str = "CATCHMENT_PYTHON";

/// Runs `catchment` on the cases of tests/conformance and holds what it loads against what the reference loaded.
pub(crate) fn run(args: &Args) -> Result<()> {
    let Some(python) = std::env::var_os(PYTHON) else {
        let message = format!("{PYTHON} is not set, so conformance was NOT checked; it is a Python that has the package duckdb");
        if process::is_ci() {
            bail!(message);
        }
        eprintln!("SKIPPED: {message}");
        return Ok(());
    };
    // built as for the tests: of fewer crates, dependencies would have other features, and be compiled anew
    let messages = process::cargo_messages(process::cargo().args(["build", "--workspace", "--bins", "--examples"]))?;
    let binary = process::executable(&messages, "catchment")?;
    let folder = process::root()?.join("tests/conformance");
    // without caches of its own, which would be left in the checkout
    let mut harness = Command::new(python);
    harness.arg("-B").arg(folder.join("run.py")).arg("--bin").arg(binary).args(&args.cases);
    process::run(&mut harness)
}

/// Runs all cases.
pub(crate) fn run_all() -> Result<()> {
    run(&Args { cases: Vec::new() })
}
