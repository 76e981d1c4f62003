//! Scripted HTTP server.

use std::collections::HashMap;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::connection;
use super::{ReceivedRequest, ScriptedResponse};

/// A server on a free port of 127.0.0.1. A function returns the response to each request.
#[derive(Debug)]
pub struct ScriptedServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    listener: Option<thread::JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    log: Mutex<ServerState>,
    received: Condvar,
    ended: Condvar,
}

#[derive(Debug, Default)]
struct ServerState {
    requests: Vec<ReceivedRequest>,
    /// Handles of the open connections by client address, to shut them down.
    connections: HashMap<SocketAddr, TcpStream>,
    connected: usize,
    in_work: usize,
    most_in_work: usize,
    stopped: bool,
}

impl Shared {
    /// Ignores poisoning, so that a second panic does not hide that of the handler.
    fn lock(&self) -> MutexGuard<'_, ServerState> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ScriptedServer {
    /// Starts a server. `handler` is called for every request, on several threads at a time.
    ///
    /// # Panics
    ///
    /// Panics if no port is free.
    pub fn start(handler: impl Fn(&ReceivedRequest) -> ScriptedResponse + Send + Sync + 'static) -> ScriptedServer {
        #[expect(clippy::expect_used, reason = "a test cannot run without its server")]
        let (listener, address) = TcpListener::bind(("127.0.0.1", 0))
            .and_then(|listener| listener.local_addr().map(|address| (listener, address)))
            .expect("no port to listen on");
        let shared = Arc::new(Shared::default());
        let (handler, for_thread) = (Arc::new(handler), Arc::clone(&shared));
        let listener = thread::spawn(move || {
            while let Ok((stream, client)) = listener.accept() {
                let (handler, open) = (Arc::clone(&handler), OpenConnection { client, shared: Arc::clone(&for_thread) });
                {
                    let mut log = open.shared.lock();
                    if log.stopped {
                        return;
                    }
                    log.connected += 1;
                    log.connections.extend(stream.try_clone().map(|stream| (client, stream)));
                }
                // ignores connection errors, which the client observes
                thread::spawn(move || {
                    let response = |request| handler(&record(&open.shared, request));
                    connection::serve(stream, response, |time| wait(&open.shared, time), || open.shared.lock().in_work -= 1)
                });
            }
        });
        ScriptedServer { address, shared, listener: Some(listener) }
    }

    /// Returns the URL of the server, without a trailing slash.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the requests received so far.
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.shared.lock().requests.clone()
    }

    /// Returns the number of connections so far.
    pub fn connections(&self) -> usize {
        self.shared.lock().connected
    }

    /// Returns the maximum number of requests that were waiting for a response at the same time.
    pub fn max_concurrent_requests(&self) -> usize {
        self.shared.lock().most_in_work
    }

    /// Blocks until the server has received this many requests, for example to prove a prefetch.
    pub fn wait_for_requests(&self, count: usize) {
        let log = self.shared.lock();
        drop(self.shared.received.wait_while(log, |log| log.requests.len() < count));
    }
}

/// An open connection. The socket is closed when its last handle is dropped, so this removes the handle in the server state,
/// even if the handler panics.
struct OpenConnection {
    client: SocketAddr,
    shared: Arc<Shared>,
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        let connection = self.shared.lock().connections.remove(&self.client);
        drop(connection);
    }
}

/// Records a request and sets its index.
fn record(shared: &Shared, mut request: ReceivedRequest) -> ReceivedRequest {
    let mut log = shared.lock();
    request.index = log.requests.len();
    log.requests.push(request.clone());
    log.in_work += 1;
    log.most_in_work = log.most_in_work.max(log.in_work);
    shared.received.notify_all();
    request
}

/// Sleeps until the time has passed or the server stops.
fn wait(shared: &Shared, time: Duration) {
    let log = shared.lock();
    drop(shared.ended.wait_timeout_while(log, time, |log| !log.stopped));
}

impl Drop for ScriptedServer {
    fn drop(&mut self) {
        {
            let mut log = self.shared.lock();
            log.stopped = true;
            self.shared.ended.notify_all();
            for (_, connection) in log.connections.drain() {
                // fails if the client has closed it
                let _ = connection.shutdown(Shutdown::Both);
            }
        }
        // wakes up the listener thread, which waits for a connection
        let _ = TcpStream::connect(self.address);
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
    }
}
