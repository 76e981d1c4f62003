//! Merging of the states of concurrent runs.

use std::collections::BTreeSet;

use catchment_json::Value;
use thiserror::Error;

use crate::{State, loaded_ranges};

/// A conflict between two runs that advanced the state of the same resource. Both contain the same rows, even if they
/// advanced it to the same point.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("another run has changed the state of resource `{resource}` of source `{source_name}` in the meantime")]
pub struct MergeConflict {
    /// The name of the source.
    pub source_name: String,
    /// The name of the resource.
    pub resource: String,
}

impl State {
    /// Applies the changes of this state since `base` to `theirs`, the state that another run stored in the meantime.
    ///
    /// # Errors
    ///
    /// Returns an error if both runs changed the same resource, even to the same state: both contain the same rows.
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
                [base, self, theirs].map(|state| state.source(source).and_then(|source_state| source_state.get(*key)));
            // Values of a source concern all its resources, so the last writer wins.
            if ours != was && now != ours {
                merged.set_source_value(source, key, ours.cloned());
            }
        }
        merged.merge_loaded(base, self);
        merged.update_version();
        Ok(merged)
    }
}

/// Returns pairs of source and key for all values beside `resources`.
fn source_values(state: &State) -> BTreeSet<(&str, &str)> {
    let sources = state.sources().into_iter().flatten();
    sources
        .flat_map(|(source, source_state)| {
            let keys = source_state.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
            keys.filter(|key| *key != "resources").map(move |key| (source.as_str(), key))
        })
        .collect()
}

fn resources(state: &State) -> BTreeSet<(&str, &str)> {
    let sources = state.sources().into_iter().flatten();
    sources
        .flat_map(|(source, source_state)| {
            let resources = source_state.get("resources").and_then(Value::as_object).into_iter().flatten();
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
    fn changes_of_different_resources_are_merged() {
        check(&[("a", 1), ("b", 1)], &[("a", 2), ("b", 1)], &[("a", 1), ("b", 3)], Ok(&[("a", 2), ("b", 3)]));
        check(&[], &[("a", 1)], &[("b", 1)], Ok(&[("b", 1), ("a", 1)]));
    }

    #[test]
    fn values_of_sources_are_merged() {
        let with = |key: &str, value: i64| {
            let mut state = state(&[("a", 1)]);
            state.set_source_value("s", key, Some(Value::from(value)));
            state.update_version();
            state
        };
        let merged = with("x", 2).merge(&with("x", 1), &with("y", 3)).unwrap();
        let source_state = merged.source("s").map(|source_state| Value::Object(source_state.clone()).to_string());
        assert_eq!(source_state.as_deref(), Some(r#"{"resources":{"a":{"at":1}},"y":3,"x":2}"#));
    }

    #[test]
    fn loaded_ranges_are_merged() {
        let with_ranges = |cursor: i64, ranges: &[&str]| {
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
            with_ranges(1, &["a"]),
            with_ranges(1, &["a", "b"]),
            with_ranges(1, &["a", "c"]),
            Some(with_ranges(1, &["a", "b", "c"])),
        );
        check(with_ranges(1, &[]), with_ranges(2, &[]), with_ranges(1, &["c"]), Some(with_ranges(2, &["c"])));
        check(with_ranges(1, &[]), with_ranges(1, &["c"]), with_ranges(2, &[]), Some(with_ranges(2, &["c"])));
        // adjacent ranges were merged into one
        check(
            with_ranges(1, &["ab"]),
            with_ranges(1, &["ac"]),
            with_ranges(1, &["ab", "de"]),
            Some(with_ranges(1, &["ac", "de"])),
        );
        // both contain the same rows
        check(with_ranges(1, &[]), with_ranges(1, &["a"]), with_ranges(1, &["a"]), None);
        check(with_ranges(1, &[]), with_ranges(2, &["a"]), with_ranges(3, &["b"]), None);
    }

    #[test]
    fn equal_changes_of_one_resource_are_a_conflict() {
        check(&[("a", 1)], &[("a", 2)], &[("a", 2)], Err("a"));
    }

    #[test]
    fn different_changes_of_one_resource_are_a_conflict() {
        check(&[("a", 1)], &[("a", 2)], &[("a", 3)], Err("a"));
        check(&[], &[("a", 2)], &[("a", 3)], Err("a"));
    }
}
