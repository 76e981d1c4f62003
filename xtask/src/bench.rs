//! `cargo xtask bench`

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::{duckdb_archive, process};

/// Arguments of `cargo xtask bench`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    other: Option<BenchCommand>,
    /// How many pages of 100 issues; several sizes are measured one after the other
    #[arg(default_value = "100")]
    sizes: Vec<usize>,
    /// A folder with pages, JSON files, to be taken in the place of generated ones; where it has fewer, they are
    /// repeated
    #[arg(long, value_name = "DIR")]
    pages: Option<PathBuf>,
    /// Merge the pages, by their ids, in the place of appending them
    #[arg(long, conflicts_with = "pages")]
    merge: bool,
    /// How often each part is measured; the fastest time counts, and the most memory
    #[arg(long, default_value_t = 5)]
    rounds: usize,
}

/// What else is measured.
#[derive(Debug, clap::Subcommand)]
enum BenchCommand {
    /// Merges of 1 % of the rows of a table beside loading all of them again, and merges of all
    Merge {
        /// How many rows the table has
        #[arg(long, default_value_t = 1_000_000)]
        rows: u64,
        /// How often each part is measured; the fastest time counts, and the most memory
        #[arg(long, default_value_t = 1)]
        rounds: usize,
    },
    /// The memory in use after so many runs in one process (Linux only)
    Runs {
        /// How many runs
        #[arg(long, default_value_t = 200)]
        count: u64,
    },
}

/// Builds the command and the bench in the release profile, with DuckDB from the dev profile, and runs the bench.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut build = process::cargo();
    build.args(["build", "--release", "--package", "catchment-cli", "--package", "catchment-tests"]);
    // both at once, so that what they share is built once
    build.args(["--bin", "catchment", "--bench", "floor"]).args(duckdb_archive::cargo_args()?);
    let messages = process::cargo_messages(&mut build)?;
    let mut bench = Command::new(process::executable(&messages, "floor")?);
    match &args.other {
        Some(BenchCommand::Merge { rows, rounds }) => {
            bench.args(["merge", "--rows", &rows.to_string(), "--rounds", &rounds.to_string()]);
        }
        Some(BenchCommand::Runs { count }) => {
            bench.args(["runs", "--count", &count.to_string()]);
        }
        None => compare(&mut bench, args, &process::executable(&messages, "catchment")?),
    }
    process::run(&mut bench)
}

/// The arguments for runs beside the floor.
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
