//! `cargo xtask conformance`
#![expect(clippy::print_stderr, reason = "prints to the terminal and to the log of CI")]

use std::process::Command;

use anyhow::{Result, bail};

use crate::process;

/// Arguments of `cargo xtask conformance`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Cases to run: files in tests/conformance/cases, without extension [default: all]
    cases: Vec<String>,
}

/// The environment variable with the path of a Python that has the reference and DuckDB.
const PYTHON: &str = "CATCHMENT_PYTHON";

/// Runs `catchment` on the cases of tests/conformance and compares the datasets with those of the reference.
pub(crate) fn run(args: &Args) -> Result<()> {
    let Some(python) = std::env::var_os(PYTHON) else {
        let message = format!("conformance was NOT checked; set {PYTHON} to a Python with the package duckdb");
        if process::is_ci() {
            bail!(message);
        }
        eprintln!("SKIPPED: {message}");
        return Ok(());
    };
    // the same build as for the tests; with fewer crates, dependencies would have other features and be recompiled
    let messages = process::cargo_messages(process::cargo().args(["build", "--workspace", "--bins", "--examples"]))?;
    let binary = process::executable(&messages, "catchment")?;
    let folder = process::root()?.join("tests/conformance");
    // `-B`: write no bytecode files into the checkout
    let mut harness = Command::new(python);
    harness.arg("-B").arg(folder.join("run.py")).arg("--bin").arg(binary).args(&args.cases);
    process::run(&mut harness)
}

/// Runs all cases.
pub(crate) fn run_all() -> Result<()> {
    run(&Args { cases: Vec::new() })
}
