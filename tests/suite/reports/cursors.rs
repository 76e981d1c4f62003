//! Rows that an incremental load must not miss.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use catchment::rest_client::testing::{ScriptedResponse, ScriptedServer};
use serde_json::json;

use super::{ok, spec};
use crate::command::Run;
use crate::dataset::Dataset;

/// dlt-hub/dlt#2838, airbytehq/airbyte#29602, airbytehq/airbyte#45125: a device was offline, and reports events later that
/// are older than the newest event of the other device.
#[test]
fn late_rows_of_one_parent_are_loaded_if_another_parent_is_ahead() {
    let run = Arc::new(AtomicU32::new(1));
    let run_of_server = Arc::clone(&run);
    let server = ScriptedServer::start(move |request| {
        let events: &[&str] = match (request.path.as_str(), run_of_server.load(Ordering::Relaxed)) {
            ("/devices", _) => return ok(json!([{"id": "fast"}, {"id": "slow"}])),
            ("/devices/fast/events", _) => &["2024-03-01T00:00:00Z"],
            ("/devices/slow/events", 1) => &["2024-01-05T00:00:00Z"],
            ("/devices/slow/events", _) => &["2024-01-05T00:00:00Z", "2024-01-20T00:00:00Z"],
            _ => return ScriptedResponse::json(404, r#"{"message": "no such path"}"#),
        };
        let device = request.path.split('/').nth(2).unwrap();
        let since = request.param("since").unwrap_or_default();
        let rows = events.iter().filter(|at| **at >= since).map(|at| json!({"id": format!("{device} {at}"), "at": at}));
        ok(rows.collect())
    });
    let incremental = json!({"cursor_path": "at", "initial_value": "2024-01-01T00:00:00Z", "start_param": "since"});
    let events = json!({"name": "events", "primary_key": "id", "write_disposition": "append",
        "endpoint": {"path": "devices/{resources.devices.id}/events", "incremental": incremental}});
    let (dataset, spec) = (Dataset::new(), spec(&server, json!(["devices", events])));
    let check = |expected: &str| {
        Run::new(&dataset, &spec).load(&[]);
        assert_eq!(dataset.query("SELECT id FROM events ORDER BY id"), expected);
    };
    check("fast 2024-03-01T00:00:00Z; slow 2024-01-05T00:00:00Z");
    run.store(2, Ordering::Relaxed);
    check("fast 2024-03-01T00:00:00Z; slow 2024-01-05T00:00:00Z; slow 2024-01-20T00:00:00Z");
}

/// dlt-hub/dlt#2479, airbytehq/airbyte#44450, airbytehq/airbyte#20322: a row changed again on the date of the cursor value,
/// and was skipped because its key was already known.
#[test]
fn a_row_that_changes_at_the_last_cursor_value_is_merged_again() {
    let run = Arc::new(AtomicU32::new(1));
    let run_of_server = Arc::clone(&run);
    let server = ScriptedServer::start(move |request| {
        let run = run_of_server.load(Ordering::Relaxed);
        let since = request.param("since").unwrap_or_default();
        let rows =
            [(1, if run == 1 { "open" } else { "closed" }, "2024-05-01"), (2, "open", "2024-05-01"), (3, "open", "2024-05-02")];
        let rows = rows.iter().filter(|(id, _, updated)| *updated >= since && (*id < 3 || run == 3));
        ok(rows.map(|(id, status, updated)| json!({"id": id, "status": status, "updated": updated})).collect())
    });
    let incremental = json!({"cursor_path": "updated", "initial_value": "2024-01-01", "start_param": "since"});
    let tickets = json!({"name": "tickets", "primary_key": "id", "write_disposition": "merge",
        "endpoint": {"path": "tickets", "incremental": incremental}});
    let (dataset, spec) = (Dataset::new(), spec(&server, json!([tickets])));
    for number in 1..=3 {
        run.store(number, Ordering::Relaxed);
        Run::new(&dataset, &spec).load(&[]);
    }
    assert_eq!(dataset.query("SELECT id, status FROM tickets ORDER BY id"), "1 closed; 2 open; 3 open");
}

/// Like `late_rows_of_one_parent_are_loaded_if_another_parent_is_ahead`, with 1,500 devices, whose cursors exceed the limit
/// of the state.
#[test]
fn late_rows_of_one_parent_among_many_are_loaded() {
    const DEVICES: i64 = 1500;
    let run = Arc::new(AtomicU32::new(1));
    let run_of_server = Arc::clone(&run);
    let server = ScriptedServer::start(move |request| {
        if request.path == "/devices" {
            return ok((0..DEVICES).map(|id| json!({"id": id})).collect());
        }
        let Some(device) = request.path.split('/').nth(2).and_then(|device| device.parse::<i64>().ok()) else {
            return ScriptedResponse::json(404, r#"{"message": "no such path"}"#);
        };
        let mut events = vec![device * 10];
        match (run_of_server.load(Ordering::Relaxed), device) {
            (2.., 1499) => events.push(20_000),
            // below the last value of all other devices but six
            (3.., 7) => events.extend([70, 75]),
            _ => {}
        }
        let since = request.param("since").and_then(|since| since.parse().ok()).unwrap_or(0);
        let rows = events.iter().enumerate().filter(|(_, at)| **at >= since);
        ok(rows.map(|(place, at)| json!({"id": format!("{device}.{place}"), "at": at})).collect())
    });
    let incremental = json!({"cursor_path": "at", "initial_value": 0, "start_param": "since"});
    let events = json!({"name": "events", "primary_key": "id", "write_disposition": "append",
        "endpoint": {"path": "devices/{resources.devices.id}/events", "incremental": incremental}});
    let (dataset, spec) = (Dataset::new(), spec(&server, json!(["devices", events])));
    let check = |number: u32, expected: &str| {
        run.store(number, Ordering::Relaxed);
        Run::new(&dataset, &spec).load(&[]);
        assert_eq!(dataset.query("SELECT count(*), count(DISTINCT id) FROM events"), expected);
        let cursors = "SELECT count(*), count(DISTINCT parent) FROM _catchment_parent_cursors";
        assert_eq!(dataset.query(cursors), "1500 1500");
        let longest = dataset.query("SELECT max(length(state)) FROM _dlt_pipeline_state");
        assert!(longest.parse::<u32>().unwrap() < 65536, "{longest}");
    };
    check(1, "1500 1500");
    check(2, "1501 1501");
    check(3, "1503 1503");
    check(3, "1503 1503");
    assert_eq!(dataset.query("SELECT id FROM events WHERE id LIKE '7.%' ORDER BY id"), "7.0; 7.1; 7.2");
}
