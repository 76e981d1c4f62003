//! `SIGKILL` at every named step of a load and at random times, and then one more run: the dataset and the cursor are
//! those of a run that nobody disturbed, and every logged load is whole and applied once.
//!
//! `cargo xtask kill-test` builds and calls it. It is the driver, and its own victim: a process that runs a pipeline once
//! and may kill itself at a step.
#![expect(clippy::print_stdout, reason = "a command that people run in a terminal")]

mod contents;
mod driver;
mod plan;
mod scenario;
mod steps;
mod victim;

use anyhow::Result;
use clap::Parser as _;

fn main() -> Result<()> {
    match Args::parse().part {
        Part::Drive(args) => driver::drive(&args),
        Part::Victim(args) => victim::run(&args),
    }
}

/// Kills runs and compares what the next one makes of it.
#[derive(Debug, clap::Parser)]
#[command(name = "cargo xtask kill-test", bin_name = "cargo xtask kill-test")]
struct Args {
    #[command(subcommand)]
    part: Part,
}

#[derive(Debug, clap::Subcommand)]
enum Part {
    /// All scenarios, as a table
    Drive(driver::Args),
    /// One run of a pipeline
    Victim(victim::Args),
}
