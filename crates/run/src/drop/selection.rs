//! Selection of the resources to drop.

use std::collections::BTreeSet;

use catchment_state::State;

use super::pattern::ResourcePattern;
use super::request::DropRequest;
use super::schema_group::{SchemaGroup, suggest};

/// The resources to drop.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Selection {
    /// The resources of each schema, in the order of the schemas.
    pub(super) resources: Vec<BTreeSet<String>>,
    /// Warnings about patterns that match nothing and resources that are kept.
    pub(super) warnings: Vec<String>,
}

/// Selects the resources that a request drops.
pub(super) fn select(request: &DropRequest, groups: &[SchemaGroup<'_>], state: &State) -> Selection {
    let mut warnings = Vec::new();
    if request.drop_all {
        let resources = groups.iter().map(|group| own_resources(group, state, &mut warnings)).collect();
        return Selection { resources, warnings };
    }
    let known: BTreeSet<&str> = groups.iter().flat_map(|group| group.known_resources(state)).collect();
    for pattern in request.resources.iter().filter(|pattern| !known.iter().any(|name| pattern.matches(name))) {
        warnings.push(unmatched(pattern, &known));
    }
    let is_selected = |name: &&str| request.resources.iter().any(|pattern| pattern.matches(name));
    let matched = |group: &SchemaGroup<'_>| -> BTreeSet<String> {
        group.known_resources(state).into_iter().filter(is_selected).map(str::to_owned).collect()
    };
    Selection { resources: groups.iter().map(matched).collect(), warnings }
}

/// Returns the resources of a schema that belong to the pipeline. Pipelines whose sources have the same name share a schema,
/// so the resources that the pipeline has recorded as loaded decide. dlt does not record them: without a record, all
/// resources belong to the pipeline.
fn own_resources(group: &SchemaGroup<'_>, state: &State, warnings: &mut Vec<String>) -> BTreeSet<String> {
    let has_record = group.sources.iter().any(|source| !state.loaded_resources(source).is_empty());
    let own: BTreeSet<&str> = group.sources.iter().flat_map(|source| state.known_resources(source)).collect();
    let is_own = |name: &&str| !has_record || own.contains(name);
    let (own, others): (BTreeSet<&str>, BTreeSet<&str>) = group.known_resources(state).into_iter().partition(is_own);
    warnings.extend(others.iter().map(|other| {
        format!(
            "resource `{other}` of schema `{}` is kept: this pipeline has no record of loading it, and another pipeline may \
             have loaded it; name the resource to drop it",
            group.name
        )
    }));
    own.into_iter().map(str::to_owned).collect()
}

fn unmatched(pattern: &ResourcePattern, known: &BTreeSet<&str>) -> String {
    match pattern.as_exact() {
        Some(name) if !known.is_empty() => format!("resource `{name}` does not exist in the pipeline; {}", suggest(name, known)),
        Some(name) => format!("resource `{name}` does not exist in the pipeline, which has no resources"),
        None => format!("pattern `{pattern}` matches no resource of the pipeline"),
    }
}
