//! Compares a run with 1,000 parent rows and one request per row with the minimum time given by the response latency.
//!
//! `cargo bench -p catchment-rest-api`
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints its results and panics on errors")]

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use catchment_extract::{Boundaries, ExtractOptions, Extraction, MemoryBudget, ProgressChannel};
use catchment_rest_api::{RestApi, Spec, SpecFormat};
use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};
use catchment_state::State;

const PARENTS: usize = 1000;
const LATENCY: Duration = Duration::from_millis(20);
const IN_FLIGHT: usize = 20;

fn main() {
    let rows = (0..PARENTS).map(|id| format!(r#"{{"id": {id}}}"#)).collect::<Vec<_>>().join(",");
    let server = ScriptedServer::start(move |request| match request.path.as_str() {
        "/parents" => ScriptedResponse::json(200, format!("[{rows}]")),
        _ => ScriptedResponse::json(200, r#"[{"a": 1}, {"a": 2}]"#).delay(LATENCY),
    });
    let spec = format!(
        r#"{{"client": {{"base_url": "{}", "requests_in_flight": {IN_FLIGHT}}},
            "resources": ["parents", {{"name": "children", "endpoint": "parents/{{resources.parents.id}}/children", "include_from_parent": ["id"]}}]}}"#,
        server.url()
    );
    let spec = Spec::parse(&spec, SpecFormat::Json).unwrap();
    let source = RestApi::new(&spec).source().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let state = State::new("p", "d", "t");
    let options = ExtractOptions { max_parallel_items: IN_FLIGHT, ..ExtractOptions::default() };
    let began = Instant::now();
    let run = async {
        let run = Extraction::with_options(
            &source,
            &state,
            &Boundaries::new(),
            &BTreeSet::new(),
            options,
            &ProgressChannel::default(),
        )?;
        run.run(&MemoryBudget::new(64 << 20), &|_| ControlFlow::Continue(())).await
    };
    runtime.block_on(run).unwrap();
    let took = began.elapsed();
    let floor = LATENCY * u32::try_from(PARENTS.div_ceil(IN_FLIGHT)).unwrap();
    println!(
        "{PARENTS} rows, one page of {LATENCY:?} each, {IN_FLIGHT} in flight: {took:.2?}, {:.2} times the latency floor of {floor:?}; \
         at most {} concurrent requests",
        took.as_secs_f64() / floor.as_secs_f64(),
        server.max_concurrent_requests()
    );
}
