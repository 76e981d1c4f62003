//! Reading and editing the state of a pipeline.

use catchment::{Incremental, Resource};
use catchment_json::Value;

use crate::dataset::Dataset;

#[test]
fn cursors_and_values_are_read_and_edited() {
    let dataset = Dataset::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let items = || {
        let rows = [r#"{"id":1,"at":1}"#, r#"{"id":2,"at":2}"#].map(|row| Value::parse(row).unwrap());
        Resource::rows("items", rows).incremental(Incremental::new("at"))
    };
    runtime.block_on(async {
        let pipeline = dataset.pipeline();
        pipeline.run(items()).await.unwrap();
        pipeline.run(items()).await.unwrap();
        assert_eq!(dataset.query("SELECT count(*) FROM items"), "2");
        let mut edit = pipeline.state().await.unwrap();
        let last =
            edit.state.resource("items", "items").and_then(|kept| kept.get("incremental")?.get("at")?.get("last_value").cloned());
        assert_eq!(last, Some(Value::from(2)));
        edit.state.set_resource("items", "items", None);
        edit.state.set_source_value("items", "note", Some(Value::from("kept")));
        // edits have no effect before they are committed
        drop(edit);
        pipeline.run(items()).await.unwrap();
        assert_eq!(dataset.query("SELECT count(*) FROM items"), "2");
        let mut edit = pipeline.state().await.unwrap();
        edit.state.set_resource("items", "items", None);
        edit.state.set_source_value("items", "note", Some(Value::from("kept")));
        edit.commit().await.unwrap();
        pipeline.run(items()).await.unwrap();
        assert_eq!(dataset.query("SELECT count(*) FROM items"), "4");
        let state = pipeline.state().await.unwrap().state;
        assert_eq!(state.source("items").and_then(|source| source.get("note").cloned()), Some(Value::from("kept")));
        // without changes, no package is loaded
        assert!(pipeline.state().await.unwrap().commit().await.unwrap().packages.is_empty());
    });
}

#[test]
fn the_state_of_a_new_pipeline_can_be_set() {
    let dataset = Dataset::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut edit = dataset.pipeline().state().await.unwrap();
        let cursor = r#"{"incremental":{"at":{"initial_value":null,"last_value":1,"unique_hashes":[],"start_value":null}}}"#;
        edit.state.set_resource("items", "items", Value::parse(cursor).unwrap().as_object().cloned());
        edit.commit().await.unwrap();
        let rows = ["{\"at\":0}", "{\"at\":2}"].map(|row| Value::parse(row).unwrap());
        dataset.pipeline().run(Resource::rows("items", rows).incremental(Incremental::new("at"))).await.unwrap();
        assert_eq!(dataset.query("SELECT \"at\" FROM items"), "2");
    });
}

#[test]
fn an_edit_of_state_that_a_run_has_changed_is_rejected() {
    let dataset = Dataset::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let pipeline = dataset.pipeline();
        let mut edit = pipeline.state().await.unwrap();
        edit.state.set_resource("items", "items", Value::parse(r#"{"x":1}"#).unwrap().as_object().cloned());
        let rows = Resource::rows("items", [Value::parse("{\"at\":2}").unwrap()]).incremental(Incremental::new("at"));
        pipeline.run(rows).await.unwrap();
        let refused = edit.commit().await.unwrap_err().to_string();
        assert!(refused.contains("another run has changed the state of resource `items`"), "{refused}");
        assert!(!pipeline.working_dir().path().join("aside").exists(), "the edit leaves no failed package");
    });
}
