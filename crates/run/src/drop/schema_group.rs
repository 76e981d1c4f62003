//! Schemas with their sources.

use std::collections::{BTreeMap, BTreeSet};

use catchment_schema::{Schema, is_system_table, naming};
use catchment_state::State;

use super::error::DropError;
use crate::plan::StoredPipeline;

/// A schema and the sources of a pipeline that load into it, usually one.
#[derive(Debug)]
pub(super) struct SchemaGroup<'s> {
    pub(super) name: String,
    /// The stored schema, or `None` if the dataset has none.
    pub(super) schema: Option<&'s Schema>,
    /// The names of the sources in the state.
    pub(super) sources: BTreeSet<String>,
}

impl SchemaGroup<'_> {
    /// Returns the resources of the schema, and those of the sources in the state.
    pub(super) fn known_resources<'g>(&'g self, state: &'g State) -> BTreeSet<&'g str> {
        let tables = self.schema.into_iter().flat_map(Schema::data_tables).filter(|table| !is_system_table(&table.name));
        let of_tables = tables.filter_map(|table| table.resource.as_deref().filter(|_| table.parent.is_none()));
        of_tables.chain(self.sources.iter().flat_map(|source| state.known_resources(source))).collect()
    }
}

/// Groups the sources of a pipeline by schema.
///
/// # Errors
///
/// Returns an error if `only` is neither the name of a source nor that of a schema.
pub(super) fn schema_groups<'s>(
    stored: &'s StoredPipeline,
    state: &State,
    only: Option<&str>,
) -> Result<Vec<SchemaGroup<'s>>, DropError> {
    let mut groups: BTreeMap<String, BTreeSet<String>> =
        stored.schemas.keys().map(|name| (name.clone(), BTreeSet::new())).collect();
    for source in state.source_names() {
        groups.entry(naming::normalize_identifier(source)).or_default().insert(source.to_owned());
    }
    let all: BTreeSet<String> = groups.iter().flat_map(|(name, sources)| sources.iter().chain([name])).cloned().collect();
    if let Some(only) = only {
        groups.retain(|name, sources| {
            let is_schema = name == only;
            sources.retain(|source| is_schema || source == only);
            is_schema || !sources.is_empty()
        });
    }
    match only {
        Some(only) if groups.is_empty() => Err(DropError::UnknownSource { name: only.to_owned(), hint: suggest(only, &all) }),
        _ => {
            let group =
                |(name, sources): (String, BTreeSet<String>)| SchemaGroup { schema: stored.schemas.get(&name), name, sources };
            Ok(groups.into_iter().map(group).collect())
        }
    }
}

/// Returns a hint with the name that is most similar to `found`, or with all names.
pub(super) fn suggest<N: AsRef<str>>(found: &str, names: &BTreeSet<N>) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match naming::nearest(found, names.iter().copied(), 500) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None if names.is_empty() => "it has none".to_owned(),
        None => format!("it has `{}`", names.join("`, `")),
    }
}

#[cfg(test)]
mod tests {
    use catchment_schema::Schema;
    use catchment_state::State;

    use super::schema_groups;
    use crate::plan::StoredPipeline;

    #[track_caller]
    fn check(only: Option<&str>, expected: &str) {
        let mut state = State::new("p", "d", "t");
        for source in ["github", "My Source", "my_source"] {
            state.mark_resource_loaded(source, "r");
        }
        let schemas = ["github", "jira"].map(|name| (name.to_owned(), Schema::new(name)));
        let stored = StoredPipeline { state: None, schemas: schemas.into(), last_load_id: None };
        let found = schema_groups(&stored, &state, only).map_or_else(
            |error| error.to_string(),
            |groups| {
                let shown = groups.iter().map(|group| {
                    let sources: Vec<&str> = group.sources.iter().map(String::as_str).collect();
                    let is_stored = if group.schema.is_some() { "" } else { "?" };
                    format!("{}{is_stored}({})", group.name, sources.join(","))
                });
                shown.collect::<Vec<_>>().join(" ")
            },
        );
        assert_eq!(found, expected, "{only:?}");
    }

    #[test]
    fn sources_are_grouped_by_schema() {
        check(None, "github(github) jira() my_source?(My Source,my_source)");
        check(Some("github"), "github(github)");
        check(Some("My Source"), "my_source?(My Source)");
        check(Some("my_source"), "my_source?(My Source,my_source)");
        check(Some("githab"), r#"pipeline has no source "githab"; did you mean `github`?"#);
        check(Some("x"), r#"pipeline has no source "x"; it has `My Source`, `github`, `jira`, `my_source`"#);
    }
}
