//! The resources that a pipeline has loaded, which identify its tables.
//!
//! Pipelines whose sources have the same name share a schema in the dataset, so the schema cannot tell which pipeline
//! loaded a table. The document therefore stores `{"_catchment": {"loaded": {SOURCE: {RESOURCE: true}}}}`, a key that
//! dlt preserves.

use std::collections::BTreeSet;

use catchment_json::{Object, Value};

use crate::document::with_child;
use crate::{CATCHMENT_KEY, State};

const LOADED_KEY: &str = "loaded";

impl State {
    /// Returns the resources of `source` that the pipeline has loaded. Incomplete if dlt or an earlier version, which
    /// do not record them, loaded some.
    pub fn loaded_resources(&self, source: &str) -> BTreeSet<&str> {
        let resources = self.all_loaded().and_then(|sources| sources.get(source)?.as_object());
        resources.into_iter().flat_map(|resources| resources.keys().map(String::as_str)).collect()
    }

    /// Returns the resources of `source` that belong to the pipeline: those that it has loaded, and those with state.
    ///
    /// ```
    /// use catchment_json::Object;
    /// use catchment_state::State;
    ///
    /// let mut state = State::new("rivers", "rivers_dataset", "dlt.destinations.duckdb");
    /// state.mark_resource_loaded("rest_api", "stations");
    /// state.set_resource("rest_api", "gauges", Some(Object::new()));
    /// assert_eq!(state.known_resources("rest_api"), ["gauges", "stations"].into());
    /// ```
    pub fn known_resources(&self, source: &str) -> BTreeSet<&str> {
        let stored = self.source(source).and_then(|source| source.get("resources")?.as_object());
        let stored = stored.into_iter().flat_map(|resources| resources.keys().map(String::as_str));
        self.loaded_resources(source).into_iter().chain(stored).collect()
    }

    /// Returns the names of the sources that have state or whose resources the pipeline has loaded.
    pub fn source_names(&self) -> BTreeSet<&str> {
        let sources = [self.sources(), self.all_loaded()].into_iter().flatten();
        sources.flat_map(|sources| sources.keys().map(String::as_str)).collect()
    }

    /// Records that the pipeline loads rows of `resource` in `source`.
    pub fn mark_resource_loaded(&mut self, source: &str, resource: &str) {
        with_child(self.document_mut(), CATCHMENT_KEY, |own| {
            with_child(own, LOADED_KEY, |sources| {
                with_child(sources, source, |resources| resources.insert(resource.to_owned(), Value::Bool(true)));
            });
        });
    }

    /// Removes the record of `resource`, or of all resources of `source`.
    pub(crate) fn remove_loaded(&mut self, source: &str, resource: Option<&str>) {
        if !self.loaded_resources(source).is_empty() {
            with_child(self.document_mut(), CATCHMENT_KEY, |own| {
                with_child(own, LOADED_KEY, |sources| match (resource, sources.get_mut(source)) {
                    (Some(resource), Some(Value::Object(resources))) => drop(resources.shift_remove(resource)),
                    _ => drop(sources.shift_remove(source)),
                });
            });
        }
    }

    /// Applies the changes that `ours` made since `base`.
    pub(crate) fn merge_loaded(&mut self, base: &State, ours: &State) {
        let [was, now] = [base, ours].map(loaded_pairs);
        for (source, resource) in now.difference(&was) {
            self.mark_resource_loaded(source, resource);
        }
        for (source, resource) in was.difference(&now) {
            self.remove_loaded(source, Some(resource));
        }
    }

    fn all_loaded(&self) -> Option<&Object> {
        self.document().get(CATCHMENT_KEY)?.get(LOADED_KEY)?.as_object()
    }
}

/// Returns pairs of source and resource.
fn loaded_pairs(state: &State) -> BTreeSet<(&str, &str)> {
    let sources = state.all_loaded().into_iter().flat_map(Object::keys);
    sources
        .flat_map(|source| state.loaded_resources(source).into_iter().map(move |resource| (source.as_str(), resource)))
        .collect()
}

#[cfg(test)]
mod tests {
    use catchment_json::Value;

    use crate::State;

    fn state(loaded: &[&str]) -> State {
        let mut state = State::new("p", "d", "t");
        loaded.iter().for_each(|resource| state.mark_resource_loaded("s", resource));
        state.update_version();
        state
    }

    #[test]
    fn loaded_resources_are_stored_under_the_catchment_key() {
        let stored = state(&["b", "a"]).to_value().get("_catchment").map(Value::to_string);
        assert_eq!(stored.as_deref(), Some(r#"{"loaded":{"s":{"b":true,"a":true}}}"#));
        assert!(!state(&["a"]).clone().update_version(), "the version is up to date");
    }

    #[test]
    fn dropping_a_source_removes_only_its_own_resources() {
        let mut state = state(&["a"]);
        state.mark_resource_loaded("other", "x");
        state.drop_source("s");
        assert!(state.loaded_resources("s").is_empty());
        assert_eq!(state.loaded_resources("other"), ["x"].into());
        assert_eq!(State::new("p", "d", "t").loaded_resources("s"), [].into());
    }

    #[test]
    fn dropping_a_resource_removes_its_state_and_its_record() {
        #[track_caller]
        fn check(resource: &str, known: &[&str], is_changed: bool) {
            let mut state = state(&["a", "b"]);
            state.set_resource("s", "a", Some(catchment_json::Object::new()));
            let before = state.clone();
            state.drop_resource("s", resource);
            assert_eq!(state.known_resources("s"), known.iter().copied().collect());
            assert_eq!(state != before, is_changed);
        }
        check("a", &["b"], true);
        check("b", &["a"], true);
        check("x", &["a", "b"], false);
    }

    #[test]
    fn sources_with_state_or_loaded_resources_are_known() {
        let mut state = state(&["a"]);
        state.set_source_value("t", "x", Some(Value::from(1)));
        assert_eq!(state.source_names(), ["s", "t"].into());
        assert_eq!(State::new("p", "d", "t").source_names(), [].into());
    }

    #[test]
    fn loaded_resources_of_concurrent_runs_are_merged() {
        #[track_caller]
        fn check(base: &[&str], ours: &[&str], theirs: &[&str], expected: &[&str]) {
            let merged = state(ours).merge(&state(base), &state(theirs)).unwrap();
            assert_eq!(merged.loaded_resources("s"), expected.iter().copied().collect());
        }
        check(&[], &["a"], &["b"], &["a", "b"]);
        check(&["x"], &["a", "x"], &["b", "x"], &["a", "b", "x"]);
        // `ours` was refreshed
        check(&["x", "y"], &["x"], &["x", "y", "b"], &["x", "b"]);
    }
}
