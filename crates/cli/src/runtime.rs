//! What a command runs on.

use std::os::unix::net::UnixStream;

use anyhow::Context as _;
use tokio::runtime::Runtime;

use crate::failure::Failure;

/// More sockets than a runtime opens when it starts.
const PAIRS: usize = 4;

/// A runtime with all cores.
pub(crate) fn start() -> Result<Runtime, Failure> {
    // tokio panics where there is no room for its signal handlers, so that is tried before.
    let tried: std::io::Result<Vec<_>> = (0..PAIRS).map(|_| UnixStream::pair()).collect();
    let runtime = tried.map(drop).and_then(|()| Runtime::new());
    runtime.context("failed to start: it takes threads and some open files, see `ulimit -a`").map_err(Failure::Run)
}
