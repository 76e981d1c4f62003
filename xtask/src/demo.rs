//! `cargo xtask demo`

use std::ffi::OsString;

use anyhow::Result;

use crate::process;

/// Arguments of `cargo xtask demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Arguments of `catchment demo`, for example `-- --dir out`
    #[arg(last = true)]
    args: Vec<OsString>,
}

/// Builds and runs `catchment demo`.
///
/// Uses the dev profile like the tests, as another profile would compile DuckDB a second time. Runs in the
/// current folder, as the arguments may contain relative paths.
pub(crate) fn run(args: &Args) -> Result<()> {
    process::run(
        process::cargo().args(["run", "--package", "catchment-cli", "--bin", "catchment"]).args(["--", "demo"]).args(&args.args),
    )
}
