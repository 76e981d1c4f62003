//! States of runs that did not know of each other.

use std::collections::BTreeSet;

use catchment_json::Value;
use thiserror::Error;

use crate::{State, loaded_ranges};

/// A resource that two runs moved on from the same point, be it to the same one: both hold the rows between.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("another run has moved on the state of resource `{resource}` of source `{source_name}` in the meantime")]
pub struct MergeConflict {
    /// The source.
    pub source_name: String,
    /// The resource.
    pub resource: String,
}

impl State {
    /// `theirs` with the resources that this state changed since `base`: what a run writes where another one
    /// of other resources has written in the meantime.
    ///
    /// # Errors
    ///
    /// Where both changed the same resource. That they agree does not help: each brings the same rows.
    pub fn merge(&self, base: &State, theirs: &State) -> Result<State, MergeConflict> {
        let mut merged = theirs.clone();
        for name in self.schema_names() {
            merged.add_schema(name);
        }
        for (source, resource) in resources(self).union(&resources(base)) {
            let [was, ours, now] = [base, self, theirs].map(|state| state.resource(source, resource));
            if ours == was {
                continue;
            }
            let conflict = || MergeConflict { source_name: (*source).to_owned(), resource: (*resource).to_owned() };
            let resource_state = match now == was {
                true => ours.cloned(),
                false => Some(loaded_ranges::merge(was, ours, now).ok_or_else(conflict)?),
            };
            merged.set_resource(source, resource, resource_state);
        }
        for (source, key) in source_values(self).union(&source_values(base)) {
            let [was, ours, now] =
                [base, self, theirs].map(|state| state.source(source).and_then(|resource_state| resource_state.get(*key)));
            // Values of a source are for all its resources, so the last one to set them is right.
            if ours != was && now != ours {
                merged.set_source_value(source, key, ours.cloned());
            }
        }
        merged.merge_loaded(base, self);
        merged.update_version();
        Ok(merged)
    }
}

/// The values that sources keep beside their resources.
fn source_values(state: &State) -> BTreeSet<(&str, &str)> {
    let sources = state.sources().into_iter().flatten();
    sources
        .flat_map(|(source, resource_state)| {
            let keys = resource_state.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
            keys.filter(|key| *key != "resources").map(move |key| (source.as_str(), key))
        })
        .collect()
}

fn resources(state: &State) -> BTreeSet<(&str, &str)> {
    let sources = state.sources().into_iter().flatten();
    sources
        .flat_map(|(source, resource_state)| {
            let resources = resource_state.get("resources").and_then(Value::as_object).into_iter().flatten();
            resources.map(move |(resource, _)| (source.as_str(), resource.as_str()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use catchment_json::{Object, Value};

    use crate::State;

    fn state(cursors: &[(&str, i64)]) -> State {
        let mut state = State::new("p", "d", "t");
        for (resource, cursor) in cursors {
            state.set_resource("s", resource, Some(Object::from_iter([("at".to_owned(), Value::from(*cursor))])));
        }
        state.update_version();
        state
    }

    fn check(base: &[(&str, i64)], ours: &[(&str, i64)], theirs: &[(&str, i64)], expected: Result<&[(&str, i64)], &str>) {
        let merged = state(ours).merge(&state(base), &state(theirs));
        match (merged, expected) {
            (Ok(merged), Ok(expected)) => {
                assert_eq!(merged.hash(), state(expected).hash(), "{:?}", merged.to_value());
            }
            (Err(conflict), Err(resource)) => assert_eq!(conflict.resource, resource),
            (found, expected) => panic!("{found:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn resources_of_both_runs_move_on() {
        check(&[("a", 1), ("b", 1)], &[("a", 2), ("b", 1)], &[("a", 1), ("b", 3)], Ok(&[("a", 2), ("b", 3)]));
        check(&[], &[("a", 1)], &[("b", 1)], Ok(&[("b", 1), ("a", 1)]));
    }

    #[test]
    fn values_of_sources_are_kept_too() {
        let with = |key: &str, value: i64| {
            let mut state = state(&[("a", 1)]);
            state.set_source_value("s", key, Some(Value::from(value)));
            state.update_version();
            state
        };
        let merged = with("x", 2).merge(&with("x", 1), &with("y", 3)).unwrap();
        let resource_state = merged.source("s").map(|resource_state| Value::Object(resource_state.clone()).to_string());
        assert_eq!(resource_state.as_deref(), Some(r#"{"resources":{"a":{"at":1}},"y":3,"x":2}"#));
    }

    #[test]
    fn ranges_that_were_loaded_once_are_put_together() {
        let resource_state = |cursor: i64, ranges: &[&str]| {
            let ranges = Value::object(ranges.iter().map(|range| (*range, Value::Bool(true))));
            let own = Value::object([("windows", Value::object([("at", ranges)]))]);
            let mut state = State::new("p", "d", "t");
            let resource_state = [("at".to_owned(), Value::from(cursor)), ("_catchment".to_owned(), own)];
            state.set_resource("s", "r", Some(Object::from_iter(resource_state)));
            state.update_version();
            state
        };
        let check = |base: State, ours: State, theirs: State, expected: Option<State>| {
            let merged = ours.merge(&base, &theirs).ok();
            let shown = |state: Option<State>| state.map(|state| format!("{:?}", state.source("s")));
            assert_eq!(shown(merged), shown(expected));
        };
        check(
            resource_state(1, &["a"]),
            resource_state(1, &["a", "b"]),
            resource_state(1, &["a", "c"]),
            Some(resource_state(1, &["a", "b", "c"])),
        );
        check(resource_state(1, &[]), resource_state(2, &[]), resource_state(1, &["c"]), Some(resource_state(2, &["c"])));
        check(resource_state(1, &[]), resource_state(1, &["c"]), resource_state(2, &[]), Some(resource_state(2, &["c"])));
        // ranges that meet have become one
        check(
            resource_state(1, &["ab"]),
            resource_state(1, &["ac"]),
            resource_state(1, &["ab", "de"]),
            Some(resource_state(1, &["ac", "de"])),
        );
        // both hold the same rows
        check(resource_state(1, &[]), resource_state(1, &["a"]), resource_state(1, &["a"]), None);
        check(resource_state(1, &[]), resource_state(2, &["a"]), resource_state(3, &["b"]), None);
    }

    #[test]
    fn the_same_step_of_two_copies_is_a_conflict() {
        check(&[("a", 1)], &[("a", 2)], &[("a", 2)], Err("a"));
    }

    #[test]
    fn two_steps_of_one_resource_are_a_conflict() {
        check(&[("a", 1)], &[("a", 2)], &[("a", 3)], Err("a"));
        check(&[], &[("a", 2)], &[("a", 3)], Err("a"));
    }
}
