//! Table names per row, and refreshed tables.

use catchment::{RefreshMode, Resource, Source, WriteDisposition};
use catchment_json::Value;

use crate::dataset::Dataset;
use crate::pipeline::merge;

/// Returns a resource of events with one table for each type.
fn events(json: &str) -> Resource {
    let rows = Value::parse(json).unwrap().as_array().unwrap().to_vec();
    Resource::rows("events", rows).table_name_per_row(|row| row.get("type").unwrap().as_str().unwrap().into_owned())
}

fn run(dataset: &Dataset, source: impl Into<Source>) {
    tokio::runtime::Runtime::new().unwrap().block_on(dataset.pipeline().run(source)).unwrap();
}

#[test]
fn rows_are_loaded_into_tables_by_type() {
    let dataset = Dataset::new();
    let check =
        |table: &str, expected: &str| assert_eq!(dataset.query(&format!("SELECT id, n FROM {table} ORDER BY id")), expected);
    run(
        &dataset,
        merge(events(r#"[{"id":1,"type":"Push","n":1},{"id":2,"type":"fork","n":1},{"id":3,"type":"Push","n":1,"l":[1]}]"#)),
    );
    check("push", "1 1; 3 1");
    check("fork", "2 1");
    assert_eq!(dataset.query("SELECT value FROM push__l"), "1");
    // merged by the key that the resource declares
    run(&dataset, merge(events(r#"[{"id":1,"type":"Push","n":2},{"id":4,"type":"star","n":2},{"id":3,"type":"Push","n":2}]"#)));
    check("push", "1 2; 3 2");
    check("star", "4 2");
    assert_eq!(dataset.query("SELECT count(*) FROM push__l"), "0");
    // replace applies to all tables of the resource, including those without new rows
    run(&dataset, events(r#"[{"id":5,"type":"star","n":3}]"#).write_disposition(WriteDisposition::Replace));
    check("push", "");
    check("fork", "");
    check("star", "5 3");
    assert_eq!(dataset.query("SELECT count(*) FROM information_schema.tables WHERE table_name = 'events'"), "0");
}

#[test]
fn tables_by_type_work_with_separate_steps() {
    let dataset = Dataset::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let pipeline = dataset.pipeline();
    runtime.block_on(pipeline.extract(merge(events(r#"[{"id":1,"type":"push"},{"id":1,"type":"push"}]"#)))).unwrap();
    runtime.block_on(pipeline.normalize()).unwrap();
    runtime.block_on(pipeline.load()).unwrap();
    assert_eq!(dataset.query("SELECT id FROM push"), "1");
}

#[test]
fn a_refresh_that_fails_changes_nothing() {
    let dataset = Dataset::new();
    let rows = |names: &'static str| Resource::rows("items", [Value::parse(names).unwrap()]);
    run(&dataset, rows(r#"{"id":1}"#));
    let failing = Resource::stream("items", |_| futures_util::stream::iter([Err::<Vec<i64>, _>("boom")]));
    let refreshing = || dataset.pipeline().refresh(RefreshMode::DropResources);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    assert!(runtime.block_on(refreshing().run(failing)).is_err());
    assert_eq!(dataset.query("SELECT id FROM items"), "1");
    // a refresh can change the type of a column
    runtime.block_on(refreshing().run(rows(r#"{"id":"a"}"#))).unwrap();
    assert_eq!(dataset.query("SELECT id FROM items"), "a");
    // and load no rows
    runtime.block_on(refreshing().run(Resource::rows("items", [0_i64; 0]))).unwrap();
    assert_eq!(dataset.query("SELECT count(*) FROM information_schema.tables WHERE table_name = 'items'"), "0");
}
