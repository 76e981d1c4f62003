//! Which resources a pipeline has loaded: its own tables are those of these resources.
//!
//! Several pipelines may load sources of one name into a dataset. They share its schema, so the schema does not tell whose
//! a table is. The document has `{"_catchment": {"loaded": {SOURCE: {RESOURCE: true}}}}`; the reference keeps the key.

use std::collections::BTreeSet;

use catchment_json::{Object, Value};

use crate::document::with_child;
use crate::{CATCHMENT_KEY, State};

const LOADED_KEY: &str = "loaded";

impl State {
    /// Returns the resources of `source` whose rows the pipeline has loaded, as far as it is known: the reference, and earlier
    /// versions, do not note them.
    pub fn loaded_resources(&self, source: &str) -> BTreeSet<&str> {
        let resources = self.all_loaded().and_then(|sources| sources.get(source)?.as_object());
        resources.into_iter().flat_map(|resources| resources.keys().map(String::as_str)).collect()
    }

    /// Notes that the pipeline loads rows of `resource` of `source`.
    pub fn mark_resource_loaded(&mut self, source: &str, resource: &str) {
        with_child(self.document_mut(), CATCHMENT_KEY, |own| {
            with_child(own, LOADED_KEY, |sources| {
                with_child(sources, source, |resources| resources.insert(resource.to_owned(), Value::Bool(true)));
            });
        });
    }

    /// Forgets `resource`, or all resources of `source`.
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

    /// Makes the same changes that `ours` has made since `base`.
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

/// Sources and their resources.
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
    fn loaded_resources_are_stored_under_a_key_of_our_own() {
        let resource_state = state(&["b", "a"]).to_value().get("_catchment").map(Value::to_string);
        assert_eq!(resource_state.as_deref(), Some(r#"{"loaded":{"s":{"b":true,"a":true}}}"#));
        assert!(!state(&["a"]).clone().update_version(), "what is noted once more is no change");
    }

    #[test]
    fn a_source_that_is_dropped_is_forgotten_and_others_are_not() {
        let mut resource_state = state(&["a"]);
        resource_state.mark_resource_loaded("other", "x");
        resource_state.drop_source("s");
        assert!(resource_state.loaded_resources("s").is_empty());
        assert_eq!(resource_state.loaded_resources("other"), ["x"].into());
        assert_eq!(State::new("p", "d", "t").loaded_resources("s"), [].into());
    }

    #[test]
    fn runs_of_other_resources_keep_what_each_has_loaded() {
        #[track_caller]
        fn check(base: &[&str], ours: &[&str], theirs: &[&str], expected: &[&str]) {
            let merged = state(ours).merge(&state(base), &state(theirs)).unwrap();
            assert_eq!(merged.loaded_resources("s"), expected.iter().copied().collect());
        }
        check(&[], &["a"], &["b"], &["a", "b"]);
        check(&["x"], &["a", "x"], &["b", "x"], &["a", "b", "x"]);
        // ours started over
        check(&["x", "y"], &["x"], &["x", "y", "b"], &["x", "b"]);
    }
}
