mod dependents;
mod diagnostics;
mod missing_values;
mod page_memory;
mod paginators;
mod reference;
mod requests;
mod scale;
mod schema;
mod secrets;
mod spec;
mod steps;

use std::ops::ControlFlow;
use std::sync::Mutex;

use catchment_extract::{Boundaries, ExtractError, ExtractEvent, ExtractWarning, Extraction, MemoryBudget, Source};
use catchment_json::Value;
use catchment_rest_client::testing::{ReceivedRequest, ScriptedResponse, ScriptedServer};
use catchment_rest_client::{RestClient, RetryPolicy};
use catchment_settings::{NoSettings, ScopedSettings};
use catchment_state::State;

use crate::{RestApi, Spec, SpecFormat};

fn parse(spec: &str) -> Spec {
    Spec::parse(spec, SpecFormat::Json).unwrap()
}

/// Builds a source without retries.
fn source(spec: &Spec) -> Source {
    source_with(spec, ScopedSettings::new(&NoSettings))
}

fn source_with(spec: &Spec, settings: ScopedSettings<'_>) -> Source {
    let client = RestClient::builder().retry(RetryPolicy { max_attempts: 1, ..RetryPolicy::default() });
    RestApi::new(spec).client(client).settings(settings).source().unwrap()
}

/// The result of a run: rows with the names of their resources, the final state, and warnings.
struct Run {
    rows: Vec<String>,
    state: State,
    warnings: Vec<ExtractWarning>,
}

async fn extract(source: &Source, state: &State) -> Result<Run, ExtractError> {
    let rows = Mutex::new(Vec::new());
    let sink = |extracted: ExtractEvent| {
        if let ExtractEvent::Rows { batch, .. } = extracted {
            rows.lock().unwrap().extend(batch.rows.nodes().map(|row| format!("{} {row:?}", batch.resource)));
        }
        ControlFlow::Continue(())
    };
    let after = Extraction::new(source, state, &Boundaries::new())?.run(&MemoryBudget::new(1 << 20), &sink).await?;
    Ok(Run { rows: std::mem::take(&mut rows.lock().unwrap()), state: after.state, warnings: after.warnings })
}

fn run(source: &Source, state: &State) -> Result<Run, ExtractError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(extract(source, state))
}

/// Returns the message of an error and its causes.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn fresh() -> State {
    State::new("p", "d", "t")
}

/// Formats a request as `GET /path?a=1`.
fn shown(request: &ReceivedRequest) -> String {
    let query = request.query.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join("&");
    let query = if query.is_empty() { query } else { format!("?{query}") };
    format!("{} {}{query}", request.method, request.path)
}

/// Runs resources against a server. Returns the requests, and the rows or the error. `BASE` is replaced by the URL of the
/// server.
fn run_against(spec: &str, server: &ScriptedServer) -> (Vec<String>, Result<Vec<String>, String>) {
    let source = source(&parse(&spec.replace("BASE", &server.url())));
    let rows = run(&source, &fresh()).map(|run| run.rows);
    let requests = server.requests().iter().map(shown).collect();
    (requests, rows.map_err(|error| chain(&error).replace(&server.url(), "BASE")))
}

fn json(body: &str) -> ScriptedResponse {
    ScriptedResponse::json(200, body)
}

fn value(text: &str) -> Value {
    Value::parse(text).unwrap()
}

/// Returns the queries of all requests of a run.
fn extract_queries(spec: &str, server: &ScriptedServer) -> String {
    let (requests, rows) = run_against(spec, server);
    let query = |request: &String| format!("?{}", request.split_once('?').map_or("", |(_, query)| query));
    requests.iter().map(query).collect::<Vec<_>>().join(" ") + if rows.is_ok() { "" } else { " failed" }
}
