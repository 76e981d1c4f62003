//! Thread creation with errors instead of panics.

use std::io;
use std::thread;

use crate::error::RunError;

/// Starts up to `count` threads with `start`, at least one.
///
/// # Errors
///
/// Returns an error if not even one thread can be started.
pub(crate) fn spawn_up_to<T>(count: usize, mut start: impl FnMut() -> io::Result<T>) -> Result<Vec<T>, RunError> {
    let mut started = Vec::new();
    for _ in 0..count {
        match start() {
            Ok(thread) => started.push(thread),
            Err(error) if started.is_empty() => return Err(RunError::SpawnThread(error)),
            Err(error) => {
                tracing::warn!(started = started.len(), wanted = count, %error, "started fewer threads than `normalize.workers`");
                break;
            }
        }
    }
    Ok(started)
}

/// Returns an error if no thread can be started.
pub(crate) fn probe_spawn() -> Result<(), RunError> {
    let thread = thread::Builder::new().spawn(|| ()).map_err(RunError::SpawnThread)?;
    thread.join().map_err(|_| RunError::Panicked)
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::spawn_up_to;

    #[test]
    fn fewer_threads_start_on_a_limited_system() {
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
        check(0, Err("failed to start a thread: no room; raise the process limit (`ulimit -u`) or lower `normalize.workers`"));
    }
}
