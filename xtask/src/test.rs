//! `cargo xtask test`
#![expect(clippy::print_stderr, reason = "a command that people run in a terminal")]

use std::ffi::OsString;

use anyhow::Result;

use crate::process;

/// Arguments of `cargo xtask test`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Passed on to `cargo nextest run` (`cargo test` where nextest is not installed), for
    /// example `-- naming`; the examples in the docs are then left out
    #[arg(last = true)]
    args: Vec<OsString>,
}

/// Runs the suite, or the part of it that the arguments select.
pub(crate) fn run(args: &Args) -> Result<()> {
    // the tests run the command and the examples, which no test target builds
    process::run(process::cargo().args(["build", "--workspace", "--bins", "--examples"]))?;
    let mut tests = process::cargo();
    if process::has_cargo_subcommand("nextest") {
        tests.args(["nextest", "run", "--workspace"]);
    } else {
        eprintln!("cargo-nextest is not installed, `cargo test` runs the tests");
        // not the doc tests, they have their own call below
        tests.args(["test", "--workspace", "--lib", "--bins", "--tests"]);
    }
    process::run(tests.args(&args.args))?;

    if !args.args.is_empty() {
        eprintln!("skipped: examples in the docs, as arguments select a part of the suite");
        return Ok(());
    }
    // nextest has no doc tests
    process::run(process::cargo().args(["test", "--doc", "--workspace"]))
}

/// Runs the whole suite.
pub(crate) fn run_all() -> Result<()> {
    run(&Args { args: Vec::new() })
}
