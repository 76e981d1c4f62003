//! What a command runs on.

use std::os::unix::net::UnixStream;
use std::sync::mpsc;
use std::{io, thread};

use anyhow::Context as _;
use tokio::runtime::{Builder, Runtime};

use crate::failure::CliError;

/// More sockets than a runtime opens when it starts.
const PAIRS: usize = 4;

/// A runtime with all cores.
pub(crate) fn build_runtime() -> Result<Runtime, CliError> {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    // tokio panics, or hangs, where there is no room for its threads and signal handlers, so that is tried before
    let runtime = probe_threads(workers).and_then(|()| probe_sockets());
    let runtime = runtime.and_then(|()| Builder::new_multi_thread().worker_threads(workers).enable_all().build());
    runtime.context("failed to start: it takes threads and some open files, see `ulimit -a`").map_err(CliError::Run)
}

/// Starts that many threads at the same time, and ends them.
fn probe_threads(count: usize) -> io::Result<()> {
    let mut threads = Vec::new();
    let started = (0..count).try_for_each(|_| {
        let (end, wait) = mpsc::channel::<()>();
        let thread = thread::Builder::new().spawn(move || {
            let _ = wait.recv();
        })?;
        threads.push((end, thread));
        Ok(())
    });
    for (end, thread) in threads {
        drop(end);
        // it does nothing that could panic
        let _ = thread.join();
    }
    started
}

fn probe_sockets() -> io::Result<()> {
    let tried: io::Result<Vec<_>> = (0..PAIRS).map(|_| UnixStream::pair()).collect();
    tried.map(drop)
}
