//! Recovery of packages of earlier runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow::array::{ArrayRef, Int64Array, StringArray};
use arrow::record_batch::RecordBatch;
use catchment::load::{Capabilities, DestinationFuture, Dialect, LoadResult, RestoreRequest, Restored};
use catchment::{CancellationToken, Destination, LoadError, PackageOutcome, Pipeline, RecordBatchStream, Resource};
use catchment_json::{Object, Value};
use catchment_load_package::{PackageFooter, PackageHeader, PackageStore, RefreshTables, SealedPackage, WriterOptions};
use catchment_schema::{Column, DLT_ID_COLUMN, DLT_LOAD_ID_COLUMN, DataType, Schema, TableDelta, system_column};
use catchment_state::State;

use crate::dataset::Dataset;
use crate::pipeline::{append, run};

/// Creates a sealed package with one row of table `items`, which moves the cursor of `resource` from `from` to `to`.
pub(crate) fn package(dataset: &Dataset, load_id: &str, resource: &str, from: Option<i64>, to: i64) -> Arc<SealedPackage> {
    let state = |cursor: Option<i64>| {
        let mut state = State::new("p", "d", "dlt.destinations.duckdb");
        if let Some(cursor) = cursor {
            state.set_resource("items", resource, Some(Object::from_iter([("at".to_owned(), Value::from(cursor))])));
            state.update_version();
        }
        state
    };
    sealed(dataset, header(load_id, resource, state(from)), to, state(Some(to)))
}

fn header(load_id: &str, resource: &str, base_state: State) -> PackageHeader {
    PackageHeader {
        load_id: load_id.to_owned(),
        created_at: 1_700_000_000_000_000,
        dataset: "d".to_owned(),
        source: "items".to_owned(),
        resources: vec![(resource.to_owned(), "items".to_owned())],
        base_state,
        fingerprint: String::new(),
        base_schema: None,
        refresh: RefreshTables::default(),
    }
}

/// Seals a package with one row with the ID `id`, and with `state` as the new state.
fn sealed(dataset: &Dataset, header: PackageHeader, id: i64, state: State) -> Arc<SealedPackage> {
    let mut schema = Schema::new("items");
    let columns = vec![Column::new("id", DataType::Bigint), system_column(DLT_LOAD_ID_COLUMN), system_column(DLT_ID_COLUMN)];
    schema.apply(&TableDelta::root("items", columns).into());
    schema.update_version();
    let store = PackageStore::open(&dataset.pipelines().join("p")).unwrap();
    let load: ArrayRef = Arc::new(StringArray::from(vec![header.load_id.as_str()]));
    let mut writer = store.create_package(header, WriterOptions::default()).unwrap();
    let row: ArrayRef = Arc::new(StringArray::from(vec![format!("row {id}")]));
    let id: ArrayRef = Arc::new(Int64Array::from(vec![id]));
    writer
        .append("items", RecordBatch::try_from_iter([("id", id), (DLT_LOAD_ID_COLUMN, load), (DLT_ID_COLUMN, row)]).unwrap())
        .unwrap();
    Arc::new(writer.seal(PackageFooter { schema, state, findings: Value::Null }).unwrap())
}

fn ids(dataset: &Dataset) -> String {
    dataset.query("SELECT id FROM items ORDER BY id")
}

#[test]
fn a_sealed_package_is_loaded_by_the_next_run_which_then_goes_on() {
    let dataset = Dataset::new();
    drop(package(&dataset, "1700000000.000000", "r", None, 1));
    let info = run(&dataset, r#"[{"id":2}]"#, append).unwrap();
    let outcomes: Vec<_> = info.packages.iter().map(|p| p.outcome.clone()).collect();
    assert_eq!(outcomes, [PackageOutcome::Recovered, PackageOutcome::Loaded]);
    assert_eq!(ids(&dataset), "1; 2");
}

#[test]
fn a_package_whose_commit_was_not_answered_is_applied_once() {
    let dataset = Dataset::new();
    let package = package(&dataset, "1700000000.000000", "r", None, 1);
    dataset.load(&package).unwrap();
    // the process is killed here, before it removes the package
    drop(package);
    let info = run(&dataset, "[]", append).unwrap();
    assert_eq!(info.packages.first().map(|p| p.outcome.clone()), Some(PackageOutcome::AlreadyLoaded));
    assert_eq!(ids(&dataset), "1");
}

/// A destination whose connection breaks after the commits of the first loads.
struct LosesCommitResults {
    inner: Arc<dyn Destination>,
    left: AtomicUsize,
}

impl Destination for LosesCommitResults {
    fn kind(&self) -> &'static str {
        self.inner.kind()
    }

    fn location(&self) -> String {
        self.inner.location()
    }

    fn capabilities(&self) -> &'static Capabilities {
        self.inner.capabilities()
    }

    fn dialect(&self) -> &'static dyn Dialect {
        self.inner.dialect()
    }

    fn restore<'d>(&'d self, request: &'d RestoreRequest, stop: &'d CancellationToken) -> DestinationFuture<'d, Restored> {
        self.inner.restore(request, stop)
    }

    fn load<'d>(&'d self, package: Arc<SealedPackage>, stop: &'d CancellationToken) -> DestinationFuture<'d, LoadResult> {
        Box::pin(async move {
            let loaded = self.inner.load(package, stop).await;
            if self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                let (location, reason) = (self.location(), "the connection broke".to_owned());
                return Err(LoadError::Statement { step: "commit".to_owned(), location, reason, terminal: false });
            }
            loaded
        })
    }

    fn query<'d>(
        &'d self,
        dataset: &'d str,
        sql: &'d str,
        stop: &'d CancellationToken,
    ) -> DestinationFuture<'d, RecordBatchStream> {
        self.inner.query(dataset, sql, stop)
    }
}

#[test]
fn an_answer_to_a_commit_that_is_lost_again_and_again_does_not_double_rows() {
    let dataset = Dataset::new();
    let destination = LosesCommitResults { inner: dataset.destination(), left: AtomicUsize::new(3) };
    let pipeline = Pipeline::new("p", destination, "d").pipelines_dir(dataset.pipelines());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // the results of the first three loads are lost, including those of the recovered package
    for _ in 0..3 {
        let error = runtime.block_on(pipeline.run(Resource::rows("items", [json(r#"{"id":1}"#)]))).unwrap_err();
        assert!(error.to_string().contains("the connection broke"), "{error}");
    }
    let info = runtime.block_on(pipeline.run(Resource::rows("items", [json(r#"{"id":2}"#)]))).unwrap();
    let outcomes: Vec<_> = info.packages.iter().map(|p| p.outcome.clone()).collect();
    assert_eq!(outcomes, [PackageOutcome::AlreadyLoaded, PackageOutcome::Loaded]);
    assert_eq!(ids(&dataset), "1; 2");
}

fn json(text: &str) -> Value {
    Value::parse(text).unwrap()
}

#[test]
fn two_copies_of_a_working_folder_do_not_load_the_same_window_twice() {
    let dataset = Dataset::new();
    let first = package(&dataset, "1700000000.000001", "r", None, 1);
    let copy = package(&dataset, "1700000000.000002", "r", None, 1);
    dataset.load(&first).unwrap();
    let error = dataset.load(&copy).unwrap_err();
    assert!(matches!(error, LoadError::Stale { .. }), "{error}");
    assert_eq!(ids(&dataset), "1");
}

#[test]
fn a_package_goes_to_the_dataset_that_it_was_made_for() {
    let dataset = Dataset::new();
    drop(package(&dataset, "1700000000.000000", "r", None, 1));
    let other = Pipeline::new("p", dataset.destination(), "other").pipelines_dir(dataset.pipelines());
    tokio::runtime::Runtime::new().unwrap().block_on(other.run(Resource::rows("items", [json(r#"{"id":2}"#)]))).unwrap();
    assert_eq!((ids(&dataset), dataset.query("SELECT id FROM other.items")), ("1".to_owned(), "2".to_owned()));
}

#[test]
fn a_state_with_keys_of_others_keeps_them() {
    let dataset = Dataset::new();
    let mut state = State::new("p", "d", "dlt.destinations.duckdb").to_value();
    state.as_object_mut().unwrap().insert("theirs".to_owned(), json(r#"{"a":[1.50]}"#));
    let mut state = State::from_value(state).unwrap();
    state.update_version();
    let mut header = header("1700000000.000000", "r", state.clone());
    header.base_state = State::new("p", "d", "dlt.destinations.duckdb");
    drop(sealed(&dataset, header, 1, state));
    run(&dataset, "[]", append).unwrap();
    run(&dataset, r#"[{"id":2,"at":7}]"#, |resource| resource.incremental(catchment::Incremental::new("at"))).unwrap();
    let state = dataset.restore().state.unwrap().to_value();
    assert_eq!(state.get("theirs"), Some(&json(r#"{"a":[1.50]}"#)));
    assert!(state.to_string().contains(r#""last_value":7"#), "{state}");
}

#[test]
fn a_package_of_a_copied_working_folder_is_stale() {
    let dataset = Dataset::new();
    let first = package(&dataset, "1700000000.000001", "r", None, 1);
    let copy = package(&dataset, "1700000000.000002", "r", None, 2);
    dataset.load(&first).unwrap();
    let error = dataset.load(&copy).unwrap_err();
    assert!(matches!(error, LoadError::Stale { .. }), "{error}");
    assert_eq!(ids(&dataset), "1");
    drop((first, copy));
    let info = run(&dataset, r#"[{"id":3}]"#, append).unwrap();
    assert!(info.packages.iter().any(|p| matches!(p.outcome, PackageOutcome::Failed(_))), "{info}");
    assert_eq!(ids(&dataset), "1; 3");
}

#[test]
fn packages_of_different_resources_both_count_in_either_order() {
    check_both_count(["1700000000.000001", "1700000000.000002"]);
    check_both_count(["1700000000.000002", "1700000000.000001"]);
}

fn check_both_count([one, other]: [&str; 2]) {
    let dataset = Dataset::new();
    let one = package(&dataset, one, "a", None, 1);
    let other = package(&dataset, other, "b", None, 2);
    dataset.load(&one).unwrap();
    dataset.load(&other).unwrap();
    assert_eq!(ids(&dataset), "1; 2");
    let state = dataset.restore().state.unwrap();
    let cursor = |resource: &str| state.resource("items", resource).and_then(|kept| kept.get("at")).and_then(Value::as_i64);
    assert_eq!((cursor("a"), cursor("b")), (Some(1), Some(2)));
}

#[test]
fn a_load_that_is_stopped_changes_nothing() {
    let dataset = Dataset::new();
    let package = package(&dataset, "1700000000.000000", "r", None, 1);
    let stop = CancellationToken::new();
    stop.cancel();
    let loading = dataset.destination();
    let loading = loading.load(Arc::clone(&package), &stop);
    let error = tokio::runtime::Runtime::new().unwrap().block_on(loading).unwrap_err();
    assert!(matches!(error, LoadError::Cancelled), "{error}");
    let restored = dataset.restore();
    assert!(restored.state.is_none() && restored.schema.is_none() && restored.last_load_id.is_none(), "{restored:?}");
    dataset.load(&package).unwrap();
    assert_eq!(ids(&dataset), "1");
}

#[test]
fn rows_that_the_table_refuses_are_named_and_do_not_block_the_pipeline() {
    let dataset = Dataset::new();
    run(&dataset, r#"[{"id":1}]"#, append).unwrap();
    dataset.query("ALTER TABLE items ALTER COLUMN id SET DATA TYPE UTINYINT; SELECT 1");
    let error = run(&dataset, r#"[{"id":1000}]"#, append).unwrap_err().to_string();
    assert!(error.contains("was moved to ") && error.contains("table `items`") && error.contains("1000"), "{error}");
    run(&dataset, r#"[{"id":2}]"#, append).unwrap();
    assert_eq!(ids(&dataset), "1; 2");
}

#[test]
fn two_runs_of_one_resource_exclude_each_other() {
    let dataset = Dataset::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let pipeline = dataset.pipeline();
    let second = pipeline.clone();
    // the second run starts while the first one extracts
    let resource = catchment::Resource::stream("items", move |_| {
        let second = second.clone();
        futures_util::stream::once(async move {
            let error = second.run(catchment::Resource::rows("items", [1])).await.unwrap_err().to_string();
            assert!(error.starts_with("resource `items` is locked by another run (process "), "{error}");
            second.run(catchment::Resource::rows("other", [1])).await.unwrap();
            Ok::<_, std::convert::Infallible>([Value::object([("id", Value::from(7))])])
        })
    });
    runtime.block_on(pipeline.run(resource)).unwrap();
    assert_eq!(ids(&dataset), "7");
    assert_eq!(dataset.query("SELECT value FROM other"), "1");
}
