//! Cursors across runs.

use std::convert::Infallible;

use catchment::{Incremental, Resource, RowOrder, WriteDisposition};
use catchment_json::Document;
use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};
use futures_util::stream;

use crate::command::Run;
use crate::dataset::Dataset;

/// Returns a resource of rows with the IDs in `range` and one cursor value, in pages of ten thousand.
fn rows(range: std::ops::Range<u32>, at: u32) -> Resource {
    let pages = move |_: &_| {
        let starts: Vec<u32> = range.clone().step_by(10_000).collect();
        let end = range.end;
        stream::iter(starts.into_iter().map(move |start| {
            let rows = (start..end.min(start + 10_000)).map(|id| format!(r#"{{"id":{id},"at":{at}}}"#));
            Ok::<_, Infallible>(Document::parse(format!("[{}]", rows.collect::<Vec<_>>().join(",")).into_bytes()).unwrap())
        }))
    };
    Resource::stream("items", pages).primary_key(["id"]).incremental(Incremental::new("at"))
}

#[test]
fn a_million_rows_at_one_cursor_value_keep_the_state_small() {
    let dataset = Dataset::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let check = |resource: Resource, rows: &str, known: &str| {
        runtime.block_on(dataset.pipeline().run(resource)).unwrap();
        assert_eq!(dataset.query("SELECT count(*), count(DISTINCT id) FROM items"), rows);
        assert_eq!(dataset.query("SELECT count(*), count(DISTINCT row_hash) FROM _catchment_cursor_rows"), known);
        let longest = dataset.query("SELECT max(length(state)) FROM _dlt_pipeline_state");
        assert!(longest.parse::<u32>().unwrap() < 65536, "{longest}");
    };
    check(rows(0..1_000_000, 1), "1000000 1000000", "999000 999000");
    // new rows at the cursor value, among boundary rows
    check(rows(0..1_000_500, 1), "1000500 1000500", "999500 999500");
    check(rows(0..1_000_500, 1), "1000500 1000500", "999500 999500");
    // the cursor advances
    check(rows(0..10, 2), "1000510 1000500", "0 0");
}

#[test]
fn the_latest_version_of_a_row_in_a_run_is_loaded() {
    for strategy in ["delete-insert", "upsert"] {
        let dataset = Dataset::new();
        let server = ScriptedServer::start(|_| {
            ScriptedResponse::json(
                200,
                r#"[{"id":1,"at":1,"v":"old"},{"id":2,"at":2,"v":"x"},{"id":1,"at":3,"v":"new"},{"id":1,"at":2,"v":"mid"}]"#,
            )
        });
        let spec = format!(
            r#"{{"client": {{"base_url": "{}"}}, "resources": [{{"name": "items", "primary_key": "id",
                "write_disposition": {{"disposition": "merge", "strategy": "{strategy}"}},
                "endpoint": {{"path": "items", "incremental": {{"cursor_path": "at"}}}}}}]}}"#,
            server.url()
        );
        for _ in 0..2 {
            Run::new(&dataset, &spec).load(&[]);
            assert_eq!(dataset.query("SELECT id, v FROM items ORDER BY id"), "1 new; 2 x", "{strategy}");
        }
    }
}

#[test]
fn few_boundary_rows_need_no_table() {
    let dataset = Dataset::new();
    tokio::runtime::Runtime::new().unwrap().block_on(dataset.pipeline().run(rows(0..1000, 1))).unwrap();
    let tables = "SELECT count(*) FROM information_schema.tables WHERE table_name = '_catchment_cursor_rows'";
    assert_eq!(dataset.query(tables), "0");
}

#[test]
fn a_limited_run_resumes_after_its_last_row_if_rows_are_ordered() {
    let server = ScriptedServer::start(|request| {
        let from: u32 = request.param("from").and_then(|from| from.parse().ok()).unwrap_or(0);
        let rows = (0..10).filter(|at| *at >= from).map(|at| format!(r#"{{"id":{at},"at":{at}}}"#));
        ScriptedResponse::json(200, format!("[{}]", rows.collect::<Vec<_>>().join(",")))
    });
    let spec = |order: &str| {
        format!(
            r#"{{"client": {{"base_url": "{}"}}, "resources": [{{"name": "items", "primary_key": "id",
                "endpoint": {{"incremental": {{"cursor_path": "at", "initial_value": 0, "start_param": "from"{order}}}}}}}]}}"#,
            server.url()
        )
    };
    let dataset = Dataset::new();
    let check = |expected: &str| {
        let (code, said) = Run::new(&dataset, &spec(r#", "row_order": "asc""#)).says(&["--limit", "4"]);
        assert_eq!(code, Some(0), "{said}");
        assert_eq!(dataset.query("SELECT count(*), count(DISTINCT id), max(id) FROM items"), expected);
    };
    check("4 4 3");
    check("8 8 7");
    check("10 10 9");
    check("10 10 9");
    let (code, said) = Run::new(&Dataset::new(), &spec("")).says(&["--limit", "4"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("declare `row_order` if rows are sorted by the cursor"), "{said}");
}

#[test]
fn a_limited_ordered_run_in_separate_steps() {
    let dataset = Dataset::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let resource = || {
        let resource = rows(0..3, 1).incremental(Incremental::new("at").row_order(RowOrder::Asc)).add_limit(2);
        resource.write_disposition(WriteDisposition::Append)
    };
    for expected in ["2", "3", "3"] {
        let pipeline = dataset.pipeline();
        runtime.block_on(pipeline.extract(resource())).unwrap();
        runtime.block_on(pipeline.normalize()).unwrap();
        runtime.block_on(pipeline.load()).unwrap();
        assert_eq!(dataset.query("SELECT count(*) FROM items"), expected);
    }
}
