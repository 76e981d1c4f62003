//! Many runs in one process.

use std::path::Path;

use anyhow::{Context as _, Result};
use catchment::{DuckDb, Incremental, Pipeline, Resource};

use crate::orders::{How, Order};

/// How many runs.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many runs
    #[arg(long)]
    count: u64,
}

/// Rows of a run.
const ROWS: u64 = 300;

/// Runs in this process, and prints the memory in use in between.
pub(crate) fn runs(args: &Args) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let runtime = tokio::runtime::Runtime::new()?;
    println!("\n{} runs in one process, each merges {ROWS} rows; memory in use\n", args.count);
    println!("{:<32}{:>10}", "before the first run", megabytes(resident()?));
    for run in 1..=args.count {
        runtime.block_on(one(dir.path(), run))?;
        if [20, 50, 100, args.count].contains(&run) {
            println!("{:<32}{:>10}", format!("after {run} runs"), megabytes(resident()?));
        }
    }
    Ok(())
}

/// One run, with its strategy in turn, into a table of its own for each of them.
async fn one(dir: &Path, run: u64) -> Result<()> {
    let how = How::MERGES.into_iter().cycle().nth(usize::try_from(run % 4)?).context("there is no strategy")?;
    // Half of the rows are new to the table.
    let first = run / 4 * ROWS / 2;
    let orders = Resource::iter("orders", move |_| (first..first + ROWS).map(move |id| Order::new(id, run)));
    let orders = how.of(orders).table_name(format!("{how:?}")).incremental(Incremental::new("changed"));
    Pipeline::new("orders", DuckDb::new(dir.join("orders.duckdb")), "shop").pipelines_dir(dir).run(orders).await?;
    Ok(())
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// The memory that this process has now, in bytes, as Linux says it.
fn resident() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("only Linux says how much memory is in use")?;
    let line =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("Linux does not say how much memory is in use")?;
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().with_context(|| format!("{line:?} is no size"))?;
    Ok(kibibytes * 1024)
}
