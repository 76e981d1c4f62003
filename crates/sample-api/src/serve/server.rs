//! The HTTP server: listener and connections.

use std::convert::Infallible;
use std::io;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use super::router::{ServedContent, respond};
use crate::generate::Issues;

/// Maximum time that [`Server::shutdown`] waits for clients to read responses in flight.
const GRACE: Duration = Duration::from_secs(2);

/// A sample API on a free port of `127.0.0.1`, running on the caller's tokio runtime.
///
/// | `GET` | response |
/// |---|---|
/// | `/repos/{owner}/{repo}/issues` | a JSON array, with a `Link` header |
/// | `/json-link/issues` | `{"data": [...], "next": "url or null"}` |
/// | `/pages` | a page of a fixed list ([`Server::start_with_pages`]), with a `Link` header |
///
/// The first two support GitHub's parameters: `per_page` (default 30, at most 100), `page` (default
/// 1), `since` (issues changed at that time or later), `sort` (`created`, the default, `updated` or
/// `comments`), `direction` (`desc`, the default, or `asc`) and `state` (`open`, the default,
/// `closed` or `all`). Other parameters are ignored but kept in links. Invalid values return status
/// 422, other paths and methods 404, with a JSON message. Pages after the last one are empty.
///
/// Dropping the server closes all connections immediately; [`Server::shutdown`] finishes responses in
/// flight.
///
/// ```
/// use std::io::{Read, Write};
///
/// use catchment_sample_api::{Issues, Server};
///
/// # fn main() -> std::io::Result<()> {
/// let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
/// let server = runtime.block_on(Server::start(Issues::new(10, 7)))?;
/// let address = server.base_url().trim_start_matches("http://");
/// let mut connection = std::net::TcpStream::connect(address)?;
/// connection.write_all(b"GET /json-link/issues HTTP/1.0\r\n\r\n")?;
/// let mut response = String::new();
/// connection.read_to_string(&mut response)?;
/// assert!(response.ends_with(r#","next":null}"#));
/// assert_eq!(server.request_count(), 1);
/// runtime.block_on(server.shutdown());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Server {
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Starts a server of `issues`.
    ///
    /// # Errors
    ///
    /// Returns an error if no port can be bound.
    pub async fn start(issues: impl Into<Arc<Issues>>) -> io::Result<Self> {
        Self::start_content(ServedContent::Issues(issues.into())).await
    }

    /// Starts a server of fixed page bodies, each a JSON document, at `/pages?page=N` (starting at 1).
    /// It does no other work per request, so that benchmarks measure the client.
    ///
    /// # Errors
    ///
    /// Returns an error if no port can be bound.
    pub async fn start_with_pages(pages: Vec<Bytes>) -> io::Result<Self> {
        Self::start_content(ServedContent::Pages(pages.into())).await
    }

    async fn start_content(content: ServedContent) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let shared = Arc::new(Shared {
            base_url: format!("http://{}", listener.local_addr()?),
            content: RwLock::new(content),
            requests: AtomicU64::new(0),
        });
        let (stop, stopped) = oneshot::channel();
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared), stopped));
        Ok(Self { shared, stop: Some(stop), accepting })
    }

    /// Returns the base URL: `http://127.0.0.1:PORT`, without a trailing slash.
    pub fn base_url(&self) -> &str {
        &self.shared.base_url
    }

    /// Replaces the content of the server. Responses in flight are not affected.
    pub fn set_issues(&self, issues: impl Into<Arc<Issues>>) {
        let mut content = self.shared.content.write().unwrap_or_else(PoisonError::into_inner);
        *content = ServedContent::Issues(issues.into());
    }

    /// Returns the number of responses so far, including error responses.
    pub fn request_count(&self) -> u64 {
        self.shared.requests.load(Ordering::Relaxed)
    }

    /// Stops accepting connections, finishes responses in flight (for at most two seconds) and closes
    /// all connections.
    pub async fn shutdown(mut self) {
        if let Some(stop) = self.stop.take() {
            // fails only if the runtime has already ended the task
            let _ = stop.send(());
        }
        let _ = (&mut self.accepting).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // the task owns the connections
        self.accepting.abort();
    }
}

/// State shared by all connections.
struct Shared {
    base_url: String,
    content: RwLock<ServedContent>,
    requests: AtomicU64,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Shared")
            .field("base_url", &self.base_url)
            .field("requests", &self.requests)
            .finish_non_exhaustive()
    }
}

impl Shared {
    fn respond(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        // clones the `Arc`, so that no lock is held while a page is written
        let content = self.content.read().unwrap_or_else(PoisonError::into_inner).clone();
        let response = respond(&content, &self.base_url, request.method(), request.uri());
        self.requests.fetch_add(1, Ordering::Relaxed);
        response
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, mut stopped: oneshot::Receiver<()>) {
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                // The client disconnected early, or no file descriptor is free; the delay prevents
                // a busy loop in the second case.
                Err(_) => {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    continue;
                }
            },
            // reap closed connections, which would accumulate otherwise
            Some(_) = connections.join_next() => continue,
            _ = &mut stopped => break,
        };
        // otherwise a small response may wait for the client's acknowledgment
        let _ = stream.set_nodelay(true);
        let shared = Arc::clone(&shared);
        let service = service_fn(move |request| {
            let response = shared.respond(&request);
            async move { Ok::<_, Infallible>(response) }
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        // errors are caused by the client: invalid HTTP, or a closed connection
        connections.spawn(graceful.watch(connection));
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;
    use std::time::Instant;

    use tokio::runtime::{Builder, Runtime};

    use super::*;

    fn runtime() -> Runtime {
        Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
    }

    fn connect(server: &Server) -> TcpStream {
        let address = server.base_url().strip_prefix("http://").unwrap();
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// Sends a request and reads one response, head and body.
    fn exchange(stream: &mut TcpStream, target: &str) -> String {
        write!(stream, "GET {target} HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
        let mut response = Vec::new();
        let mut end = usize::MAX;
        let mut buffer = [0; 4_096];
        while response.len() < end {
            let read = stream.read(&mut buffer).unwrap();
            assert!(read > 0, "closed within a response");
            response.extend_from_slice(&buffer[..read]);
            let text = String::from_utf8_lossy(&response);
            if let Some((head, _)) = text.split_once("\r\n\r\n") {
                let length = head.split("content-length: ").nth(1).unwrap();
                let length: usize = length.lines().next().unwrap().parse().unwrap();
                end = head.len() + 4 + length;
            }
        }
        String::from_utf8(response).unwrap()
    }

    #[test]
    fn set_issues_affects_open_connections() {
        let runtime = runtime();
        let server = runtime.block_on(Server::start(Issues::new(40, 1))).unwrap();
        let mut stream = connect(&server);
        let target = "/repos/catchment/sample/issues?state=all&per_page=1";
        let first = exchange(&mut stream, target);
        assert!(first.starts_with("HTTP/1.1 200 OK\r\n"), "{first}");
        assert!(first.contains("content-type: application/json; charset=utf-8\r\n"));
        let last = format!("<{}{target}&page=40>; rel=\"last\"", server.base_url());
        assert!(first.contains(&last), "{first}");

        server.set_issues(Issues::at_revision(1, 40, 1));
        assert!(exchange(&mut stream, target).contains("&page=42>; rel=\"last\""));
        assert!(exchange(&mut stream, "/x").starts_with("HTTP/1.1 404 "));
        assert_eq!(server.request_count(), 3);
    }

    #[test]
    fn serves_fixed_pages() {
        let runtime = runtime();
        let pages = vec![Bytes::from_static(b"[0]"), Bytes::from_static(b"[1]")];
        let server = runtime.block_on(Server::start_with_pages(pages)).unwrap();
        assert!(exchange(&mut connect(&server), "/pages?page=2").ends_with("\r\n\r\n[1]"));
    }

    #[test]
    fn shutdown_and_drop_close_idle_connections() {
        let runtime = runtime();
        let check = |end: fn(&Runtime, Server)| {
            let server = runtime.block_on(Server::start(Issues::new(1, 1))).unwrap();
            let mut idle = connect(&server);
            exchange(&mut idle, "/x");
            let begin = Instant::now();
            end(&runtime, server);
            assert_eq!(idle.read(&mut [0; 1]).unwrap(), 0, "closed");
            assert!(begin.elapsed() < GRACE, "shutdown does not wait for idle connections");
        };
        check(|runtime, server| runtime.block_on(server.shutdown()));
        check(|_, server| drop(server));
    }
}
