//! Thread that sends the requests to a vault.

use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use catchment_config::VaultError;
use tokio::runtime::Builder;

/// Total time limit of a request, including retries and all pages of a list.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

type Task = Box<dyn FnOnce(&tokio::runtime::Runtime) + Send>;

/// A thread that runs futures one at a time on its own tokio runtime. It ends when this is dropped.
///
/// Settings are looked up by blocking functions, which may be called inside a runtime, where `block_on` panics.
#[derive(Debug)]
pub(crate) struct VaultThread {
    jobs: Sender<Task>,
}

impl VaultThread {
    pub(crate) fn start(name: &'static str) -> Result<VaultThread, VaultError> {
        let failed = |source: std::io::Error| VaultError::Failed {
            problem: format!("failed to start the thread for {name}"),
            source: Some(source.into()),
        };
        let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let (jobs, queue) = channel::<Task>();
        let run = move || {
            for job in queue {
                job(&runtime);
            }
        };
        std::thread::Builder::new().name(name.to_owned()).spawn(run).map_err(failed)?;
        Ok(VaultThread { jobs })
    }

    /// Blocks until the future has finished or timed out, and returns its result.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        future: impl Future<Output = Result<T, VaultError>> + Send + 'static,
    ) -> Result<T, VaultError> {
        let (sender, receiver) = channel();
        let late = || {
            VaultError::failed(format!(
                "the vault did not respond within {} s: check address and network",
                REQUEST_TIMEOUT.as_secs()
            ))
        };
        let job: Task = Box::new(move |runtime| {
            let in_time = runtime.block_on(async { tokio::time::timeout(REQUEST_TIMEOUT, future).await });
            // Fails only if the caller has stopped waiting.
            let _ = sender.send(in_time.unwrap_or_else(|_| Err(late())));
        });
        let gone = || VaultError::failed("the thread of the vault has ended");
        self.jobs.send(job).map_err(|_| gone())?;
        receiver.recv().map_err(|_| gone())?
    }
}
