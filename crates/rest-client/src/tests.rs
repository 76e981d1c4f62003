//! Tests against a scripted server.

mod actions;
mod auth;
mod charset;
mod cookies;
mod data_selector;
mod faults;
mod gaps;
mod limits;
mod oddities;
mod page_memory;
mod paginate;
mod paginate_shapes;
mod paginators;
mod parallel;
mod prefetch;
mod probe;
mod recording;
mod redaction;
mod redirect;
mod retry;
mod send;

use std::time::Duration;

use crate::testing::{ReceivedRequest, ScriptedResponse, ScriptedServer};
use crate::{RestClient, RestClientBuilder, RetryPolicy};

/// Starts a server and a client that retries without delay.
fn start(handler: impl Fn(&ReceivedRequest) -> ScriptedResponse + Send + Sync + 'static) -> (ScriptedServer, RestClient) {
    start_with(|client| client, handler)
}

/// Like [`start`], with further configuration of the client.
fn start_with(
    set_up: impl FnOnce(RestClientBuilder) -> RestClientBuilder,
    handler: impl Fn(&ReceivedRequest) -> ScriptedResponse + Send + Sync + 'static,
) -> (ScriptedServer, RestClient) {
    let server = ScriptedServer::start(handler);
    let retry = RetryPolicy { max_attempts: 3, backoff_factor: 0.0, max_delay: Duration::ZERO, ..RetryPolicy::default() };
    let client = set_up(RestClient::builder().base_url(server.url()).retry(retry)).build().unwrap();
    (server, client)
}

/// Replaces the address of the server by `{url}` and `{host}`.
fn hide_address(text: &str, server: &ScriptedServer) -> String {
    let url = server.url();
    text.replace(&url, "{url}").replace(url.trim_start_matches("http://"), "{host}")
}
