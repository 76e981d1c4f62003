//! Memory in use after many runs in one process.

use std::path::Path;

use anyhow::{Context as _, Result};
use catchment::{DuckDb, Incremental, Pipeline, Resource};

use crate::orders::{How, Order};

/// Arguments of the bench.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Number of runs
    #[arg(long)]
    count: u64,
}

/// Number of rows in a run.
const ROWS: u64 = 300;

/// Executes the runs and prints the memory in use after some of them.
pub(crate) fn runs(args: &Args) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let runtime = tokio::runtime::Runtime::new()?;
    println!("\n{} runs in one process, each merging {ROWS} rows; memory in use\n", args.count);
    println!("{:<32}{:>10}", "before the first run", megabytes(resident()?));
    for run in 1..=args.count {
        runtime.block_on(one(dir.path(), run))?;
        if [20, 50, 100, args.count].contains(&run) {
            println!("{:<32}{:>10}", format!("after {run} runs"), megabytes(resident()?));
        }
    }
    Ok(())
}

/// Executes one run. Cycles through the merge strategies, with one table for each.
async fn one(dir: &Path, run: u64) -> Result<()> {
    let how = How::MERGES.into_iter().cycle().nth(usize::try_from(run % 4)?).context("no merge strategy")?;
    // half of the rows are new to the table
    let first = run / 4 * ROWS / 2;
    let orders = Resource::iter("orders", move |_| (first..first + ROWS).map(move |id| Order::new(id, run)));
    let orders = how.of(orders).table_name(format!("{how:?}")).incremental(Incremental::new("changed"));
    Pipeline::new("orders", DuckDb::new(dir.join("orders.duckdb")), "shop").pipelines_dir(dir).run(orders).await?;
    Ok(())
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// Returns the resident memory of this process in bytes. Linux only.
fn resident() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("the memory in use is only available on Linux")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS in /proc/self/status")?;
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().with_context(|| format!("invalid size {line:?}"))?;
    Ok(kibibytes * 1024)
}
