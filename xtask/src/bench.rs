//! `cargo xtask bench`

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::services::{POSTGRES, PostgresServer};
use crate::{duckdb_archive, process};

/// Arguments of `cargo xtask bench`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    other: Option<BenchCommand>,
    /// Number of pages of 100 issues; several sizes are measured one after the other
    #[arg(default_value = "100")]
    sizes: Vec<usize>,
    /// Folder with pages as JSON files, used instead of generated pages; repeated if there are too few
    #[arg(long, value_name = "DIR")]
    pages: Option<PathBuf>,
    /// Merge the pages by id instead of appending them
    #[arg(long, conflicts_with = "pages")]
    merge: bool,
    /// Number of measurements of each part; the fastest time and the highest memory count
    #[arg(long, default_value_t = 5)]
    rounds: usize,
}

/// Other benches.
#[derive(Debug, clap::Subcommand)]
enum BenchCommand {
    /// Compare merges of 1 % and of all rows of a table with loading the table again
    Merge {
        /// Number of rows in the table
        #[arg(long, default_value_t = 1_000_000)]
        rows: u64,
        /// Number of measurements of each part; the fastest time and the highest memory count
        #[arg(long, default_value_t = 1)]
        rounds: usize,
    },
    /// Compare runs into a PostgreSQL server, which is started, with `psql \copy` of the same rows
    Postgres {
        /// Number of pages of 100 issues
        #[arg(default_value_t = 100)]
        pages: usize,
        /// Number of measurements of each part; the fastest time and the highest memory count
        #[arg(long, default_value_t = 5)]
        rounds: usize,
    },
    /// Measure the memory in use after many runs in one process (Linux only)
    Runs {
        /// Number of runs
        #[arg(long, default_value_t = 200)]
        count: u64,
    },
}

/// Builds the command and the bench in the release profile, linked to DuckDB of the dev profile, and runs the bench.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut build = process::cargo();
    build.args(["build", "--release", "--package", "catchment-cli", "--package", "catchment-tests"]);
    // in one build, so that shared dependencies are compiled once
    build.args(["--bin", "catchment", "--bench", "floor"]).args(duckdb_archive::cargo_args()?);
    let messages = process::cargo_messages(&mut build)?;
    let mut bench = Command::new(process::executable(&messages, "floor")?);
    match &args.other {
        Some(BenchCommand::Merge { rows, rounds }) => {
            bench.args(["merge", "--rows", &rows.to_string(), "--rounds", &rounds.to_string()]);
        }
        Some(BenchCommand::Postgres { pages, rounds }) => {
            let Some(server) = PostgresServer::start_for("PostgreSQL")? else { return Ok(()) };
            bench.args(["postgres", "--pages", &pages.to_string(), "--rounds", &rounds.to_string(), "--catchment"]);
            bench.arg(process::executable(&messages, "catchment")?).arg("--psql").arg(server.psql());
            return process::run(bench.env(POSTGRES, server.url()));
        }
        Some(BenchCommand::Runs { count }) => {
            bench.args(["runs", "--count", &count.to_string()]);
        }
        None => compare(&mut bench, args, &process::executable(&messages, "catchment")?),
    }
    process::run(&mut bench)
}

/// Adds the arguments of the comparison with the floor.
fn compare(bench: &mut Command, args: &Args, catchment: &Path) {
    bench.arg("compare").args(args.sizes.iter().map(ToString::to_string)).args(["--rounds", &args.rounds.to_string()]);
    bench.arg("--catchment").arg(catchment);
    if args.merge {
        bench.arg("--merge");
    }
    if let Some(pages) = &args.pages {
        bench.arg("--pages").arg(pages);
    }
}
