//! Fetching of pages in background tasks.

use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::page_memory::MemoryPermit;
use crate::request::Request;
use crate::request_config::RequestConfig;
use crate::response::Response;
use crate::transport::Transport;

/// A request that is sent, received and parsed in a background task. Dropping it aborts the task.
pub(super) struct PageFetch {
    /// `None` if the request is not sent yet.
    task: Option<AbortOnDrop<Result<FetchOutcome, Error>>>,
    head: oneshot::Receiver<Response>,
}

/// The complete response and its memory permit; `None` if the memory did not suffice and the page must be requested again.
type FetchOutcome = Option<(Response, MemoryPermit)>;

impl PageFetch {
    /// Sends `request`. Its response may use the memory of `permit`.
    pub(super) fn start(
        transport: &Arc<Transport>,
        rules: &Arc<RequestConfig>,
        request: Request,
        mut permit: MemoryPermit,
    ) -> PageFetch {
        let (transport, rules) = (Arc::clone(transport), Arc::clone(rules));
        let (early, head) = oneshot::channel();
        let task = AbortOnDrop(tokio::spawn(async move {
            let response = match transport.send(&rules, &request, Some(early), &mut permit).await {
                Err(_) if permit.is_over_budget() => return Ok(None),
                response => response?,
            };
            // first let the connection become free, because another request may wait for it
            tokio::task::yield_now().await;
            // parse here, about 1 ms per page, so that the consumer does not wait; it gets a parse error from the document
            if permit.is_limited() && !permit.try_grow_to(response.max_parsed_size()) {
                return Ok(None);
            }
            if let Ok(document) = response.document() {
                permit.shrink_to(document.memory_size());
            }
            Ok(Some((response, permit)))
        }));
        PageFetch { task: Some(task), head }
    }

    /// Creates a fetch that is not sent yet.
    pub(super) fn deferred() -> PageFetch {
        PageFetch { task: None, head: oneshot::channel().1 }
    }

    /// Returns whether the request was sent.
    pub(super) fn is_sent(&self) -> bool {
        self.task.is_some()
    }

    /// Returns the response without its body once the headers arrive, or `None` if the request fails.
    pub(super) async fn head(&mut self) -> Option<Response> {
        (&mut self.head).await.ok()
    }

    /// Waits for the outcome.
    pub(super) async fn response(self) -> Result<FetchOutcome, Error> {
        let Some(mut task) = self.task else { return Ok(None) };
        match (&mut task.0).await {
            Ok(fetched) => fetched,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(Error::new(ErrorKind::RuntimeShutDown)),
        }
    }
}

/// A task that is aborted when its handle is dropped.
struct AbortOnDrop<T>(JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::AbortOnDrop;

    #[tokio::test]
    async fn a_dropped_task_is_aborted() {
        let (alive, ended) = tokio::sync::oneshot::channel::<()>();
        let (started, start) = tokio::sync::oneshot::channel();
        let task = AbortOnDrop(tokio::spawn(async move {
            let _alive = alive;
            started.send(()).unwrap();
            std::future::pending::<()>().await;
        }));
        start.await.unwrap();
        drop(task);
        assert!(ended.await.is_err());
    }
}
