//! How long a run takes beside the floor: what has to be done in any case, each part alone and in a process of its own.
//!
//! `cargo xtask bench` builds and calls it. The floor is the sum of downloading the pages, parsing them, and putting
//! the Arrow batches they become into a new DuckDB file.
//!
//! Two more benches are in here, as each binary that links DuckDB costs minutes: merging into a large table beside
//! loading it again, and the memory that many runs in one process leave in use.
#![expect(clippy::print_stdout, reason = "a command that people run in a terminal")]

mod download;
mod driver;
mod insert;
mod merge;
mod orders;
mod pages;
mod parse;
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
        Part::Run { catchment, spec, file } => run::run(&catchment, &spec, &file),
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
    /// All parts, as a table
    Compare(driver::Args),
    /// Merges of few rows into a large table, beside loading it again, as a table
    Merge(merge::Args),
    /// Many runs in one process, and the memory in use in between
    Runs(runs::Args),
    /// One load of rows, into a table that is there or not
    Load(merge::Load),
    /// The server that the other parts load from, until its input ends
    Serve { dir: std::path::PathBuf },
    /// Download all pages, one after the other
    Download { url: String },
    /// Parse all pages with a fast parser, one after the other
    Parse { dir: std::path::PathBuf },
    /// Put the Arrow batches that the pages become into a new DuckDB file
    Insert { dir: std::path::PathBuf, file: std::path::PathBuf },
    /// Run the command and measure the process
    Run { catchment: std::path::PathBuf, spec: std::path::PathBuf, file: std::path::PathBuf },
}
