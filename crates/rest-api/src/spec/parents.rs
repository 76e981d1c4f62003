//! Which resource is fed with the rows of which.

use std::collections::HashMap;

use super::{IncludedParentField, ResourceSpec};
use crate::SpecDiagnostic;
use crate::spec_schema::suggest;

/// How many resources may feed a resource, one by way of the other: each row leads to those of all of them.
const MAX_DEPTH: usize = 100;

/// How many names of resources an unknown one is compared with.
const MAX_COMPARED: usize = 1000;

/// After how many mistakes unknown names are not compared with others any more.
const MAX_HINTS: usize = 100;

/// Finds the parent of each resource: the one whose fields its requests or its rows have. Where they have those of several,
/// these must feed one another, and the last of them is the parent.
pub(super) fn resolve_parents(resources: &mut [ResourceSpec], diagnostics: &mut Vec<SpecDiagnostic>) {
    let names: Vec<String> = resources.iter().map(|resource| resource.name.clone()).collect();
    let mut index_by_name = HashMap::new();
    for (index, name) in names.iter().enumerate() {
        index_by_name.entry(name.as_str()).or_insert(index);
    }
    let wanted: Vec<Vec<(String, String)>> = resources
        .iter()
        .enumerate()
        .map(|(index, resource)| {
            known_references(&format!("resources[{index}]"), references(resource), (&names, &index_by_name), diagnostics)
        })
        .collect();
    let index_of = |name: &str| index_by_name.get(name).copied();
    let mut parents: Vec<Option<usize>> = vec![None; resources.len()];
    // A parent among several can be told once their own are known, so it is gone over until nothing is new.
    for _ in 0..resources.len() {
        let mut has_new = false;
        for (index, wanted) in wanted.iter().enumerate() {
            let candidates: Vec<usize> = wanted.iter().filter_map(|(_, name)| index_of(name)).collect();
            let covers = |of: usize| candidates.iter().all(|other| *other == of || has_ancestor(of, *other, &parents));
            if let Some(parent) = candidates.iter().copied().find(|candidate| covers(*candidate))
                && let Some(slot) = parents.get_mut(index)
            {
                has_new |= *slot != Some(parent);
                *slot = Some(parent);
            }
        }
        if !has_new {
            break;
        }
    }
    for (index, (resource, wanted)) in resources.iter_mut().zip(&wanted).enumerate() {
        let at = format!("resources[{index}]");
        resource.parent = parents.get(index).copied().flatten().and_then(|parent| names.get(parent).cloned());
        if let (Some((key, _)), None) = (wanted.first(), &resource.parent) {
            let mut named: Vec<_> = wanted.iter().map(|(_, name)| format!("`{name}`")).collect();
            named.dedup();
            let problem = format!(
                "it takes fields of {}, and none of them is fed with the rows of all others; a resource is fed by one, and by those \
                 that feed it",
                named.join(" and ")
            );
            diagnostics.push(SpecDiagnostic::new(format!("{at}.{key}"), problem));
        }
        if resource.parent.is_none() && resource.include_from_parent.iter().any(|include| include.resource.is_none()) {
            let problem = "it has no parent: nothing of its endpoint takes a field of another resource";
            diagnostics.push(SpecDiagnostic::new(format!("{at}.include_from_parent"), problem));
        }
        if ancestors(index, &parents).nth(MAX_DEPTH).is_some() && !has_ancestor(index, index, &parents) {
            let problem =
                format!("more than {MAX_DEPTH} resources feed it, one by way of the other; take fields of one further up");
            let key = wanted.first().map_or("endpoint", |(key, _)| key.as_str());
            diagnostics.push(SpecDiagnostic::new(format!("{at}.{key}"), problem));
        }
        if has_ancestor(index, index, &parents) {
            let problem = format!("it is fed with its own rows: {}", cycle(index, &parents, &names));
            let key = wanted.first().map_or("endpoint", |(key, _)| key.as_str());
            diagnostics.push(SpecDiagnostic::new(format!("{at}.{key}"), problem));
        }
    }
}

/// The resources whose fields a resource takes, each with the key that does.
fn references(resource: &ResourceSpec) -> Vec<(String, String)> {
    let mut references = Vec::new();
    resource.endpoint.for_each_template(&mut |key, template| {
        references.extend(template.resources().map(|name| (format!("endpoint.{key}"), name.to_owned())));
    });
    let includes = resource.include_from_parent.iter().filter_map(|IncludedParentField { resource, .. }| resource.clone());
    references.extend(includes.map(|name| ("include_from_parent".to_owned(), name)));
    references
}

/// Those of them that there are.
fn known_references(
    at: &str,
    references: Vec<(String, String)>,
    (names, index_by_name): (&[String], &HashMap<&str, usize>),
    diagnostics: &mut Vec<SpecDiagnostic>,
) -> Vec<(String, String)> {
    let is_known = |(_, name): &(String, String)| index_by_name.contains_key(name.as_str());
    let (known, unknown): (Vec<_>, Vec<_>) = references.into_iter().partition(is_known);
    for (key, name) in unknown {
        // comparing each of thousands of unknown names with thousands of others would take hours
        let names: Vec<_> = names.iter().take(MAX_COMPARED).map(String::as_str).collect();
        let problem = match diagnostics.len() {
            0..MAX_HINTS => format!("there is no resource {name:?}; {}", suggest(&name, &names)),
            _ => format!("there is no resource {name:?}"),
        };
        diagnostics.push(SpecDiagnostic::new(format!("{at}.{key}"), problem));
    }
    known
}

/// Whether `ancestor` feeds `of`, by way of others or not.
fn has_ancestor(of: usize, ancestor: usize, parents: &[Option<usize>]) -> bool {
    ancestors(of, parents).any(|parent| parent == ancestor)
}

/// The parents of a resource, the nearest first; each once where they go in a circle, but for its beginning.
fn ancestors(of: usize, parents: &[Option<usize>]) -> impl Iterator<Item = usize> + '_ {
    let first = parents.get(of).copied().flatten();
    std::iter::successors(first, move |at| parents.get(*at).copied().flatten()).take(parents.len())
}

fn cycle(of: usize, parents: &[Option<usize>], names: &[String]) -> String {
    let name = |index: usize| names.get(index).cloned().unwrap_or_default();
    let mut path = vec![name(of)];
    for parent in ancestors(of, parents) {
        path.push(name(parent));
        if parent == of {
            break;
        }
    }
    path.join(" from ")
}
