//! Kills runs with `SIGKILL` at every named step of a load and at random times, and runs again. Checks that dataset and
//! cursor equal those of an uninterrupted run, and that each logged load is complete and applied once.
//!
//! `cargo xtask kill-test` builds and runs this program. It is both the driver and the victim, which runs a pipeline once
//! and may kill itself at a step.
#![expect(clippy::print_stdout, reason = "a command that people run in a terminal")]

mod contents;
mod driver;
mod emulator;
mod engine;
mod place;
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

/// Kills runs and compares the datasets after recovery.
#[derive(Debug, clap::Parser)]
#[command(name = "cargo xtask kill-test", bin_name = "cargo xtask kill-test")]
struct Args {
    #[command(subcommand)]
    part: Part,
}

#[derive(Debug, clap::Subcommand)]
enum Part {
    /// Kill runs of all scenarios
    Drive(driver::Args),
    /// Run a pipeline once
    Victim(victim::Args),
}
