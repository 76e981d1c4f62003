//! A page on its way, fetched by a task of its own.

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

/// A request that is being sent, read and parsed while others work. Dropping it cancels that.
pub(super) struct PageFetch {
    /// Nothing where it is not sent yet.
    task: Option<AbortOnDrop<Result<FetchOutcome, Error>>>,
    head: oneshot::Receiver<Response>,
}

/// The complete answer and its memory; nothing where there was no memory for it, and it is to be requested again.
type FetchOutcome = Option<(Response, MemoryPermit)>;

impl PageFetch {
    /// Sends `request`, whose answer may take the memory that `permit` gets.
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
            // the connection first, which another request may wait for
            tokio::task::yield_now().await;
            // about a millisecond a page: here it costs the consumer nothing; who reads it gets the error
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

    /// One that is not sent yet.
    pub(super) fn deferred() -> PageFetch {
        PageFetch { task: None, head: oneshot::channel().1 }
    }

    /// Whether its request is sent, or was.
    pub(super) fn is_sent(&self) -> bool {
        self.task.is_some()
    }

    /// The answer without its body, as soon as the headers are there; nothing where the request fails.
    pub(super) async fn head(&mut self) -> Option<Response> {
        (&mut self.head).await.ok()
    }

    /// What comes of it.
    pub(super) async fn response(self) -> Result<FetchOutcome, Error> {
        let Some(mut task) = self.task else { return Ok(None) };
        match (&mut task.0).await {
            Ok(fetched) => fetched,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(Error::new(ErrorKind::RuntimeShutDown)),
        }
    }
}

/// A task that ends with its handle.
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
    async fn a_dropped_task_ends() {
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
