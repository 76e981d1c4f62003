//! Development commands of this repository, run as `cargo xtask COMMAND`.
//!
//! Developers and CI run the same code: `.ci/run` only installs the tools and calls `cargo xtask ci`.
//! No dependency links DuckDB, so that `tidy` runs within seconds in a fresh checkout.
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
mod services;
mod test;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Development commands of this repository.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check the rules of this repository: layers, manifests, file names and lengths, wording, commit subjects
    Tidy(tidy::Args),
    /// Run all tests: unit and integration tests, then doc tests
    Test(test::Args),
    /// Run the commands of the book in docs/ and compare their outputs
    Book(book::Args),
    /// Build `catchment` and run its demo, which loads a sample API into DuckDB
    Demo(demo::Args),
    /// Compare the time of runs with the floor: downloading, parsing and inserting alone
    Bench(bench::Args),
    /// Fuzz the code that reads untrusted bytes
    Fuzz(fuzz::Args),
    /// Kill runs at every named step and at random times, and compare the datasets after recovery
    KillTest(kill_test::Args),
    /// Load specs from scripted APIs and compare the datasets with those of the reference (dlt)
    Conformance(conformance::Args),
    /// Start the servers that tests load datasets into: PostgreSQL
    Services(services::Args),
    /// Run all checks of CI: format, tidy, cargo-deny, clippy, docs, tests, conformance, the book, some kills
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
        Command::Services(args) => services::run(&args),
        Command::Ci => ci::run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // not returned from `main`, which prints a backtrace if RUST_BACKTRACE is set, although a
            // check or a child process failed and not this program
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
    fn command_line_is_valid() {
        Cli::command().debug_assert();
    }
}
