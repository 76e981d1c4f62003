//! Pages of dependent resources with too little memory for all of them.

use std::ops::ControlFlow;
use std::sync::Mutex;
use std::time::Duration;

use catchment_extract::{Boundaries, ExtractEvent, ExtractOptions, Extraction, MemoryBudget, ProgressChannel};
use catchment_rest_client::RestClient;
use catchment_rest_client::testing::{ReceivedRequest, ScriptedResponse, ScriptedServer};

use super::{fresh, parse};
use crate::RestApi;

/// Resources in chains and with several children, to cover every possible order of their pages.
const SPEC: &str = r#"{"client": {"base_url": "BASE", "paginator": "header_link"}, "resources": [
    {"name": "a", "endpoint": "a"},
    {"name": "b", "endpoint": "b/{resources.a.id}/b"},
    {"name": "c", "endpoint": "c/{resources.b.id}/c"},
    {"name": "d", "endpoint": "d/{resources.a.id}/d"},
    {"name": "e", "endpoint": "e/{resources.d.id}/e"},
    {"name": "f", "endpoint": "f"},
    {"name": "g", "endpoint": "g/{resources.f.id}/g"},
    {"name": "h", "endpoint": {"path": "h", "incremental":
        {"cursor_path": "day", "initial_value": 0, "end_value": 8, "start_param": "from", "end_param": "to", "window": 1}}},
    {"name": "i", "endpoint": "i/{resources.h.id}/i"},
    {"name": "j", "endpoint": "j/{resources.h.id}/j"}
]}"#;

/// Returns a page of two rows whose size depends on the hash of its URL, and possibly a link to the next page.
fn page(request: &ReceivedRequest, seed: u32) -> ScriptedResponse {
    let param = |name: &str| request.query.iter().find(|(key, _)| key == name).map_or("0", |(_, value)| value);
    let (part, day) = (param("page"), param("from"));
    let hash = hash(&format!("{seed} {} {day} {part}", request.path));
    let bytes = match hash % 8 {
        0..4 => 10,
        4..6 => 30_000,
        6 => 120_000,
        _ => 400_000,
    };
    let text = "x".repeat(bytes);
    let page = ScriptedResponse::json(
        200,
        format!(r#"[{{"id": "{hash}", "day": {day}}}, {{"id": "{}", "day": {day}, "text": "{text}"}}]"#, hash + 1),
    );
    match (hash >> 8) % 3 {
        0 if part != "2" => {
            let next = part.parse::<u8>().unwrap() + 1;
            page.header("Link", format!("<{}?page={next}&from={day}>; rel=next", request.path))
        }
        _ => page,
    }
}

fn hash(text: &str) -> u32 {
    // FNV-1a with a final mix
    let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash ^ (hash >> 15)).wrapping_mul(0x2c1b_3c6d) >> 4
}

/// Returns the IDs of all rows, sorted by resource, in the order of the rows.
async fn load(server: &ScriptedServer, client: catchment_rest_client::RestClientBuilder, options: ExtractOptions) -> Vec<String> {
    let spec = parse(&SPEC.replace("BASE", &server.url()));
    let source = RestApi::new(&spec).client(client).source().unwrap();
    let rows = Mutex::new(Vec::new());
    let sink = |extracted: ExtractEvent| {
        if let ExtractEvent::Rows { batch, .. } = extracted {
            let ids = batch.rows.nodes().map(|row| format!("{} {:?}", batch.resource, row.get("id")));
            rows.lock().unwrap().extend(ids);
        }
        ControlFlow::Continue(())
    };
    let (state, progress) = (fresh(), ProgressChannel::default());
    let run = Extraction::with_options(&source, &state, &Boundaries::new(), &Default::default(), options, &progress).unwrap();
    let (budget, run) = (MemoryBudget::new(64 << 10), run);
    let ran = tokio::time::timeout(Duration::from_secs(60), run.run(&budget, &sink)).await;
    ran.expect("pages are deadlocked").unwrap();
    let mut rows = std::mem::take(&mut *rows.lock().unwrap());
    rows.sort_by_key(|row| row.as_bytes().first().copied());
    rows
}

/// Compares the rows loaded with little memory with those loaded without a limit.
async fn check(seed: u32, max_rows: usize) {
    let server = ScriptedServer::start(move |request| page(request, seed));
    let options = ExtractOptions { max_parallel_items: max_rows, ..ExtractOptions::default() };
    let little = RestClient::builder().max_response_bytes(1 << 20);
    let (found, expected) = (load(&server, little, options).await, load(&server, RestClient::builder(), options).await);
    assert!(expected.len() > 20, "{} rows", expected.len());
    assert_eq!(found, expected, "seed {seed}, {max_rows} rows at a time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refetched_pages_keep_their_order() {
    for seed in 0..16 {
        for max_rows in [1, 2, 5, 20] {
            check(seed, max_rows).await;
        }
    }
}
