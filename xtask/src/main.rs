//! The commands of this repository, run as `cargo xtask COMMAND`.
//!
//! What people run and what CI runs is the same code: `.ci/run` only installs the tools and
//! calls `cargo xtask ci`. No crate that links DuckDB is a dependency here, so that `tidy`
//! answers in seconds on a fresh checkout.
#![expect(clippy::print_stderr, reason = "a command that people run in a terminal")]

mod bench;
mod book;
mod ci;
mod conformance;
mod demo;
mod duckdb_archive;
mod fuzz;
mod kill_test;
mod process;
mod test;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The commands of this repository.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check the rules that the compiler does not: layers, manifests, file names and lengths, wording, commit subjects
    Tidy(tidy::Args),
    /// Run the whole test suite: unit and integration tests, then the examples in the docs
    Test(test::Args),
    /// Run the commands of the book in docs/ and compare their outputs
    Book(book::Args),
    /// Build `catchment` and run its demo: a sample API on loopback, loaded into DuckDB
    Demo(demo::Args),
    /// Measure runs of `catchment` beside the floor: download, parse, and Arrow into DuckDB alone
    Bench(bench::Args),
    /// Look for bytes that break a property of what reads foreign bytes, for some time
    Fuzz(fuzz::Args),
    /// Kill runs at every named step of a load and at random times, and compare what the next run makes of it
    KillTest(kill_test::Args),
    /// Load specs from scripted APIs and compare the datasets with those that the reference made of them
    Conformance(conformance::Args),
    /// Run all checks that a change must pass: format, tidy, clippy, docs, cargo-deny, tests, conformance, the book, some kills
    Ci,
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Tidy(args) => tidy::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Book(args) => book::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Fuzz(args) => fuzz::run(&args),
        Command::KillTest(args) => kill_test::run(&args),
        Command::Conformance(args) => conformance::run(&args),
        Command::Ci => ci::run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // not by returning it from `main`: that adds a backtrace where RUST_BACKTRACE is
            // set, and what failed is a check or a child, not this program
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::CommandFactory as _;

    #[test]
    fn command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
