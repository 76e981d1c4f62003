//! `cargo xtask services`: the servers that tests load datasets into.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "prints to the terminal and to the log of CI")]

mod bigquery;
mod postgres;
mod script;

use std::ffi::OsString;

use anyhow::Result;

use crate::process;
pub(crate) use bigquery::{BIGQUERY, BigQueryEmulator, has_bigquery};
pub(crate) use postgres::{POSTGRES, PostgresServer, has_postgres};

/// Arguments of `cargo xtask services`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Command to run while the servers are running, for example `-- cargo xtask test`; without a command, they run
    /// until Ctrl-C
    #[arg(last = true)]
    command: Vec<OsString>,
}

/// Starts the servers, and stops them after the command.
pub(crate) fn run(args: &Args) -> Result<()> {
    let server = PostgresServer::start(&postgres::programs()?)?;
    let emulator = BigQueryEmulator::start_for("BigQuery")?;
    let Some((program, arguments)) = args.command.split_first() else {
        println!("{POSTGRES}={}", server.url());
        if let Some(emulator) = &emulator {
            println!("{BIGQUERY}={}", emulator.url());
        }
        eprintln!("the servers are running; press Ctrl-C to stop them");
        return server.wait();
    };
    let mut command = process::command(program);
    command.args(arguments).env(POSTGRES, server.url());
    if let Some(emulator) = &emulator {
        command.env(BIGQUERY, emulator.url());
    }
    process::run(&mut command)
}
