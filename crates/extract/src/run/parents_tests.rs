//! Each parent has a cursor: whatever comes late to one of them is loaded once.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use catchment_json::Value;
use catchment_schema::WriteDisposition;
use catchment_state::State;
use futures_util::stream;
use proptest::prelude::*;

use super::tests::{extract, fresh};
use crate::{Extracted, Incremental, Resource, Row, Source, Start, Warning};

/// The values of the cursor of each parent's rows. The id of a row is that of its parent and its place in it.
type Values = Arc<Mutex<Vec<Vec<i64>>>>;

struct World {
    values: Values,
    state: State,
    loaded: Vec<String>,
    warnings: Vec<Warning>,
    disposition: WriteDisposition,
}

impl World {
    fn new(parents: usize) -> World {
        let values = Arc::new(Mutex::new(vec![Vec::new(); parents]));
        World { values, state: fresh(), loaded: Vec::new(), warnings: Vec::new(), disposition: WriteDisposition::Append }
    }

    fn add(&self, parent: usize, values: &[i64]) {
        self.values.lock().unwrap()[parent].extend(values);
    }

    /// Loads the rows of these parents; `is_own` says whether each has a cursor.
    fn run(&mut self, parents: &[usize], is_own: bool) -> String {
        let parent =
            |id: &usize| Value::object([("id", Value::from(*id as u64)), ("name", Value::from(self.loaded.len() as u64))]);
        let parents = Resource::rows("parent", parents.iter().map(parent).collect::<Vec<_>>()).selected(false);
        let values = Arc::clone(&self.values);
        let events = Resource::transformer("events", "parent", move |row: Row, start: &Start| {
            let parent = row.get("id").and_then(|id| id.as_i64()).unwrap();
            let since = start.last_value.as_ref().and_then(Value::as_i64).unwrap();
            let of_parent = values.lock().unwrap()[parent as usize].clone();
            let rows = of_parent.into_iter().enumerate().filter(|(_, at)| *at >= since);
            let row = |(place, at)| Value::object([("id", Value::from(format!("{parent}.{place}"))), ("at", Value::from(at))]);
            stream::iter([Ok::<_, Infallible>(rows.map(row).collect::<Vec<_>>())])
        });
        let events =
            events.incremental(Incremental::new("at").initial_value(0)).primary_key(["id"]).write_disposition(self.disposition);
        let key = |row: &Row| row.get("id").unwrap_or_default();
        let events = if is_own { events.cursor_per_parent("id", key) } else { events };
        let source = Source::new("s").with(parents).with(events);
        let loaded = Mutex::new(Vec::new());
        let sink = |extracted| {
            if let Extracted::Rows { batch, .. } = extracted {
                let ids = batch.rows.nodes().map(|row| row.get("id").unwrap().text().unwrap().into_owned());
                loaded.lock().unwrap().extend(ids);
            }
            ControlFlow::Continue(())
        };
        let after = extract(&source, &self.state, &sink).unwrap();
        (self.state, self.warnings) = (after.state, after.warnings);
        let loaded = loaded.into_inner().unwrap();
        self.loaded.extend(loaded.clone());
        loaded.join(" ")
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
    // a new parent starts at the initial value
    world.add(2, &[1]);
    world.check(&[0, 1, 2], "2.0");
    let last =
        world.state.resource("s", "events").and_then(|kept| kept.get("incremental")?.get("at")?.get("last_value").cloned());
    assert_eq!(last, Some(Value::from(301)), "as the reference keeps it");
}

#[test]
fn a_cursor_that_another_tool_moved_counts_for_all_parents() {
    let mut world = World::new(2);
    world.add(0, &[10]);
    world.add(1, &[5]);
    world.check(&[0, 1], "0.0 1.0");
    world.add(0, &[20]);
    // with one cursor, as the reference has it
    assert_eq!(world.run(&[0, 1], false), "0.1");
    world.add(0, &[20]);
    world.add(1, &[20, 30]);
    world.check(&[0, 1], "0.2 1.1 1.2");
    world.add(0, &[25]);
    world.check(&[0, 1], "0.3");
}

#[test]
fn too_many_parents_share_a_cursor_and_say_so() {
    let count = 1500;
    let mut world = World::new(count);
    let all: Vec<usize> = (0..count).collect();
    all.iter().for_each(|parent| world.add(*parent, &[*parent as i64]));
    assert_eq!(world.run(&all, true).split(' ').count(), count);
    let warning = world.warnings.first().map(|warning| warning.message.clone()).unwrap_or_default();
    assert!(warning.starts_with("the cursor `at` is kept for all parents together"), "{warning}");
    assert!(world.state.to_value().to_string().len() < 2000);
    world.add(7, &[2000]);
    world.check(&all, "7.1");
}

/// New rows for a parent: the steps of the cursor from its last row, and which parents the run sees.
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
        let ids = values.iter().enumerate().flat_map(|(parent, rows)| (0..rows.len()).map(move |place| format!("{parent}.{place}")));
        let mut expected: Vec<String> = ids.collect();
        expected.sort_unstable();
        world.loaded.sort_unstable();
        prop_assert_eq!(world.loaded, expected);
    }
}
