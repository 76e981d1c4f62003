//! A scripted HTTP server on loopback, with all the faults that real ones have.
//!
//! It runs on threads of its own, so that tests with and without tokio can use it, and ends when it is
//! dropped. What it answers is decided by a function of the request, which it also keeps.
//!
//! ```
//! use catchment_rest_client::testing::{Answer, ScriptedServer};
//!
//! // fails once, then answers
//! let server = ScriptedServer::start(|request| match request.index {
//!     0 => Answer::json(503, r#"{"message": "busy"}"#).header("Retry-After", "1"),
//!     _ => Answer::json(200, "[1, 2]"),
//! });
//! assert!(server.url().starts_with("http://127.0.0.1:"));
//! assert!(server.requests().is_empty());
//! ```

mod answer;
mod connection;
mod fault;
mod received;
mod server;

pub use answer::Answer;
pub use received::Received;
pub use server::ScriptedServer;
