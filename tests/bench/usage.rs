//! Measurement of time and memory.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use nix::sys::resource::{Usage as Resources, UsageWho, getrusage};
use nix::sys::time::{TimeVal, TimeValLike as _};
use serde::{Deserialize, Serialize};

/// The time and memory of a piece of work.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Usage {
    /// Elapsed time.
    pub(crate) wall: Duration,
    /// CPU time of all cores.
    pub(crate) cpu: Duration,
    /// Peak memory of the process in bytes.
    pub(crate) peak: u64,
}

/// Measures `work` in this process and prints the usage as JSON for the parent process.
pub(crate) fn print(work: impl FnOnce() -> Result<()>) -> Result<()> {
    print_of(UsageWho::RUSAGE_SELF, work)
}

/// Measures the child process that `work` starts and waits for.
pub(crate) fn print_of_child(work: impl FnOnce() -> Result<()>) -> Result<()> {
    print_of(UsageWho::RUSAGE_CHILDREN, work)
}

fn print_of(who: UsageWho, work: impl FnOnce() -> Result<()>) -> Result<()> {
    let (before, begin) = (cpu(&getrusage(who)?), Instant::now());
    work()?;
    let (wall, after) = (begin.elapsed(), getrusage(who)?);
    let usage = Usage { wall, cpu: cpu(&after).saturating_sub(before), peak: peak(&after) };
    println!("{}", serde_json::to_string(&usage)?);
    Ok(())
}

/// Returns the faster times and the higher peak memory.
pub(crate) fn better(one: Usage, other: Usage) -> Usage {
    let fastest = if other.wall < one.wall { other } else { one };
    Usage { peak: one.peak.max(other.peak), ..fastest }
}

/// Parses the output of a process that called [`print()`].
pub(crate) fn read(output: &std::process::Output) -> Result<Usage> {
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).context("a part of the bench printed no usage")
}

fn cpu(resources: &Resources) -> Duration {
    let micros = |time: TimeVal| Duration::from_micros(time.num_microseconds().unsigned_abs());
    micros(resources.user_time()) + micros(resources.system_time())
}

/// Returns the peak memory in bytes. Linux reports kibibytes, other systems bytes.
fn peak(resources: &Resources) -> u64 {
    let unit = if cfg!(target_os = "linux") { 1024 } else { 1 };
    resources.max_rss().unsigned_abs() * unit
}
