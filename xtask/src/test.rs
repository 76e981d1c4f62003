//! `cargo xtask test`
#![expect(clippy::print_stderr, reason = "prints to the terminal")]

use std::ffi::OsString;

use anyhow::Result;

use crate::process;

/// Arguments of `cargo xtask test`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Arguments of `cargo nextest run` (or `cargo test` if nextest is not installed), for example
    /// `-- naming`; doc tests are then skipped
    #[arg(last = true)]
    args: Vec<OsString>,
}

/// Runs the tests, or those that the arguments select.
pub(crate) fn run(args: &Args) -> Result<()> {
    // the tests run the command and the examples, which are not built by any test target
    process::run(process::cargo().args(["build", "--workspace", "--bins", "--examples"]))?;
    let mut tests = process::cargo();
    if process::has_cargo_subcommand("nextest") {
        tests.args(["nextest", "run", "--workspace"]);
    } else {
        eprintln!("cargo-nextest is not installed; running the tests with `cargo test`");
        // without doc tests, which run below
        tests.args(["test", "--workspace", "--lib", "--bins", "--tests"]);
    }
    process::run(tests.args(&args.args))?;

    if !args.args.is_empty() {
        eprintln!("skipped doc tests, as the arguments select a part of the tests");
        return Ok(());
    }
    // nextest does not support doc tests
    process::run(process::cargo().args(["test", "--doc", "--workspace"]))
}

/// Runs all tests.
pub(crate) fn run_all() -> Result<()> {
    run(&Args { args: Vec::new() })
}
