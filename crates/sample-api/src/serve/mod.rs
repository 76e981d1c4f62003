//! The HTTP server.

mod link;
mod query;
mod router;
mod server;

pub use server::Server;
