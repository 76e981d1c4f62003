//! Runs of in-memory rows through the facade.

use catchment::extract::PageError;
use catchment::{LoadInfo, Resource, RunError, WriteDisposition};
use catchment_json::Value;

use crate::dataset::Dataset;

/// Loads the rows of a JSON list into `items`.
pub(crate) fn run(dataset: &Dataset, json: &str, change: impl FnOnce(Resource) -> Resource) -> Result<LoadInfo, RunError> {
    let rows = Value::parse(json).unwrap().as_array().unwrap().to_vec();
    let resource = change(Resource::rows("items", rows));
    tokio::runtime::Runtime::new().unwrap().block_on(dataset.pipeline().run(resource))
}

pub(crate) fn merge(resource: Resource) -> Resource {
    resource.write_disposition(WriteDisposition::Merge).primary_key(["id"])
}

pub(crate) fn replace(resource: Resource) -> Resource {
    resource.write_disposition(WriteDisposition::Replace)
}

pub(crate) fn append(resource: Resource) -> Resource {
    resource
}

#[test]
fn a_run_reports_what_it_loaded() {
    let dataset = Dataset::new();
    let info = run(&dataset, r#"[{"id":1,"tags":["a","b"]}]"#, append).unwrap();
    assert_eq!(info.row_counts(), [("items".to_owned(), 1), ("items__tags".to_owned(), 2)].into());
    let text = info.to_string();
    assert!(text.contains("items: 1 row\n") && text.contains("items__tags: 2 rows"), "{text}");
    assert_eq!(dataset.query("SELECT count(*) FROM _dlt_loads"), "1");
}

#[test]
fn system_tables_have_the_columns_of_the_reference() {
    let dataset = Dataset::new();
    run(&dataset, r#"[{"id":1}]"#, append).unwrap();
    let columns = |table: &str| {
        dataset.query(&format!(
            "SELECT string_agg(column_name || ':' || data_type || ':' || is_nullable, ' ' ORDER BY ordinal_position) \
             FROM information_schema.columns WHERE table_schema = 'd' AND table_name = '{table}'"
        ))
    };
    assert_eq!(
        columns("_dlt_loads"),
        "load_id:VARCHAR:NO schema_name:VARCHAR:YES status:BIGINT:NO inserted_at:TIMESTAMP WITH TIME ZONE:NO schema_version_hash:VARCHAR:YES"
    );
    assert_eq!(
        columns("_dlt_version"),
        "version:BIGINT:NO engine_version:BIGINT:NO inserted_at:TIMESTAMP WITH TIME ZONE:NO schema_name:VARCHAR:NO version_hash:VARCHAR:NO schema:VARCHAR:NO"
    );
    assert_eq!(
        columns("_dlt_pipeline_state"),
        "version:BIGINT:NO engine_version:BIGINT:NO pipeline_name:VARCHAR:NO state:VARCHAR:NO created_at:TIMESTAMP WITH TIME ZONE:NO \
         version_hash:VARCHAR:YES _dlt_load_id:VARCHAR:NO _dlt_id:VARCHAR:NO"
    );
    assert_eq!(dataset.query("SELECT count(*) FROM _dlt_loads JOIN _dlt_version ON schema_version_hash = version_hash"), "1");
}

#[test]
fn unknown_keys_of_a_stored_schema_are_kept() {
    let dataset = Dataset::new();
    run(&dataset, r#"[{"id":1}]"#, append).unwrap();
    // another tool stores a version of the schema with an unknown key
    let rewritten = rewrite(&dataset);
    run(&dataset, r#"[{"id":2,"new":"x"}]"#, append).unwrap();
    let schema = dataset.query("SELECT schema FROM _dlt_version ORDER BY inserted_at DESC LIMIT 1");
    assert!(schema.contains(r#""x-ours":[1,2.50]"#) && schema.contains(r#""new":{"name":"new""#), "{schema} {rewritten}");
}

/// Adds an unknown key to the stored schema.
fn rewrite(dataset: &Dataset) -> String {
    dataset.query(
        "UPDATE _dlt_version SET schema = replace(schema, '\"settings\":', '\"x-ours\":[1,2.50],\"settings\":'); SELECT schema FROM _dlt_version",
    )
}

#[test]
fn new_columns_and_child_tables_are_added() {
    let dataset = Dataset::new();
    run(&dataset, r#"[{"id":1}]"#, append).unwrap();
    run(&dataset, r#"[{"id":2,"name":"x","l":[{"a":1}]}]"#, append).unwrap();
    assert_eq!(dataset.query("SELECT id, name FROM items ORDER BY id"), "1 -; 2 x");
    assert_eq!(dataset.query("SELECT a FROM items__l"), "1");
    dataset.check_integrity("items", &["items__l"]);
}

#[test]
fn a_run_does_not_need_the_working_folder() {
    let dataset = Dataset::new();
    let incremental = |resource: Resource| merge(resource).incremental(catchment::Incremental::new("at"));
    run(&dataset, r#"[{"id":1,"at":1},{"id":2,"at":2}]"#, incremental).unwrap();
    std::fs::remove_dir_all(dataset.pipelines()).unwrap();
    let info = run(&dataset, r#"[{"id":1,"at":1},{"id":2,"at":2},{"id":3,"at":3}]"#, incremental).unwrap();
    assert_eq!(info.row_counts(), [("items".to_owned(), 1)].into());
    let info = run(&dataset, r#"[{"id":3,"at":3}]"#, incremental).unwrap();
    assert!(info.packages.is_empty() && info.to_string().contains("nothing new to load"), "{info}");
}

#[test]
fn results_do_not_depend_on_workers_or_sizes() {
    let rows: Vec<String> = (0..500)
        .map(|n| match n % 5 {
            0 => format!(r#"{{"id":{n},"v":{n},"o":{{"k{}":1}}}}"#, n % 7),
            1 => format!(r#"{{"id":{n},"v":"text {n}"}}"#),
            2 if n > 300 => format!(r#"{{"id":{n},"v":{n}.5,"w":{}}}"#, u64::MAX),
            2 => format!(r#"{{"id":{n},"v":{n},"w":{n}}}"#),
            _ => format!(r#"{{"id":{n},"l":[{n},"x"],"c{}":true}}"#, n % 11),
        })
        .collect();
    let load = |workers: usize, bytes: usize| {
        let dataset = Dataset::new();
        let pages: Vec<Result<Vec<Value>, PageError>> =
            rows.chunks(7).map(|page| Ok(page.iter().map(|row| Value::parse(row).unwrap()).collect())).collect();
        let pages = std::sync::Mutex::new(Some(pages));
        let resource = Resource::stream("items", move |_| futures_util::stream::iter(pages.lock().unwrap().take().unwrap()));
        let mut options =
            catchment::RunOptions { workers, group_max_bytes: bytes, in_flight_max_bytes: bytes, ..Default::default() };
        options.writer.buffer_max_bytes = bytes;
        let pipeline = dataset.pipeline().options(options);
        tokio::runtime::Runtime::new().unwrap().block_on(pipeline.run(resource)).unwrap();
        let hash = dataset.query("SELECT version_hash FROM _dlt_version");
        (
            hash,
            dataset.query("SELECT id, v::VARCHAR, v__v_text, w::VARCHAR FROM items ORDER BY id"),
            dataset.query("SELECT count(*) FROM items__l"),
        )
    };
    let expected = load(1, 1);
    for (workers, bytes) in [(2, 1), (8, 3000), (2, 1 << 20), (1, 1 << 20)] {
        assert_eq!(load(workers, bytes), expected, "{workers} workers, {bytes} bytes");
    }
}
