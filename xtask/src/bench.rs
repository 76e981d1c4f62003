//! `cargo xtask bench`

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::{duckdb_archive, process};

/// Arguments of `cargo xtask bench`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many pages of 100 issues; several sizes are measured one after the other
    #[arg(default_value = "100")]
    sizes: Vec<usize>,
    /// A folder with pages, JSON files, to be taken in the place of generated ones; where it has fewer, they are
    /// repeated
    #[arg(long, value_name = "DIR")]
    pages: Option<PathBuf>,
    /// How often each part is measured; the fastest time counts, and the most memory
    #[arg(long, default_value_t = 5)]
    rounds: usize,
}

/// Builds the command and the bench in the release profile, with DuckDB from the dev profile, and runs the bench.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut build = process::cargo();
    build.args(["build", "--release", "--package", "catchment-cli", "--package", "catchment-tests"]);
    // both at once, so that what they share is built once
    build.args(["--bin", "catchment", "--bench", "floor"]).args(duckdb_archive::cargo_args()?);
    let messages = process::cargo_messages(&mut build)?;
    let mut bench = Command::new(process::executable(&messages, "floor")?);
    bench.arg("compare").args(args.sizes.iter().map(ToString::to_string)).args(["--rounds", &args.rounds.to_string()]);
    bench.arg("--catchment").arg(process::executable(&messages, "catchment")?);
    if let Some(pages) = &args.pages {
        bench.arg("--pages").arg(pages);
    }
    process::run(&mut bench)
}
