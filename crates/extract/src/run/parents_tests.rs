//! With a cursor for each parent row, late rows of any parent row are loaded once.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use catchment_json::{Document, Selection, Value};
use catchment_schema::WriteDisposition;
use catchment_state::{CursorEntryChange, CursorEntryKind, State};
use futures_util::stream;
use proptest::prelude::*;

use super::tests::fresh;
use crate::{
    Boundaries, ExtractEvent, ExtractWarning, Extraction, Incremental, MemoryBudget, Resource, ResumePoint, Row, Source,
    overflowing_entries,
};

/// The cursor values of the rows of each parent row. A row's id consists of its parent's id and its index.
type Values = Arc<Mutex<Vec<Vec<i64>>>>;

struct World {
    values: Values,
    state: State,
    /// The content of the tables beside the state.
    tables: Boundaries,
    changes: Vec<CursorEntryChange>,
    /// Whether the next run resumes an interrupted one.
    is_interrupted: bool,
    loaded: Vec<String>,
    warnings: Vec<ExtractWarning>,
    disposition: WriteDisposition,
}

impl World {
    fn new(parents: usize) -> World {
        let values = Arc::new(Mutex::new(vec![Vec::new(); parents]));
        World {
            values,
            state: fresh(),
            tables: Boundaries::new(),
            changes: Vec::new(),
            is_interrupted: false,
            loaded: Vec::new(),
            warnings: Vec::new(),
            disposition: WriteDisposition::Append,
        }
    }

    fn add(&self, parent: usize, values: &[i64]) {
        self.values.lock().unwrap()[parent].extend(values);
    }

    /// Loads the rows of these parent rows; `is_own` enables a cursor for each of them.
    fn run(&mut self, parents: &[usize], is_own: bool) -> String {
        let parent =
            |id: &usize| Value::object([("id", Value::from(*id as u64)), ("name", Value::from(self.loaded.len() as u64))]);
        let parents = Resource::rows("parent", parents.iter().map(parent).collect::<Vec<_>>()).selected(false);
        let values = Arc::clone(&self.values);
        let events = Resource::transformer("events", "parent", move |row: Row, start: &ResumePoint| {
            let parent = row.get("id").and_then(|id| id.as_i64()).unwrap();
            let since = start.last_value.as_ref().and_then(Value::as_i64).unwrap();
            let of_parent = values.lock().unwrap()[parent as usize].clone();
            let rows = of_parent.into_iter().enumerate().filter(|(_, at)| *at >= since);
            let row = |(index, at)| Value::object([("id", Value::from(format!("{parent}.{index}"))), ("at", Value::from(at))]);
            stream::iter([Ok::<_, Infallible>(rows.map(row).collect::<Vec<_>>())])
        });
        let events =
            events.incremental(Incremental::new("at").initial_value(0)).primary_key(["id"]).write_disposition(self.disposition);
        let key = |row: &Row| row.get("id").unwrap_or_default();
        let events = if is_own { events.cursor_per_parent("id", key) } else { events };
        let source = Source::new("s").with_resource(parents).with_resource(events);
        let loaded = Mutex::new(Vec::new());
        let sink = |extracted| {
            if let ExtractEvent::Rows { batch, .. } = extracted {
                let ids = batch.rows.nodes().map(|row| row.get("id").unwrap().as_str().unwrap().into_owned());
                loaded.lock().unwrap().extend(ids);
            }
            ControlFlow::Continue(())
        };
        let keys = overflowing_entries(&source, &self.state);
        let known = keys.into_iter().map(|key| (key.clone(), self.tables.get(&key).cloned().unwrap_or_default())).collect();
        let mut run = Extraction::new(&source, &self.state, &known).unwrap();
        if self.is_interrupted {
            let row = Value::Array(vec![Value::object([("id", Value::from("0.0")), ("at", Value::from(0))])]);
            run.replay("events", Selection::from_document(Document::from_value(&row).unwrap()), 0).unwrap();
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let after = runtime.block_on(run.run(&MemoryBudget::new(1 << 20), &sink)).unwrap();
        (self.state, self.warnings, self.changes) = (after.state, after.warnings, after.boundaries);
        for change in &self.changes {
            let entries = self.tables.entry(change.key.clone()).or_default();
            if change.replaces {
                entries.clear();
            }
            entries.extend(change.entries.iter().cloned());
        }
        let loaded = loaded.into_inner().unwrap();
        self.loaded.extend(loaded.clone());
        loaded.join(" ")
    }

    /// Returns the number of parent cursors in the table.
    fn in_table(&self) -> usize {
        let of_parents = self.tables.iter().filter(|(key, _)| key.kind == CursorEntryKind::Parents);
        of_parents.map(|(_, entries)| entries.len()).sum()
    }

    /// Returns the mark of the parent cursors in the state.
    fn mark(&self) -> Option<Value> {
        self.state.resource("s", "events")?.get("_catchment")?.get("parents")?.get("at").cloned()
    }

    /// Returns true if the last run has changed the parent cursors in the table.
    fn has_changed_table(&self) -> bool {
        self.changes.iter().any(|change| change.key.kind == CursorEntryKind::Parents)
    }

    /// Runs `count` parent rows with one row each.
    fn many(count: usize) -> (World, Vec<usize>) {
        let (mut world, all) = (World::new(count), (0..count).collect::<Vec<_>>());
        all.iter().for_each(|parent| world.add(*parent, &[*parent as i64]));
        assert_eq!(world.run(&all, true).split(' ').count(), count);
        assert_eq!(world.warnings, []);
        (world, all)
    }

    #[track_caller]
    fn check(&mut self, parents: &[usize], expected: &str) {
        assert_eq!(self.run(parents, true), expected);
    }
}

#[test]
fn late_rows_of_a_slow_parent_are_loaded() {
    let mut world = World::new(3);
    world.add(0, &[301]);
    world.add(1, &[105]);
    world.check(&[0, 1], "0.0 1.0");
    world.add(1, &[105, 120]);
    world.check(&[0, 1], "1.1 1.2");
    world.check(&[0, 1], "");
    // a new parent row starts at the initial value
    world.add(2, &[1]);
    world.check(&[0, 1, 2], "2.0");
    let last = world
        .state
        .resource("s", "events")
        .and_then(|resource_state| resource_state.get("incremental")?.get("at")?.get("last_value").cloned());
    assert_eq!(last, Some(Value::from(301)), "as in dlt");
}

#[test]
fn a_cursor_that_another_tool_moved_applies_to_all_parents() {
    let mut world = World::new(2);
    world.add(0, &[10]);
    world.add(1, &[5]);
    world.check(&[0, 1], "0.0 1.0");
    world.add(0, &[20]);
    // with one cursor, as in dlt
    assert_eq!(world.run(&[0, 1], false), "0.1");
    world.add(0, &[20]);
    world.add(1, &[20, 30]);
    world.check(&[0, 1], "0.2 1.1 1.2");
    world.add(0, &[25]);
    world.check(&[0, 1], "0.3");
}

#[test]
fn late_rows_of_a_slow_parent_among_many_are_loaded() {
    let (mut world, all) = World::many(2500);
    assert!(world.state.to_value().to_string().len() < 2000, "the state stays small");
    assert_eq!(world.in_table(), 2500);
    world.check(&all, "");
    assert!(!world.has_changed_table(), "a run without new rows does not change the table");
    // rows before the last values of the others, and of a parent row that the previous run did not see
    world.add(7, &[7, 8]);
    world.add(2400, &[3000]);
    world.check(&all[..1000], "7.1 7.2");
    world.add(3, &[5]);
    world.check(&all, "3.1 2400.1");
    world.check(&all, "");
    assert_eq!((world.in_table(), world.warnings.len()), (2500, 0));
}

#[test]
fn many_parents_at_one_value_have_their_own_cursors() {
    let (mut world, all) = (World::new(1200), (0..1200).collect::<Vec<_>>());
    all.iter().for_each(|parent| world.add(*parent, &[5]));
    assert_eq!(world.run(&all, true).split(' ').count(), 1200);
    // in addition to the parent cursors, the resource has too many boundary rows for the state
    assert_eq!(world.tables.values().map(Vec::len).collect::<Vec<_>>(), [200, 1200]);
    world.add(9, &[5]);
    world.add(10, &[6]);
    world.check(&all, "9.1 10.1");
    world.add(11, &[5, 5]);
    world.check(&all, "11.1 11.2");
    world.check(&all, "");
    assert_eq!(world.warnings, []);
}

#[test]
fn many_boundary_rows_of_a_parent_are_deduplicated() {
    for disposition in [WriteDisposition::Append, WriteDisposition::Merge] {
        let mut world = World::new(2);
        world.disposition = disposition;
        world.add(0, &[5; 2500]);
        world.add(1, &[9]);
        assert_eq!(world.run(&[0, 1], true).split(' ').count(), 2501);
        assert_eq!((world.in_table(), world.warnings.len()), (2, 0));
        world.check(&[0, 1], "");
        world.add(0, &[5]);
        world.check(&[0, 1], "0.2500");
        world.check(&[0, 1], "");
    }
}

#[test]
fn parent_cursors_that_fit_into_the_state_again_leave_the_table() {
    let mut world = World::new(900);
    let all: Vec<usize> = (0..900).collect();
    all.iter().for_each(|parent| world.add(*parent, &[1, 1, 1]));
    assert_eq!(world.run(&all, true).split(' ').count(), 2700);
    assert_eq!(world.in_table(), 900);
    all.iter().for_each(|parent| world.add(*parent, &[2]));
    assert_eq!(world.run(&all, true).split(' ').count(), 900);
    assert_eq!(world.in_table(), 0);
    assert!(world.mark().unwrap().get("count").is_none());
    world.add(4, &[2]);
    world.check(&all, "4.4");
    assert!(!world.has_changed_table());
    world.check(&all, "");
}

#[track_caller]
fn check_ignored(change: impl FnOnce(&mut World), expected: &str) {
    let (mut world, all) = World::many(1500);
    change(&mut world);
    world.add(7, &[100, 2000]);
    // all parent rows start at the cursor of the resource
    world.check(&all, "7.2");
    let warnings: Vec<_> = world.warnings.iter().map(|warning| warning.message.as_str()).collect();
    assert!(warnings.len() == 1 && warnings[0].contains(expected), "{warnings:?}");
    assert_eq!(world.in_table(), 0, "one parent has moved, and fits into the state");
    world.add(8, &[1600]);
    world.check(&all, "8.1");
    assert_eq!(world.warnings, []);
}

#[test]
fn a_changed_table_of_parent_cursors_is_ignored() {
    let lost = "has 0 parent cursors instead of the 1500 that the last run stored for the cursor `at`";
    check_ignored(|world| world.tables.clear(), lost);
    check_ignored(|world| drop(world.tables.values_mut().map(Vec::pop).collect::<Vec<_>>()), "has 1499 parent cursors");
    let other = |world: &mut World| world.tables.values_mut().for_each(|entries| entries[0].cursor = Some("[0,1,[],[]]".into()));
    check_ignored(other, "has other parent cursors than the last run stored for the cursor `at`");
}

#[test]
fn many_parents_start_where_another_tool_moved_the_cursor() {
    let (mut world, all) = World::many(1500);
    world.add(0, &[2000]);
    assert_eq!(world.run(&all, false), "0.1");
    world.add(1, &[100, 2000]);
    world.check(&all, "1.2");
    assert_eq!((world.in_table(), world.warnings.len()), (0, 0));
}

#[test]
fn a_resumed_run_warns_that_parents_share_a_cursor() {
    let (mut world, all) = World::many(1500);
    world.is_interrupted = true;
    world.add(7, &[2000]);
    world.check(&all, "7.1");
    let warning = world.warnings.first().map(|warning| warning.message.clone()).unwrap_or_default();
    assert!(warning.contains("because this run resumed an interrupted one"), "{warning}");
    assert_eq!((world.in_table(), world.mark()), (0, None));
}

#[test]
fn a_parent_that_appears_twice_in_a_run_has_one_cursor() {
    for disposition in [WriteDisposition::Append, WriteDisposition::Merge] {
        let mut world = World::new(2);
        world.disposition = disposition;
        world.add(0, &[1, 5]);
        world.add(1, &[9]);
        world.check(&[0, 1, 0], "0.0 0.1 1.0 0.0 0.1");
        world.check(&[0, 1, 0], "");
        world.add(0, &[5]);
        world.check(&[0, 0, 1], "0.2 0.2");
        world.check(&[0, 1, 0], "");
    }
}

#[test]
fn a_refresh_removes_the_parent_cursors() {
    let (mut world, all) = World::many(1500);
    world.state.set_resource("s", "events", None);
    assert_eq!(world.run(&all, true).split(' ').count(), 1500);
    world.check(&all, "");
    assert_eq!((world.in_table(), world.warnings.len()), (1500, 0));
}

/// New rows as pairs of parent row and step from its last cursor value, and the parent rows of a run.
fn round() -> impl Strategy<Value = (Vec<(usize, i64)>, Vec<usize>)> {
    (prop::collection::vec((0usize..3, 0i64..3), 0..6), prop::sample::subsequence(vec![0, 1, 2], 0..=3))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn each_row_of_each_parent_is_loaded_once(rounds in prop::collection::vec(round(), 1..8), is_merge in any::<bool>()) {
        let mut world = World::new(3);
        if is_merge {
            world.disposition = WriteDisposition::Merge;
        }
        for (new, parents) in rounds.into_iter().chain([(Vec::new(), vec![0, 1, 2])]) {
            for (parent, step) in new {
                let last = world.values.lock().unwrap()[parent].last().copied().unwrap_or(0);
                world.add(parent, &[last + step]);
            }
            world.run(&parents, true);
        }
        prop_assert_eq!(world.run(&[0, 1, 2], true), "");
        let values = world.values.lock().unwrap().clone();
        let ids = values.iter().enumerate().flat_map(|(parent, rows)| (0..rows.len()).map(move |index| format!("{parent}.{index}")));
        let mut expected: Vec<String> = ids.collect();
        expected.sort_unstable();
        world.loaded.sort_unstable();
        prop_assert_eq!(world.loaded, expected);
    }
}
