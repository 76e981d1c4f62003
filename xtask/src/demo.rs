//! `cargo xtask demo`

use std::ffi::OsString;

use anyhow::Result;

use crate::process;

/// Arguments of `cargo xtask demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Passed on to `catchment demo`, for example `-- --dir out`
    #[arg(last = true)]
    args: Vec<OsString>,
}

/// Builds and runs `catchment demo`.
///
/// In the dev profile, which is the one that the tests have: another one would compile DuckDB
/// a second time. In the caller's folder, as the arguments may hold relative paths.
pub(crate) fn run(args: &Args) -> Result<()> {
    process::run(
        process::cargo().args(["run", "--package", "catchment-cli", "--bin", "catchment"]).args(["--", "demo"]).args(&args.args),
    )
}
