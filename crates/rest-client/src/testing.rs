//! A scripted HTTP server on loopback that can simulate the faults of real servers.
//!
//! It runs on its own threads, so that tests can use it with and without tokio, and stops on drop. A function returns the
//! response to each request; the server records the requests.
//!
//! ```
//! use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};
//!
//! // fails once, then succeeds
//! let server = ScriptedServer::start(|request| match request.index {
//!     0 => ScriptedResponse::json(503, r#"{"message": "busy"}"#).header("Retry-After", "1"),
//!     _ => ScriptedResponse::json(200, "[1, 2]"),
//! });
//! assert!(server.url().starts_with("http://127.0.0.1:"));
//! assert!(server.requests().is_empty());
//! ```

mod connection;
mod fault;
mod received;
mod scripted_response;
mod server;

pub use received::ReceivedRequest;
pub use scripted_response::ScriptedResponse;
pub use server::ScriptedServer;
