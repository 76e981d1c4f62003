//! Threads, of which a system may have no more.

use std::io;
use std::thread;

use crate::error::RunError;

/// Starts up to `count` threads by `spawn_up_to`, at least one.
///
/// # Errors
///
/// Where not even one can be started.
pub(crate) fn spawn_up_to<T>(count: usize, mut start: impl FnMut() -> io::Result<T>) -> Result<Vec<T>, RunError> {
    let mut started = Vec::new();
    for _ in 0..count {
        match start() {
            Ok(thread) => started.push(thread),
            Err(error) if started.is_empty() => return Err(RunError::SpawnThread(error)),
            Err(error) => {
                tracing::warn!(started = started.len(), wanted = count, %error, "fewer threads normalize rows than `normalize.workers` says");
                break;
            }
        }
    }
    Ok(started)
}

/// Runs `work`, which blocks, on a thread for such.
///
/// # Errors
///
/// Where it panics, or no thread can be started: tokio panics then, so that is tried before.
pub(crate) async fn spawn_blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, RunError> {
    probe_spawn()?;
    tokio::task::spawn_blocking(work).await.map_err(|_| RunError::Panicked)
}

/// Whether a thread can be started.
pub(crate) fn probe_spawn() -> Result<(), RunError> {
    let thread = thread::Builder::new().spawn(|| ()).map_err(RunError::SpawnThread)?;
    thread.join().map_err(|_| RunError::Panicked)
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::spawn_up_to;

    #[test]
    fn a_system_without_room_for_all_threads_gets_fewer() {
        let check = |room: usize, expected: Result<usize, &str>| {
            let mut left = room;
            let started = spawn_up_to(4, || {
                left = left.checked_sub(1).ok_or_else(|| io::Error::other("no room"))?;
                Ok(())
            });
            assert_eq!(started.map(|threads| threads.len()).map_err(|error| error.to_string()), expected.map_err(str::to_owned));
        };
        check(9, Ok(4));
        check(4, Ok(4));
        check(3, Ok(3));
        check(1, Ok(1));
        check(
            0,
            Err("failed to start a thread: no room; raise the limit of processes (`ulimit -u`), or lower `normalize.workers`"),
        );
    }
}
