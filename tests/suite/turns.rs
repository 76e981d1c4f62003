//! One database file and several who want it.

use std::collections::BTreeMap;

use catchment::{Pipeline, Resource};

use crate::dataset::Dataset;

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
            let count = count.unwrap().integer().unwrap();
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
