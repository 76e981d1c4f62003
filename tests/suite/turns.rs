//! Concurrent access to one database file.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use catchment::{Pipeline, Resource};
use duckdb::Connection;

use crate::command::Run;
use crate::dataset::Dataset;
use crate::feed::Feed;

/// DuckDB's lock does not exclude other connections of the same process, which would corrupt the file.
#[test]
fn runs_and_queries_of_one_process_take_turns() {
    let dataset = Dataset::new();
    let rows = |n: u32| (0..500).map(|i| BTreeMap::from([("id", n * 500 + i)])).collect::<Vec<_>>();
    let pipeline = dataset.pipeline();
    // a separate destination of the same file, which shares no state with the first one
    let other = Pipeline::new("other", dataset.destination(), "d").pipelines_dir(dataset.pipelines());
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        pipeline.run(Resource::rows("items", rows(0))).await.unwrap();
        for n in 1..4 {
            let client = pipeline.sql_client();
            let (one, two, count) = tokio::join!(
                pipeline.run(Resource::rows("items", rows(n))),
                other.run(Resource::rows("others", rows(n))),
                client.query("SELECT count(*) FROM items"),
            );
            one.unwrap();
            two.unwrap();
            let count = count.unwrap().first_i64().unwrap();
            assert!(count == i64::from(n) * 500 || count == i64::from(n + 1) * 500, "{count} rows: part of a load is visible");
        }
    });
    assert_eq!(dataset.query("SELECT (SELECT count(DISTINCT id) FROM items), (SELECT count(*) FROM others)"), "2000 1500");
    assert_eq!(dataset.query("SELECT count(*) FROM _dlt_loads"), "7");
}

/// Names are case-insensitive in DuckDB.
#[test]
fn dataset_names_are_case_insensitive() {
    let dataset = Dataset::new();
    let run = |name: &str, id: u32| {
        let pipeline = Pipeline::new("p", dataset.destination(), name).pipelines_dir(dataset.pipelines());
        let rows = Resource::rows("items", [BTreeMap::from([("id", id)])]);
        tokio::runtime::Runtime::new().unwrap().block_on(pipeline.run(rows)).unwrap();
    };
    run("d", 1);
    run("D", 2);
    assert_eq!(dataset.query("SELECT id FROM items ORDER BY id"), "1; 2");
    assert_eq!(dataset.query("SELECT count(DISTINCT version_hash) FROM _dlt_version"), "1");
}

/// Starts an API, and opens the database in another connection while the second run extracts. The connection stays open
/// until the returned value is set to `None`.
pub(crate) fn held_at_second_request(dataset: &Dataset) -> (Feed, Arc<Mutex<Option<Connection>>>) {
    let (file, held) = (dataset.file(), Arc::new(Mutex::new(None)));
    let holder = Arc::clone(&held);
    let feed = Feed::watched(3, move |index| {
        if index == 1 {
            *holder.lock().unwrap() = Some(Connection::open(&file).unwrap());
        }
    });
    (feed, held)
}

#[test]
fn the_wait_for_a_locked_database_is_configurable() {
    for seconds in ["0", "1"] {
        let dataset = Dataset::new();
        let (feed, held) = held_at_second_request(&dataset);
        let run = Run::new(&dataset, &feed.spec());
        assert_eq!(run.says(&[]).0, Some(0));
        let mut command = run.command();
        command.env("DESTINATION__DUCKDB__WAIT", seconds);
        let mut check_timeout = || {
            let output = command.output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            let expected = format!("timed out after {seconds} s waiting for the lock on ");
            assert!(output.status.code() == Some(1) && said.contains(&expected), "{said}");
            said
        };
        let said = check_timeout();
        assert!(said.contains("was saved; the next run loads it first"), "{said}");
        check_timeout();
        assert_eq!(feed.requested_cursors(), ["0", "3"], "no request is sent while a package is pending");
        *held.lock().unwrap() = None;
        let (code, said) = run.says(&[]);
        assert!(code == Some(0) && said.contains("recovered from an earlier run"), "{said}");
        assert_eq!(feed.requested_cursors(), ["0", "3", "6"]);
        assert_eq!(dataset.query("SELECT count(*), count(DISTINCT id), max(id) FROM items"), "9 9 9");
    }
}
