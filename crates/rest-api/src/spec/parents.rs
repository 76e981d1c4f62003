//! Resolution of parent resources.

use std::collections::HashMap;

use super::{IncludedParentField, ResourceSpec};
use crate::SpecDiagnostic;
use crate::spec_schema::suggest;

/// The maximum number of ancestors of a resource. Each row keeps a reference to the rows of all of them.
const MAX_DEPTH: usize = 100;

/// The maximum number of resource names that an unknown name is compared with.
const MAX_COMPARED: usize = 1000;

/// The number of diagnostics after which unknown names get no suggestions.
const MAX_HINTS: usize = 100;

/// Resolves the parent of each resource from the fields it references. If it references several resources, they must be
/// ancestors of one another; the nearest is the parent.
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
    // The nearest of several ancestors is known once their own parents are, so repeat until nothing changes.
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
                "references fields of {}, but none of them is a descendant of all others; a resource can only reference its parent \
                 and the ancestors of its parent",
                named.join(" and ")
            );
            diagnostics.push(SpecDiagnostic::new(format!("{at}.{key}"), problem));
        }
        if resource.parent.is_none() && resource.include_from_parent.iter().any(|include| include.resource.is_none()) {
            let problem = "the resource has no parent: its endpoint references no field of another resource";
            diagnostics.push(SpecDiagnostic::new(format!("{at}.include_from_parent"), problem));
        }
        if ancestors(index, &parents).nth(MAX_DEPTH).is_some() && !has_ancestor(index, index, &parents) {
            let problem = format!("more than {MAX_DEPTH} ancestors; reference a field of a resource closer to the root");
            let key = wanted.first().map_or("endpoint", |(key, _)| key.as_str());
            diagnostics.push(SpecDiagnostic::new(format!("{at}.{key}"), problem));
        }
        if has_ancestor(index, index, &parents) {
            let problem = format!("dependency cycle: {}", cycle(index, &parents, &names));
            let key = wanted.first().map_or("endpoint", |(key, _)| key.as_str());
            diagnostics.push(SpecDiagnostic::new(format!("{at}.{key}"), problem));
        }
    }
}

/// Returns the resources that a resource references, with the referencing key.
fn references(resource: &ResourceSpec) -> Vec<(String, String)> {
    let mut references = Vec::new();
    resource.endpoint.for_each_template(&mut |key, template| {
        references.extend(template.resources().map(|name| (format!("endpoint.{key}"), name.to_owned())));
    });
    let includes = resource.include_from_parent.iter().filter_map(|IncludedParentField { resource, .. }| resource.clone());
    references.extend(includes.map(|name| ("include_from_parent".to_owned(), name)));
    references
}

/// Removes references to unknown resources and reports them.
fn known_references(
    at: &str,
    references: Vec<(String, String)>,
    (names, index_by_name): (&[String], &HashMap<&str, usize>),
    diagnostics: &mut Vec<SpecDiagnostic>,
) -> Vec<(String, String)> {
    let is_known = |(_, name): &(String, String)| index_by_name.contains_key(name.as_str());
    let (known, unknown): (Vec<_>, Vec<_>) = references.into_iter().partition(is_known);
    for (key, name) in unknown {
        // comparing thousands of unknown names with thousands of others would take hours
        let names: Vec<_> = names.iter().take(MAX_COMPARED).map(String::as_str).collect();
        let problem = match diagnostics.len() {
            0..MAX_HINTS => format!("unknown resource {name:?}; {}", suggest(&name, &names)),
            _ => format!("unknown resource {name:?}"),
        };
        diagnostics.push(SpecDiagnostic::new(format!("{at}.{key}"), problem));
    }
    known
}

/// Returns whether `ancestor` is a direct or indirect parent of `of`.
fn has_ancestor(of: usize, ancestor: usize, parents: &[Option<usize>]) -> bool {
    ancestors(of, parents).any(|parent| parent == ancestor)
}

/// Returns the ancestors of a resource, nearest first. A cycle ends after as many steps as there are resources.
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
    path.join(" -> ")
}
