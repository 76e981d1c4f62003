//! Trees of root resources and their dependent resources.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::{ExtractError, Source};

/// A root resource and its direct and indirect dependent resources, by index in the source. Each follows its parent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ResourceTree {
    pub(super) root: usize,
    /// Dependent resources with their parents.
    pub(super) dependents: IndexMap<usize, usize>,
}

impl ResourceTree {
    pub(super) fn members(&self) -> impl Iterator<Item = usize> {
        std::iter::once(self.root).chain(self.dependents.keys().copied())
    }

    /// Returns the parent of a member.
    pub(super) fn parent(&self, member: usize) -> Option<usize> {
        self.dependents.get(&member).copied()
    }
}

/// Returns the trees of the resources for which `is_loaded` returns true, and their ancestors.
pub(super) fn build_trees(source: &Source, is_loaded: impl Fn(usize) -> bool) -> Result<Vec<ResourceTree>, ExtractError> {
    let parents = parents(source)?;
    let mut is_needed = vec![false; parents.len()];
    for index in 0..parents.len() {
        let mut next = is_loaded(index).then_some(index);
        while let Some(needed) = next.and_then(|at| is_needed.get_mut(at)).filter(|needed| !**needed) {
            *needed = true;
            next = next.and_then(|at| parents.get(at).copied().flatten());
        }
    }
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); parents.len()];
    let is_needed = |index: &usize| is_needed.get(*index) == Some(&true);
    for child in (0..parents.len()).filter(is_needed) {
        let parent = parents.get(child).copied().flatten();
        if let Some(children) = parent.and_then(|parent| children.get_mut(parent)) {
            children.push(child);
        }
    }
    let is_root = |index: &usize| is_needed(index) && parents.get(*index) == Some(&None);
    Ok((0..parents.len()).filter(is_root).map(|root| ResourceTree { root, dependents: dependents(root, &children) }).collect())
}

/// Returns the direct and indirect dependents of `root` in the order of the source, each after its parent.
fn dependents(root: usize, children: &[Vec<usize>]) -> IndexMap<usize, usize> {
    let (mut found, mut queue) = (IndexMap::new(), std::collections::VecDeque::from([root]));
    while let Some(parent) = queue.pop_front() {
        for child in children.get(parent).into_iter().flatten().copied() {
            found.insert(child, parent);
            queue.push_back(child);
        }
    }
    found
}

/// Returns the index of the parent of each resource.
fn parents(source: &Source) -> Result<Vec<Option<usize>>, ExtractError> {
    let mut index_by_name = HashMap::with_capacity(source.resources.len());
    for (index, resource) in source.resources.iter().enumerate() {
        if index_by_name.insert(resource.name.as_str(), index).is_some() {
            return Err(ExtractError::DuplicateResource { source_name: source.name.clone(), resource: resource.name.clone() });
        }
    }
    let mut parents = Vec::with_capacity(source.resources.len());
    for resource in &source.resources {
        let Some(parent) = resource.parent() else {
            parents.push(None);
            continue;
        };
        let unknown = || ExtractError::UnknownParent {
            resource: resource.name.clone(),
            parent: parent.to_owned(),
            source_name: source.name.clone(),
            hint: source.suggest(parent),
        };
        parents.push(Some(index_by_name.get(parent).copied().ok_or_else(unknown)?));
    }
    check_cycles(source, &parents)?;
    Ok(parents)
}

fn check_cycles(source: &Source, parents: &[Option<usize>]) -> Result<(), ExtractError> {
    let name = |index: usize| source.resources.get(index).map_or("", |resource| resource.name.as_str());
    for index in 0..parents.len() {
        let mut path = vec![index];
        while let Some(parent) = path.last().and_then(|at| parents.get(*at).copied().flatten()) {
            path.push(parent);
            if parent == index {
                let path: Vec<_> = path.iter().map(|at| name(*at)).collect();
                return Err(ExtractError::Cycle { resource: name(index).to_owned(), path: path.join(" from ") });
            }
            if path.len() > parents.len() {
                break;
            }
        }
    }
    Ok(())
}
