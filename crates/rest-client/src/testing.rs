//! A scripted HTTP server on loopback, with all the faults that real ones have.
//!
//! It runs on threads of its own, so that tests with and without tokio can use it, and ends when it is
//! dropped. What it answers is decided by a function of the request, which it also keeps.
//!
//! ```
//! use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};
//!
//! // fails once, then answers
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
