//! `cargo xtask kill-test`

use std::process::Command;

use anyhow::Result;

use crate::process;
use crate::services::{BIGQUERY, BigQueryEmulator, POSTGRES, PostgresServer};

/// Arguments of `cargo xtask kill-test`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Minimum number of killed runs; 300 or more cover each step of each write disposition and merge strategy
    #[arg(long, default_value_t = 480)]
    kills: usize,
    /// Seed for the choice of steps and times [default: the current time]
    #[arg(long)]
    seed: Option<u64>,
    /// Destination of the runs; a PostgreSQL server (stopped during some loads) or an emulator of BigQuery is started
    #[arg(long, value_enum, default_value = "duckdb")]
    destination: Destination,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Destination {
    Duckdb,
    Postgres,
    Bigquery,
}

/// Builds the kill test with fail points, which normal builds do not contain, and runs it.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut build = process::cargo();
    // the whole workspace, so that dependencies have the same features as in other builds
    build.args(["test", "--no-run", "--workspace", "--features", "catchment-tests/failpoints", "--test", "kill"]);
    let messages = process::cargo_messages(&mut build)?;
    let mut test = Command::new(process::executable(&messages, "kill")?);
    test.args(["drive", "--kills", &args.kills.to_string()]);
    if let Some(seed) = args.seed {
        test.args(["--seed", &seed.to_string()]);
    }
    match args.destination {
        Destination::Duckdb => process::run(test.args(["--destination", "duckdb"])),
        Destination::Postgres => {
            let Some(server) = PostgresServer::start_for("the kill test of PostgreSQL")? else { return Ok(()) };
            test.args(["--destination", "postgres", "--restart", server.restart_command()]);
            process::run(test.env(POSTGRES, server.url()))
        }
        Destination::Bigquery => {
            let Some(emulator) = BigQueryEmulator::start_for("the kill test of BigQuery")? else { return Ok(()) };
            process::run(test.args(["--destination", "bigquery"]).env(BIGQUERY, emulator.url()))
        }
    }
}

/// Runs short kill tests for CI.
pub(crate) fn run_some() -> Result<()> {
    run(&Args { kills: 20, seed: None, destination: Destination::Duckdb })?;
    run(&Args { kills: 16, seed: None, destination: Destination::Postgres })?;
    run(&Args { kills: 8, seed: None, destination: Destination::Bigquery })
}
