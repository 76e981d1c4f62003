//! Loads with limited memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use catchment::rest_client::testing::ScriptedServer;
use serde_json::{Value, json};

use super::{ok, spec};
use crate::command::Run;
use crate::dataset::Dataset;

const ROWS_PER_RUN: u64 = 20_000;
const ROWS_PER_PAGE: u64 = 4_000;

/// Returns a pseudo-random number below `below` that only depends on `seed` (the mixer of SplitMix64).
fn chosen(seed: u64, below: usize) -> usize {
    let mut bits = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((bits ^ (bits >> 31)) % below as u64) as usize
}

/// Returns 1,500 texts of about 1,000 characters, from a vocabulary of 3,000 words.
fn texts() -> Vec<String> {
    let letter = |seed: u64| char::from(b"abcdefghijklmnopqrstuvwxyz"[chosen(seed, 26)]);
    let word = |number: u64| (0..2 + chosen(number, 8) as u64).map(|at| letter(number * 16 + at)).collect::<String>();
    let words: Vec<_> = (0..3000).map(word).collect();
    let word_of_text = |number: u64, at: u64| words[chosen(number * 155 + at, words.len())].as_str();
    let text = |number: u64| (0..155).map(|at| word_of_text(number, at)).collect::<Vec<_>>().join(" ");
    (0..1500).map(text).collect()
}

/// mako-ai/mako#311, rilldata/rill#2000: loads of rows with long texts into DuckDB ran out of memory.
#[test]
fn rows_with_long_texts_are_merged_run_after_run() {
    let run = Arc::new(AtomicU64::new(0));
    let run_of_server = Arc::clone(&run);
    let texts = texts();
    let server = ScriptedServer::start(move |request| {
        let page = request.param("page").map_or(1, |page| page.parse::<u64>().unwrap());
        let first = run_of_server.load(Ordering::Relaxed) * ROWS_PER_RUN + (page - 1) * ROWS_PER_PAGE;
        let row = |id: u64| json!({"id": id, "body": format!("{id} {}", texts[chosen(id, texts.len())])});
        let rows: Value = (first..first + ROWS_PER_PAGE).map(row).collect();
        let next = (page < ROWS_PER_RUN / ROWS_PER_PAGE).then(|| format!("/notes?page={}", page + 1));
        ok(json!({"rows": rows, "next": next}))
    });
    let notes = json!({"name": "notes", "primary_key": "id", "write_disposition": "merge",
        "endpoint": {"path": "notes", "data_selector": "rows", "paginator": "json_link"}});
    let (dataset, spec) = (Dataset::new(), spec(&server, json!([notes])));
    for number in 0..5 {
        run.store(number, Ordering::Relaxed);
        Run::new(&dataset, &spec).load(&[]);
        let expected = (number + 1) * ROWS_PER_RUN;
        assert_eq!(dataset.query("SELECT count(*), count(DISTINCT id) FROM notes"), format!("{expected} {expected}"));
    }
}
