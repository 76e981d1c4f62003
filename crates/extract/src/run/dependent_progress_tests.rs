//! Dependent resources get each row of an incremental parent once, whichever resources a run selects or refreshes.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use catchment_json::{NodeKind, Value};
use catchment_schema::WriteDisposition;
use catchment_state::State;
use futures_util::stream;
use proptest::prelude::*;

use crate::{
    Boundaries, ExtractError, ExtractEvent, ExtractOptions, Extraction, Incremental, MemoryBudget, ProgressChannel, Resource,
    Row, Source, preserve_dependent_cursors,
};

/// The cursor values of the parent's rows, whose ids count from 0.
type Rows = Arc<Mutex<Vec<i64>>>;

/// Returns a source with an incremental parent and dependent resources on two levels, all of which append.
fn source(rows: &Rows) -> Source {
    let rows = Arc::clone(rows);
    let parent = Resource::stream("parent", move |_| {
        let rows = rows.lock().unwrap().clone();
        let row = |(id, at): (usize, i64)| Value::object([("id", Value::from(id as u64)), ("at", Value::from(at))]);
        stream::iter([Ok::<_, Infallible>(rows.into_iter().enumerate().map(row).collect::<Vec<_>>())])
    });
    let copy = |name: &str, of: &str| {
        let row = |row: Row, _: &crate::ResumePoint| {
            let id = row.get("id").unwrap_or_default();
            stream::iter([Ok::<_, Infallible>(vec![Value::object([("id", id)])])])
        };
        Resource::transformer(name, of, row)
    };
    let parent = parent.incremental(Incremental::new("at")).primary_key(["id"]);
    Source::new("s")
        .with_resource(parent)
        .with_resource(copy("child", "parent"))
        .with_resource(copy("other", "parent"))
        .with_resource(copy("deep", "child"))
}

/// A dataset and its source.
struct World {
    rows: Rows,
    state: State,
    /// The loaded ids with their resources.
    loaded: Vec<(String, i64)>,
}

impl World {
    fn new() -> World {
        World { rows: Arc::default(), state: State::new("p", "d", "t"), loaded: Vec::new() }
    }

    fn ids(&self, resource: &str) -> Vec<i64> {
        let mut ids: Vec<i64> = self.loaded.iter().filter(|(name, _)| name == resource).map(|(_, id)| *id).collect();
        ids.sort_unstable();
        ids
    }

    /// Runs these resources, after dropping their tables if `is_refreshed`. Returns the loaded ids by resource.
    fn run(&mut self, names: &[&str], is_refreshed: bool) -> Result<String, ExtractError> {
        let source = source(&self.rows).select(names).unwrap();
        if is_refreshed {
            let without_rows = self.without_rows(&source);
            preserve_dependent_cursors(&source, &mut self.state, &without_rows);
            self.loaded.retain(|(name, _)| !names.contains(&name.as_str()));
            names.iter().for_each(|name| self.state.set_resource("s", name, None));
        }
        self.run_source(&source)
    }

    fn without_rows(&self, source: &Source) -> BTreeSet<String> {
        let names = source.resources.iter().map(|resource| resource.name.clone());
        names.filter(|name| self.ids(name).is_empty()).collect()
    }

    fn run_source(&mut self, source: &Source) -> Result<String, ExtractError> {
        let without_rows = self.without_rows(source);
        let (options, progress, known) = (ExtractOptions::default(), ProgressChannel::default(), Boundaries::new());
        let run = Extraction::with_options(source, &self.state, &known, &without_rows, options, &progress)?;
        let loaded = Mutex::new(Vec::new());
        let sink = |extracted| {
            if let ExtractEvent::Rows { batch, .. } = extracted {
                let id = |row: catchment_json::Node<'_>| {
                    row.get("id").filter(|id| id.kind() == NodeKind::Integer)?.as_number()?.parse::<i64>().ok()
                };
                let ids = batch.rows.nodes().filter_map(id).map(|id| (batch.resource.as_ref().to_owned(), id));
                loaded.lock().unwrap().extend(ids);
            }
            ControlFlow::Continue(())
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        self.state = runtime.block_on(run.run(&MemoryBudget::new(1 << 20), &sink))?.state;
        let loaded = loaded.into_inner().unwrap();
        let shown: Vec<_> = loaded.iter().map(|(name, id)| format!("{name} {id}")).collect();
        self.loaded.extend(loaded);
        Ok(shown.join(", "))
    }

    #[track_caller]
    fn check(&mut self, new: &[i64], names: &[&str], is_refreshed: bool, expected: &str) {
        self.rows.lock().unwrap().extend(new);
        assert_eq!(self.run(names, is_refreshed).unwrap(), expected, "{new:?} {names:?}");
    }
}

#[test]
fn a_refreshed_child_gets_all_rows_of_its_parent() {
    let mut world = World::new();
    world.check(&[1, 2], &["parent", "child"], false, "parent 0, parent 1, child 0, child 1");
    world.check(&[], &["child"], true, "child 0, child 1");
    world.check(&[3], &["parent", "child"], false, "parent 2, child 2");
}

#[test]
fn a_child_that_is_first_loaded_later_gets_all_rows_of_its_parent() {
    let mut world = World::new();
    world.check(&[1, 2], &["parent", "child"], false, "parent 0, parent 1, child 0, child 1");
    world.check(&[3], &["parent", "child", "other"], false, "parent 2, other 0, child 2, other 1, other 2");
    world.check(&[], &["parent", "child", "other", "deep"], false, "deep 0, deep 1, deep 2");
    world.check(&[4], &["deep"], false, "deep 3");
    world.check(&[], &["parent", "child", "other", "deep"], false, "parent 3, other 3, child 3");
}

#[test]
fn children_catch_up_after_their_parent_ran_alone() {
    let mut world = World::new();
    world.check(&[1], &["parent", "child"], false, "parent 0, child 0");
    world.check(&[2], &["parent"], false, "parent 1");
    // a late row at the same value
    world.check(&[2], &["parent"], false, "parent 2");
    world.check(&[3], &["parent", "child"], false, "parent 3, child 1, child 2, child 3");
    world.check(&[4], &["parent", "child"], false, "parent 4, child 4");
}

#[test]
fn children_catch_up_after_their_parent_was_refreshed_alone() {
    let mut world = World::new();
    world.check(&[1], &["parent", "child"], false, "parent 0, child 0");
    world.check(&[2], &["parent"], true, "parent 0, parent 1");
    world.check(&[], &["parent", "child"], false, "child 1");
}

#[test]
fn a_child_that_runs_alone_gets_no_row_twice() {
    let mut world = World::new();
    world.check(&[1], &["parent", "child"], false, "parent 0, child 0");
    world.check(&[1, 2], &["child"], false, "child 1, child 2");
    world.check(&[], &["child"], false, "");
    world.check(&[3], &["parent", "child"], false, "parent 1, parent 2, parent 3, child 3");
    let resource_state = world.state.resource("s", "child").cloned().map(Value::Object);
    assert_eq!(resource_state.map(|resource_state| resource_state.to_string()), None, "positions are equal again");
}

#[test]
fn a_child_without_rows_is_extracted_once() {
    let mut world = World::new();
    world.check(&[1], &["parent"], false, "parent 0");
    let empty = |world: &World| {
        let mut source = source(&world.rows).select(["parent", "child"]).unwrap();
        let child = source.resource_mut("child").unwrap();
        *child = child.clone().filter(|_| false);
        source
    };
    let run_empty = |world: &mut World| {
        let source = empty(world);
        assert_eq!(world.run_source(&source).unwrap(), "");
        world.state.clone()
    };
    let first = run_empty(&mut world);
    assert_eq!(
        first.resource("s", "child").map(|resource_state| Value::Object(resource_state.clone()).to_string()).as_deref(),
        Some(r#"{"_catchment":{"fed":{"parent":true}}}"#)
    );
    assert_eq!(run_empty(&mut world), first);
}

#[test]
fn rows_beyond_a_limit_are_loaded_by_the_next_run() {
    let mut world = World::new();
    world.check(&[1, 2], &["parent", "child"], false, "parent 0, parent 1, child 0, child 1");
    let mut source = source(&world.rows).select(["child"]).unwrap();
    let child = source.resource_mut("child").unwrap();
    *child = child.clone().primary_key(["id"]).write_disposition(WriteDisposition::Merge).add_limit(1);
    world.loaded.retain(|(name, _)| name != "child");
    assert_eq!(world.run_source(&source).unwrap(), "child 0");
    world.loaded.retain(|(name, _)| name != "child");
    source.resource_mut("child").unwrap().limit.rows = None;
    assert_eq!(world.run_source(&source).unwrap(), "child 0, child 1");
}

/// A run: new cursor values of the parent, the selected resources, and whether they are refreshed.
fn step() -> impl Strategy<Value = (Vec<i64>, Vec<&'static str>, bool)> {
    let names = prop::sample::subsequence(vec!["parent", "child", "other", "deep"], 1..=4);
    (prop::collection::vec(0i64..2, 0..4), names, prop::bool::weighted(0.2))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn each_parent_row_reaches_each_dependent_once(steps in prop::collection::vec(step(), 1..8)) {
        let mut world = World::new();
        let mut at = 0;
        let all = ["parent", "child", "other", "deep"];
        let last = (Vec::new(), all.to_vec(), false);
        for (new, names, is_refreshed) in steps.into_iter().chain([last]) {
            for step in new {
                at += step;
                world.rows.lock().unwrap().push(at);
            }
            world.run(&names, is_refreshed).unwrap();
        }
        let expected: Vec<i64> = (0..world.rows.lock().unwrap().len() as i64).collect();
        for name in all {
            prop_assert_eq!(world.ids(name), expected.clone(), "{}", name);
        }
    }
}

/// Like [`source`], with merged dependent resources and row limits.
fn limited(rows: &Rows, limits: &[(&str, u64)]) -> Source {
    let mut source = source(rows);
    for resource in &mut source.resources {
        resource.write_disposition = WriteDisposition::Merge;
        resource.limit.rows = limits.iter().find(|(name, _)| *name == resource.name).map(|(_, limit)| *limit);
    }
    source
}

#[test]
fn truncated_rows_of_a_child_are_loaded_by_the_next_run() {
    #[track_caller]
    fn check(limits: &[(&str, u64)], expected: [&str; 2]) {
        let mut world = World::new();
        world.rows.lock().unwrap().extend([1, 2, 3]);
        let source = limited(&world.rows, limits);
        let sorted = |rows: &str| {
            let mut rows: Vec<_> = rows.split(", ").map(str::to_owned).collect();
            rows.sort();
            rows.join(", ")
        };
        assert_eq!(sorted(&world.run_source(&source).unwrap()), expected[0], "{limits:?}");
        let source = limited(&world.rows, &[]);
        assert_eq!(sorted(&world.run_source(&source).unwrap()), expected[1], "{limits:?}");
        for resource in ["parent", "child", "other", "deep"] {
            let mut ids = world.ids(resource);
            ids.dedup();
            assert_eq!(ids, [0, 1, 2], "{resource} with {limits:?}");
        }
        assert_eq!(world.run_source(&source).unwrap(), "", "{limits:?}");
    }
    let rest = "other 0, other 1, other 2, parent 0, parent 1, parent 2";
    check(
        &[("child", 2)],
        [&format!("child 0, child 1, deep 0, deep 1, {rest}"), "child 0, child 1, child 2, deep 0, deep 1, deep 2"],
    );
    check(&[("deep", 1)], [&format!("child 0, child 1, child 2, deep 0, {rest}"), "deep 0, deep 1, deep 2"]);
}

#[test]
fn a_limit_that_truncates_appended_rows_of_a_child_is_an_error() {
    let mut world = World::new();
    world.rows.lock().unwrap().extend([1, 2, 3]);
    let mut source = limited(&world.rows, &[("other", 2)]);
    source.resources[2].write_disposition = WriteDisposition::Append;
    let error = world.run_source(&source).unwrap_err().to_string();
    assert!(
        error.starts_with("resource `other` appends rows and a limit truncated them, while its parent resource `parent`"),
        "{error}"
    );
    source.resources[2].limit.rows = Some(4);
    world.run_source(&source).unwrap();
    assert_eq!(world.ids("other"), [0, 1, 2]);
}
