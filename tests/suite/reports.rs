//! End-to-end tests of bugs that were publicly reported for other data load tools and HTTP clients.

mod columns;
mod cursors;
mod deletes;
mod dependents;
mod memory;
mod pagination;
mod refresh;
mod retry;
mod sessions;

use catchment::rest_client::testing::{ScriptedResponse, ScriptedServer};
use serde_json::{Value, json};

/// Returns a spec with a list of resources of the API of `server`.
fn spec(server: &ScriptedServer, resources: Value) -> String {
    json!({"client": {"base_url": server.url()}, "resources": resources}).to_string()
}

/// Returns a response with status 200.
fn ok(body: Value) -> ScriptedResponse {
    ScriptedResponse::json(200, body.to_string())
}
