//! One database file and several who want it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use catchment::{Pipeline, Resource};
use duckdb::Connection;

use crate::command::Run;
use crate::dataset::Dataset;
use crate::feed::Feed;

/// DuckDB's lock does not exclude connections of one process, and two of them spoil the file.
#[test]
fn runs_and_queries_of_one_process_take_turns() {
    let dataset = Dataset::new();
    let rows = |n: u32| (0..500).map(|i| BTreeMap::from([("id", n * 500 + i)])).collect::<Vec<_>>();
    let pipeline = dataset.pipeline();
    // Another destination of the same file: clones of one share nothing that the other would know of.
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
            assert!(count == i64::from(n) * 500 || count == i64::from(n + 1) * 500, "{count} rows: a half of a load");
        }
    });
    assert_eq!(dataset.query("SELECT (SELECT count(DISTINCT id) FROM items), (SELECT count(*) FROM others)"), "2000 1500");
    assert_eq!(dataset.query("SELECT count(*) FROM _dlt_loads"), "7");
}

/// DuckDB does not tell the case of names apart, so the same dataset is meant.
#[test]
fn a_dataset_is_known_whatever_the_case_of_its_name() {
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

/// An API, and the database as another program opens it while the second run fetches: it does so until the value is taken.
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
fn a_database_in_use_is_waited_for_no_longer_than_the_configuration_says() {
    for seconds in ["0", "1"] {
        let dataset = Dataset::new();
        let (feed, held) = held_at_second_request(&dataset);
        let run = Run::new(&dataset, &feed.spec());
        assert_eq!(run.says(&[]).0, Some(0));
        let mut command = run.command();
        command.env("DESTINATION__DUCKDB__WAIT", seconds);
        let mut refused = || {
            let output = command.output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            let expected = format!("data.duckdb is in use by another process, and was for {seconds} s: ");
            assert!(output.status.code() == Some(1) && said.contains(&expected), "{said}");
            said
        };
        let said = refused();
        assert!(said.contains("is complete and kept, the next run loads it first"), "{said}");
        refused();
        assert_eq!(feed.asked(), ["0", "3"], "nothing is asked for while a package waits");
        *held.lock().unwrap() = None;
        let (code, said) = run.says(&[]);
        assert!(code == Some(0) && said.contains("loaded now, made before"), "{said}");
        assert_eq!(feed.asked(), ["0", "3", "6"]);
        assert_eq!(dataset.query("SELECT count(*), count(DISTINCT id), max(id) FROM items"), "9 9 9");
    }
}
