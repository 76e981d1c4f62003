//! Members of the workspace and their dependencies.

use cargo_metadata::{DependencyKind, Metadata};

/// A crate of the workspace.
#[derive(Debug)]
pub(super) struct Member {
    /// Name of the package.
    pub(super) name: String,
    /// All declared dependencies, of every kind and for every target.
    pub(super) dependencies: Vec<Dependency>,
}

/// A declared dependency.
#[derive(Debug)]
pub(super) struct Dependency {
    /// Name of the package, even if the manifest renames it.
    pub(super) name: String,
    /// Whether it is a dev-dependency.
    pub(super) is_dev: bool,
}

/// Returns the members of the workspace, sorted by name.
pub(super) fn members(metadata: &Metadata) -> Vec<Member> {
    let mut members: Vec<Member> = metadata
        .workspace_packages()
        .into_iter()
        .map(|package| Member {
            name: package.name.to_string(),
            dependencies: package
                .dependencies
                .iter()
                .map(|dependency| Dependency {
                    name: dependency.name.clone(),
                    is_dev: dependency.kind == DependencyKind::Development,
                })
                .collect(),
        })
        .collect();
    members.sort_by(|a, b| a.name.cmp(&b.name));
    members
}

/// Parses members from lines like `catchment-json: thiserror, dev proptest`.
#[cfg(test)]
pub(super) fn parse(lines: &[&str]) -> Vec<Member> {
    lines
        .iter()
        .map(|line| {
            let (name, dependencies) = line.split_once(':').unwrap();
            let dependencies = dependencies
                .split(',')
                .map(str::trim)
                .filter(|text| !text.is_empty())
                .map(|text| Dependency { name: text.trim_start_matches("dev ").to_owned(), is_dev: text.starts_with("dev ") })
                .collect();
            Member { name: name.to_owned(), dependencies }
        })
        .collect()
}
