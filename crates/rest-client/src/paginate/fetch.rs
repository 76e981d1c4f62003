//! A page on its way, fetched by a task of its own.

use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::request::Request;
use crate::response::Response;
use crate::rules::Rules;
use crate::transport::Transport;

/// A request that is being sent, read and parsed while others work. Dropping it cancels that.
pub(super) struct Fetch {
    task: Task<Result<Response, Error>>,
    head: oneshot::Receiver<Response>,
}

impl Fetch {
    /// Sends `request`.
    pub(super) fn start(transport: &Arc<Transport>, rules: &Arc<Rules>, request: Request) -> Fetch {
        let (transport, rules) = (Arc::clone(transport), Arc::clone(rules));
        let (early, head) = oneshot::channel();
        let task = Task(tokio::spawn(async move {
            let response = transport.send(&rules, &request, Some(early)).await?;
            // the connection first, which another request may wait for
            tokio::task::yield_now().await;
            // about a millisecond a page: here it costs the consumer nothing; who reads it gets the error
            let _ = response.document();
            Ok(response)
        }));
        Fetch { task, head }
    }

    /// The answer without its body, as soon as the headers are there; nothing where the request fails.
    pub(super) async fn head(&mut self) -> Option<Response> {
        (&mut self.head).await.ok()
    }

    /// The complete answer.
    pub(super) async fn response(mut self) -> Result<Response, Error> {
        match (&mut self.task.0).await {
            Ok(response) => response,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(Error::new(ErrorKind::ShutDown)),
        }
    }
}

/// A task that ends with its handle.
struct Task<T>(JoinHandle<T>);

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::Task;

    #[tokio::test]
    async fn a_dropped_task_ends() {
        let (alive, ended) = tokio::sync::oneshot::channel::<()>();
        let (started, start) = tokio::sync::oneshot::channel();
        let task = Task(tokio::spawn(async move {
            let _alive = alive;
            started.send(()).unwrap();
            std::future::pending::<()>().await;
        }));
        start.await.unwrap();
        drop(task);
        assert!(ended.await.is_err());
    }
}
