//! Compares the time of a run with the floor: the unavoidable parts of a load, each measured in a separate process.
//!
//! `cargo xtask bench` builds and runs this program. The floor is the sum of downloading the pages, parsing them, and
//! inserting their Arrow batches into a new DuckDB file.
//!
//! The binary has three more benches, as each binary that links DuckDB costs minutes: runs into PostgreSQL compared with
//! `psql \\copy`, merging into a large table compared with loading it again, and the memory in use after many runs in one
//! process.
#![expect(clippy::print_stdout, reason = "a command that people run in a terminal")]

mod download;
mod driver;
mod insert;
mod merge;
mod orders;
mod pages;
mod parse;
mod postgres;
mod run;
mod runs;
mod serve;
mod table;
mod usage;

use anyhow::Result;
use clap::Parser as _;

fn main() -> Result<()> {
    match Args::parse().part {
        Part::Compare(args) => driver::compare(&args),
        Part::Merge(args) => merge::merge(&args),
        Part::Runs(args) => runs::runs(&args),
        Part::Load(load) => merge::load(&load),
        Part::Serve { dir } => serve::serve(&dir),
        Part::Download { url } => usage::print(|| download::download(&url)),
        Part::Parse { dir } => {
            let pages = pages::read(&dir)?;
            usage::print(move || parse::parse(pages))
        }
        Part::Insert { dir, file } => {
            let tables = insert::tables(&pages::read(&dir)?)?;
            usage::print(|| insert::insert(&tables, &file))
        }
        Part::Run(args) => run::run(&args),
        Part::Postgres(args) => postgres::compare(&args),
        Part::Copy(args) => postgres::copy(&args),
    }
}

/// Compares runs of `catchment` with the floor.
#[derive(Debug, clap::Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Args {
    #[command(subcommand)]
    part: Part,
}

#[derive(Debug, clap::Subcommand)]
enum Part {
    /// Compare runs with the floor
    Compare(driver::Args),
    /// Compare merges into a large table with loading it again
    Merge(merge::Args),
    /// Measure the memory in use after many runs in one process
    Runs(runs::Args),
    /// Load rows once, into a new or existing table
    Load(merge::Load),
    /// Serve the pages for the other parts until stdin is closed
    Serve { dir: std::path::PathBuf },
    /// Download all pages sequentially
    Download { url: String },
    /// Parse all pages sequentially with a fast parser
    Parse { dir: std::path::PathBuf },
    /// Insert the Arrow batches of the pages into a new DuckDB file
    Insert { dir: std::path::PathBuf, file: std::path::PathBuf },
    /// Run `catchment run` and measure the process
    Run(run::Args),
    /// Compare runs into PostgreSQL with `psql \\copy`
    Postgres(postgres::Args),
    /// Copy CSV files into PostgreSQL with `psql`
    Copy(postgres::Copy),
}
