//! Packages that a run left behind.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringArray};
use arrow::record_batch::RecordBatch;
use catchment::{Destination as _, LoadError, PackageOutcome, Pipeline};
use catchment_json::{Object, Value};
use catchment_load_package::{Begin, PackageStore, Seal, SealedPackage, WriterOptions};
use catchment_schema::{Column, DLT_ID, DLT_LOAD_ID, DataType, Schema, TableDelta, system_column};
use catchment_state::State;

use crate::dataset::Dataset;
use crate::pipeline::{append, run};

/// A sealed package with one row in table `items`, which moves the cursor of `resource` from `from` to `to`.
fn package(dataset: &Dataset, load_id: &str, resource: &str, from: Option<i64>, to: i64) -> SealedPackage {
    let state = |cursor: Option<i64>| {
        let mut state = State::new("p", "d", "dlt.destinations.duckdb");
        if let Some(cursor) = cursor {
            state.set_resource("items", resource, Some(Object::from_iter([("at".to_owned(), Value::from(cursor))])));
            state.bump();
        }
        state
    };
    let mut schema = Schema::new("items");
    let columns = vec![Column::new("id", DataType::Bigint), system_column(DLT_LOAD_ID), system_column(DLT_ID)];
    schema.apply(&TableDelta::root("items", columns).into());
    schema.bump();
    let begin = Begin {
        load_id: load_id.to_owned(),
        created_at: 1_700_000_000_000_000,
        source: "items".to_owned(),
        resources: vec![(resource.to_owned(), "items".to_owned())],
        base_state: state(from),
        base_schema: None,
    };
    let store = PackageStore::open(&dataset.pipelines().join("p")).unwrap();
    let mut writer = store.create(begin, WriterOptions::default()).unwrap();
    let id: ArrayRef = Arc::new(Int64Array::from(vec![to]));
    let load: ArrayRef = Arc::new(StringArray::from(vec![load_id]));
    let row: ArrayRef = Arc::new(StringArray::from(vec![format!("row {to}")]));
    writer.append("items", RecordBatch::try_from_iter([("id", id), (DLT_LOAD_ID, load), (DLT_ID, row)]).unwrap()).unwrap();
    writer.seal(Seal { schema, state: state(Some(to)) }).unwrap()
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
    dataset.destination().load(&package, &|| false).unwrap();
    // The process dies here, before it learns that the package was loaded.
    drop(package);
    let info = run(&dataset, "[]", append).unwrap();
    assert_eq!(info.packages.first().map(|p| p.outcome.clone()), Some(PackageOutcome::LoadedBefore));
    assert_eq!(ids(&dataset), "1");
}

#[test]
fn a_package_of_a_copied_working_folder_is_stale() {
    let dataset = Dataset::new();
    let first = package(&dataset, "1700000000.000001", "r", None, 1);
    let copy = package(&dataset, "1700000000.000002", "r", None, 2);
    dataset.destination().load(&first, &|| false).unwrap();
    let error = dataset.destination().load(&copy, &|| false).unwrap_err();
    assert!(matches!(error, LoadError::Stale { .. }), "{error}");
    assert_eq!(ids(&dataset), "1");
    drop((first, copy));
    let info = run(&dataset, r#"[{"id":3}]"#, append).unwrap();
    assert!(info.packages.iter().any(|p| matches!(p.outcome, PackageOutcome::SetAside(_))), "{info}");
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
    dataset.destination().load(&one, &|| false).unwrap();
    dataset.destination().load(&other, &|| false).unwrap();
    assert_eq!(ids(&dataset), "1; 2");
    let state = dataset.destination().restore("p", "items").unwrap().state.unwrap();
    let cursor = |resource: &str| state.resource("items", resource).and_then(|kept| kept.get("at")).and_then(Value::as_i64);
    assert_eq!((cursor("a"), cursor("b")), (Some(1), Some(2)));
}

#[test]
fn a_load_that_is_stopped_changes_nothing() {
    let dataset = Dataset::new();
    let package = package(&dataset, "1700000000.000000", "r", None, 1);
    let error = dataset.destination().load(&package, &|| true).unwrap_err();
    assert!(matches!(error, LoadError::Cancelled), "{error}");
    let restored = dataset.destination().restore("p", "items").unwrap();
    assert!(restored.state.is_none() && restored.schema.is_none() && restored.last_load_id.is_none(), "{restored:?}");
    dataset.destination().load(&package, &|| false).unwrap();
    assert_eq!(ids(&dataset), "1");
}

#[test]
fn rows_that_the_table_refuses_are_named_and_do_not_block_the_pipeline() {
    let dataset = Dataset::new();
    run(&dataset, r#"[{"id":1}]"#, append).unwrap();
    dataset.query("ALTER TABLE items ALTER COLUMN id SET DATA TYPE TINYINT; SELECT 1");
    let error = run(&dataset, r#"[{"id":1000}]"#, append).unwrap_err().to_string();
    assert!(error.contains("insert rows into table `items`") && error.contains("1000"), "{error}");
    run(&dataset, r#"[{"id":2}]"#, append).unwrap();
    assert_eq!(ids(&dataset), "1; 2");
}

#[test]
fn two_runs_of_one_resource_exclude_each_other() {
    let dataset = Dataset::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let pipeline = Pipeline::new("p", dataset.destination(), dataset.pipelines());
    let second = pipeline.clone();
    // While the first run waits for its rows the second one begins.
    let resource = catchment::Resource::new("items", move |_| {
        let second = second.clone();
        Box::pin(futures_util::stream::once(async move {
            let error =
                second.run(&catchment::Resource::from_rows("items", vec![Value::from(1)]).into()).await.unwrap_err().to_string();
            assert!(error.starts_with("resource `items` is being loaded by another run: process "), "{error}");
            second.run(&catchment::Resource::from_rows("other", vec![Value::from(1)]).into()).await.unwrap();
            Ok(catchment::extract::Page::from_values(vec![Value::object([("id", Value::from(7))])]))
        }))
    });
    runtime.block_on(pipeline.run(&resource.into())).unwrap();
    assert_eq!(ids(&dataset), "7");
    assert_eq!(dataset.query("SELECT value FROM other"), "1");
}
