//! Extract, normalize and load as separate steps.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};

use catchment::{Incremental, PackageOutcome, Pipeline, Resource, RunEnvironment, WriteDisposition};

use crate::dataset::Dataset;

/// A clock that advances by one second with each call, and a fixed seed.
struct Exact(AtomicI64);

impl RunEnvironment for Exact {
    fn now(&self) -> i64 {
        self.0.fetch_add(1_000_000, Ordering::Relaxed)
    }

    fn seed(&self) -> [u8; 16] {
        [7; 16]
    }
}

#[derive(Clone, serde::Serialize)]
struct River {
    id: u32,
    name: &'static str,
    length_km: f64,
    gauges: Vec<&'static str>,
}

fn rivers() -> Resource {
    let river = |id, name, length_km, gauges| River { id, name, length_km, gauges };
    let rows = vec![river(1, "Rhine", 1232.7, vec!["Basel", "Köln"]), river(2, "Danube", f64::INFINITY, vec![])];
    Resource::rows("rivers", rows)
        .write_disposition(WriteDisposition::Merge)
        .primary_key(["id"])
        .incremental(Incremental::new("id").initial_value(0))
}

fn pipeline(dataset: &Dataset) -> Pipeline {
    dataset.pipeline().environment(Exact(AtomicI64::new(1_700_000_000_000_000)))
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(future)
}

const ROWS: &str = "SELECT id, name, length_km::VARCHAR, _dlt_id FROM rivers ORDER BY id";

#[test]
fn separate_steps_have_the_same_result_as_a_run() {
    let (at_once, one_by_one) = (Dataset::new(), Dataset::new());
    block_on(pipeline(&at_once).run(rivers())).unwrap();

    let pipeline = pipeline(&one_by_one);
    let extracted = block_on(pipeline.extract(rivers())).unwrap();
    assert_eq!(extracted.row_counts, [("rivers".to_owned(), 2)].into());
    assert!(!one_by_one.file().exists());
    let normalized = block_on(pipeline.normalize()).unwrap();
    assert_eq!(normalized.row_counts(), [("rivers".to_owned(), 2), ("rivers__gauges".to_owned(), 2)].into());
    assert!(!one_by_one.file().exists());
    let loaded = block_on(pipeline.load()).unwrap();
    assert_eq!(loaded.row_counts(), normalized.row_counts());

    let trace = pipeline.last_trace().unwrap();
    assert_eq!((trace.extract, trace.normalize, trace.load), (Some(extracted), Some(normalized), Some(loaded)));
    assert_eq!(one_by_one.query(ROWS), at_once.query(ROWS));
    for hash in ["SELECT version_hash FROM _dlt_version", "SELECT version_hash FROM _dlt_pipeline_state"] {
        assert_eq!(one_by_one.query(hash), at_once.query(hash), "{hash}");
    }
    assert_eq!(one_by_one.query("SELECT id, name, length_km::VARCHAR FROM rivers ORDER BY id"), "1 Rhine 1232.7; 2 Danube inf");
    one_by_one.check_integrity("rivers", &["rivers__gauges"]);

    let again = block_on(async { (pipeline.normalize().await.unwrap(), pipeline.load().await.unwrap()) });
    assert!(again.0.packages.is_empty() && again.1.packages.is_empty(), "{again:?}");
    assert!(block_on(pipeline.run(rivers())).unwrap().packages.is_empty());
}

#[test]
fn the_schema_is_known_before_anything_is_loaded() {
    let dataset = Dataset::new();
    let pipeline = pipeline(&dataset);
    assert!(pipeline.default_schema().is_none() && pipeline.last_trace().is_none());
    block_on(async {
        pipeline.extract(rivers()).await.unwrap();
        pipeline.normalize().await.unwrap();
    });
    let schema = pipeline.default_schema().unwrap();
    let columns: Vec<_> = schema.tables["rivers"].columns.keys().map(String::as_str).collect();
    assert_eq!(columns, ["id", "name", "length_km", "_dlt_load_id", "_dlt_id"]);
}

#[test]
fn a_run_normalizes_and_loads_pending_extracts() {
    let dataset = Dataset::new();
    let pipeline = pipeline(&dataset);
    block_on(pipeline.extract(rivers())).unwrap();
    let info = block_on(pipeline.run(Resource::rows("lakes", [BTreeMap::from([("depth_m", 251)])]))).unwrap();
    assert_eq!(info.packages.len(), 2, "{info}");
    assert_eq!(dataset.query("SELECT (SELECT count(*) FROM rivers), (SELECT depth_m FROM lakes)"), "2 251");
    assert!(block_on(pipeline.run(rivers())).unwrap().packages.is_empty());
}

#[test]
fn an_incremental_resource_is_not_extracted_again_before_it_is_loaded() {
    let dataset = Dataset::new();
    let pipeline = pipeline(&dataset);
    let refused = || block_on(pipeline.extract(rivers())).unwrap_err().to_string();
    block_on(pipeline.extract(rivers())).unwrap();
    assert!(refused().starts_with("resource `rivers` has pending rows in package 17000000"), "{}", refused());
    block_on(pipeline.normalize()).unwrap();
    assert!(refused().starts_with("resource `rivers` has pending rows in package 17000000"), "{}", refused());
    block_on(pipeline.load()).unwrap();
    block_on(pipeline.extract(rivers())).unwrap();
    assert!(block_on(pipeline.normalize()).unwrap().packages.is_empty());
}

/// A stopped clock.
struct Stopped;

impl RunEnvironment for Stopped {
    fn now(&self) -> i64 {
        1_700_000_000_000_000
    }

    fn seed(&self) -> [u8; 16] {
        [7; 16]
    }
}

#[test]
fn extracts_with_the_same_timestamp_are_all_loaded() {
    let dataset = Dataset::new();
    let pipeline = dataset.pipeline().environment(Stopped);
    let lake = |depth_m: i32| Resource::rows("lakes", [BTreeMap::from([("depth_m", depth_m)])]);
    block_on(async {
        pipeline.extract(lake(1)).await.unwrap();
        pipeline.extract(lake(2)).await.unwrap();
        assert_eq!(pipeline.normalize().await.unwrap().packages.len(), 2);
        pipeline.extract(lake(3)).await.unwrap();
        pipeline.normalize().await.unwrap();
        assert_eq!(pipeline.load().await.unwrap().packages.len(), 3);
    });
    assert_eq!(dataset.query("SELECT depth_m FROM lakes ORDER BY depth_m"), "1; 2; 3");
}

#[test]
fn extracted_rows_that_were_already_normalized_are_not_loaded_twice() {
    let dataset = Dataset::new();
    let pipeline = pipeline(&dataset);
    let (extracted, copy) = (dataset.pipelines().join("p/extracted"), dataset.dir().join("copy"));
    let restore = |load_id: &str| {
        std::fs::create_dir_all(extracted.join(load_id)).unwrap();
        std::fs::copy(&copy, extracted.join(load_id).join("pages")).unwrap();
    };
    let load_id = block_on(pipeline.extract(Resource::rows("numbers", [1, 2]))).unwrap().load_id;
    std::fs::copy(extracted.join(&load_id).join("pages"), &copy).unwrap();
    block_on(pipeline.normalize()).unwrap();
    restore(&load_id);
    assert!(block_on(pipeline.normalize()).unwrap().packages.is_empty(), "it is already normalized");
    block_on(pipeline.load()).unwrap();
    restore(&load_id);
    block_on(async {
        pipeline.normalize().await.unwrap();
        let info = pipeline.load().await.unwrap();
        assert_eq!(info.packages[0].outcome, PackageOutcome::AlreadyLoaded);
    });
    assert_eq!(dataset.query("SELECT value FROM numbers ORDER BY value"), "1; 2");
}

#[test]
fn rows_that_cannot_be_normalized_fail_and_do_not_block_the_pipeline() {
    let dataset = Dataset::new();
    let pipeline = pipeline(&dataset);
    let keyed = |rows: [Option<u32>; 2]| {
        let rows = rows.map(|id| BTreeMap::from([("id", id)]));
        Resource::rows("keyed", rows).write_disposition(WriteDisposition::Merge).primary_key(["id"])
    };
    block_on(pipeline.run(keyed([Some(1), Some(2)]))).unwrap();
    block_on(pipeline.extract(keyed([Some(3), None]))).unwrap();
    let error = block_on(pipeline.normalize()).unwrap_err().to_string();
    assert!(error.contains("was moved to ") && error.contains("`id`"), "{error}");
    block_on(pipeline.extract(keyed([Some(4), None]))).unwrap();
    let info = block_on(pipeline.run(keyed([Some(5), Some(6)]))).unwrap();
    let outcomes: Vec<_> = info.packages.iter().map(|package| &package.outcome).collect();
    assert!(matches!(outcomes[..], [PackageOutcome::Failed(_), PackageOutcome::Loaded]), "{info}");
    assert_eq!(dataset.query("SELECT id FROM keyed ORDER BY id"), "1; 2; 5; 6");
    assert_eq!(std::fs::read_dir(dataset.pipelines().join("p/aside")).unwrap().count(), 2);
}

#[test]
fn a_failed_extract_leaves_no_rows() {
    let dataset = Dataset::new();
    let pipeline = pipeline(&dataset);
    let failing = Resource::stream("rivers", |_| futures_util::stream::iter([Ok(vec![1]), Err("the river is dry")]));
    block_on(pipeline.extract(failing)).unwrap_err();
    assert!(block_on(pipeline.normalize()).unwrap().packages.is_empty());
    assert_eq!(std::fs::read_dir(dataset.pipelines().join("p/extracted")).unwrap().count(), 0);
}

#[test]
fn an_extract_does_not_change_pending_or_incomplete_packages() {
    let dataset = Dataset::new();
    let pipeline = pipeline(&dataset);
    let lakes = || Resource::rows("lakes", [BTreeMap::from([("depth_m", 251)])]);
    // files of a killed process
    let left = ["extracted/1600000000.000000/pages.unfinished", "packages/1600000000.000001/000001.arrows"];
    let left = left.map(|path| dataset.pipelines().join("p").join(path));
    for path in &left {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "half").unwrap();
    }
    block_on(pipeline.extract(rivers())).unwrap();
    block_on(pipeline.extract(rivers())).unwrap_err();
    block_on(pipeline.extract(lakes())).unwrap();
    assert!(left.iter().all(|path| path.exists()));
    assert_eq!(block_on(pipeline.run(lakes())).unwrap().packages.len(), 3);
    assert!(!left.iter().any(|path| path.exists()), "a run deletes them");
}

#[test]
fn a_corrupt_package_fails_the_load_and_does_not_block_the_next_one() {
    let dataset = Dataset::new();
    let pipeline = pipeline(&dataset);
    let extract = |number: i64| {
        let load_id = block_on(pipeline.extract(Resource::rows("numbers", [number]))).unwrap().load_id;
        block_on(pipeline.normalize()).unwrap();
        load_id
    };
    let (first, _) = (extract(1), extract(2));
    std::fs::remove_file(dataset.pipelines().join("p/packages").join(&first).join("000001.arrows")).unwrap();
    let error = block_on(pipeline.load()).unwrap_err().to_string();
    assert!(error.starts_with(&format!("package {first} cannot be loaded and was moved to ")), "{error}");
    assert_eq!(block_on(pipeline.load()).unwrap().packages.len(), 1);
    assert_eq!(dataset.query("SELECT value FROM numbers"), "2");
}
