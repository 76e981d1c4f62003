//! A thread that asks a vault.

use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use catchment_config::VaultError;
use tokio::runtime::Builder;

/// How long a question may take, attempts and pages of lists included.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

type Task = Box<dyn FnOnce(&tokio::runtime::Runtime) + Send>;

/// Runs futures one after the other, on a runtime of its own. Its thread ends with it.
///
/// Settings are looked up by plain functions, which may be called from within a runtime, where no other can be waited for.
#[derive(Debug)]
pub(crate) struct VaultThread {
    jobs: Sender<Task>,
}

impl VaultThread {
    pub(crate) fn start(name: &'static str) -> Result<VaultThread, VaultError> {
        let failed = |source: std::io::Error| VaultError::Failed {
            problem: format!("failed to start a thread that asks {name}"),
            source: Some(source.into()),
        };
        let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let (jobs, to_do) = channel::<Task>();
        let run = move || {
            for job in to_do {
                job(&runtime);
            }
        };
        std::thread::Builder::new().name(name.to_owned()).spawn(run).map_err(failed)?;
        Ok(VaultThread { jobs })
    }

    /// Blocks until the future is done.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        future: impl Future<Output = Result<T, VaultError>> + Send + 'static,
    ) -> Result<T, VaultError> {
        let (answer, answered) = channel();
        let late = || VaultError::failed(format!("it gave no answer in {} s", REQUEST_TIMEOUT.as_secs()));
        let job: Task = Box::new(move |runtime| {
            let in_time = runtime.block_on(async { tokio::time::timeout(REQUEST_TIMEOUT, future).await });
            // Nobody waits any more if this fails.
            let _ = answer.send(in_time.unwrap_or_else(|_| Err(late())));
        });
        let gone = || VaultError::failed("the thread that asks the vault has ended");
        self.jobs.send(job).map_err(|_| gone())?;
        answered.recv().map_err(|_| gone())?
    }
}
