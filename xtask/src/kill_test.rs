//! `cargo xtask kill-test`

use std::process::Command;

use anyhow::Result;

use crate::process;

/// Arguments of `cargo xtask kill-test`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many runs are killed at least; from 300 on, at each step of each disposition and strategy
    #[arg(long, default_value_t = 480)]
    kills: usize,
    /// What the choice of steps and times is drawn from; another one each time by default
    #[arg(long)]
    seed: Option<u64>,
}

/// Builds the test with the named steps of a load in it, which no normal build has, and runs it.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut build = process::cargo();
    // the workspace and not the package: so dependencies have the features that all other builds give them
    build.args(["test", "--no-run", "--workspace", "--features", "catchment-tests/failpoints", "--test", "kill"]);
    let messages = process::cargo_messages(&mut build)?;
    let mut test = Command::new(process::executable(&messages, "kill")?);
    test.args(["drive", "--kills", &args.kills.to_string()]);
    if let Some(seed) = args.seed {
        test.args(["--seed", &seed.to_string()]);
    }
    process::run(&mut test)
}

/// As many as CI has time for.
pub(crate) fn run_some() -> Result<()> {
    run(&Args { kills: 20, seed: None })
}
