//! The tokio runtime of the command.

use std::os::unix::net::UnixStream;
use std::sync::mpsc;
use std::{io, thread};

use anyhow::Context as _;
use tokio::runtime::{Builder, Runtime};

use crate::failure::CliError;

/// Socket pairs that are opened as a probe: more than a starting runtime needs.
const PAIRS: usize = 4;

/// Creates a multi-threaded runtime with one worker per core.
pub(crate) fn build_runtime() -> Result<Runtime, CliError> {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    // tokio panics or hangs if it cannot create its threads and signal handlers, so probe the limits first
    let runtime = probe_threads(workers).and_then(|()| probe_sockets());
    let runtime = runtime.and_then(|()| Builder::new_multi_thread().worker_threads(workers).enable_all().build());
    runtime.context("failed to start: not enough threads or open files; check `ulimit -a`").map_err(CliError::Run)
}

/// Checks that `count` threads can run at the same time.
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
        // the thread cannot panic
        let _ = thread.join();
    }
    started
}

fn probe_sockets() -> io::Result<()> {
    let tried: io::Result<Vec<_>> = (0..PAIRS).map(|_| UnixStream::pair()).collect();
    tried.map(drop)
}
