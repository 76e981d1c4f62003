//! A run of the `catchment` command.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::usage;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    catchment: PathBuf,
    spec: PathBuf,
    /// The DuckDB file. The folder of pipelines is beside it.
    file: PathBuf,
    /// Connection string of a PostgreSQL database to load into, instead of the DuckDB file
    #[arg(long)]
    postgres: Option<String>,
}

/// Loads the spec with `catchment run` and measures the whole process.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut command = Command::new(&args.catchment);
    command.arg("run").arg(&args.spec).args(["--progress", "off", "--pipelines-dir"]);
    command.arg(args.file.with_extension("pipelines"));
    match &args.postgres {
        Some(url) => command.args(["--destination", "postgres"]).env("DESTINATION__POSTGRES__CREDENTIALS", url),
        None => command.env("DESTINATION__DUCKDB__CREDENTIALS", &args.file),
    };
    usage::print_of_child(|| {
        let output = command.output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    })
}
