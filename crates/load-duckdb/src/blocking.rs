//! Blocking calls of DuckDB, on the threads of tokio for them. A runtime that is shut down waits for these threads, so that a
//! load that ends with the program is rolled back and does not count as a crash.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use catchment_load::LoadError;
use duckdb::InterruptHandle;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

/// The pause between two interrupts of a cancelled task. An interrupt between two statements has no effect.
const INTERRUPT_PAUSE: Duration = Duration::from_millis(20);

/// Work on a thread.
#[derive(Clone)]
pub(crate) struct Task {
    /// Cancelled if the work is to end.
    pub(crate) stop: CancellationToken,
    connection: Arc<Mutex<Option<Arc<InterruptHandle>>>>,
}

impl Task {
    /// Sets the connection whose statements are interrupted if the task is cancelled.
    pub(crate) fn set_connection(&self, connection: Option<Arc<InterruptHandle>>) {
        *self.connection.lock().unwrap_or_else(PoisonError::into_inner) = connection;
    }

    /// Waits for `result` of the thread. If the task is cancelled, interrupts its statements until then.
    pub(crate) async fn or_interrupt<T>(&self, result: impl Future<Output = T>) -> T {
        let mut result = pin!(result);
        tokio::select! {
            result = &mut result => return result,
            () = self.stop.cancelled() => {}
        }
        tokio::select! {
            result = &mut result => result,
            never = self.interrupt_repeatedly() => match never {},
        }
    }

    async fn interrupt_repeatedly(&self) -> Infallible {
        loop {
            self.interrupt();
            tokio::time::sleep(INTERRUPT_PAUSE).await;
        }
    }

    fn interrupt(&self) {
        if let Some(connection) = &*self.connection.lock().unwrap_or_else(PoisonError::into_inner) {
            connection.interrupt();
        }
    }
}

/// Cancels a task when the future or stream that reads its results is dropped.
pub(crate) struct CancelOnDrop(Task);

impl CancelOnDrop {
    /// Creates a task that is also cancelled by `stop`.
    pub(crate) fn new(stop: &CancellationToken) -> CancelOnDrop {
        CancelOnDrop(Task { stop: stop.child_token(), connection: Arc::default() })
    }

    pub(crate) fn task(&self) -> &Task {
        &self.0
    }
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.stop.cancel();
        self.0.interrupt();
    }
}

/// Runs `work` on a thread for blocking calls. If `stop` is cancelled or the future is dropped, its statements are interrupted.
///
/// # Errors
///
/// Returns the error of `work`, or an error if no thread can be started or `work` panics.
pub(crate) async fn run<T: Send + 'static>(
    stop: &CancellationToken,
    work: impl FnOnce(Task) -> Result<T, LoadError> + Send + 'static,
) -> Result<T, LoadError> {
    let task = CancelOnDrop::new(stop);
    let (sender, receiver) = oneshot::channel();
    start(task.task(), move |task| drop(sender.send(work(task))))?;
    task.task().or_interrupt(receiver).await.unwrap_or(Err(LoadError::Panicked))
}

/// Starts `work` on a thread for blocking calls.
///
/// # Errors
///
/// Returns an error if no thread can be started.
pub(crate) fn start(task: &Task, work: impl FnOnce(Task) + Send + 'static) -> Result<(), LoadError> {
    // tokio panics if it cannot start a thread.
    let probe = thread::Builder::new().spawn(|| ()).map_err(LoadError::SpawnThread)?;
    probe.join().map_err(|_| LoadError::Panicked)?;
    let task = task.clone();
    drop(tokio::task::spawn_blocking(move || work(task)));
    Ok(())
}
