//! Allowed dependencies between the crates of the workspace: the layers of ARCHITECTURE.md.
//!
//! Applies to normal and build dependencies, but not to dev-dependencies, which do not affect users of a
//! crate.

use super::member::Member;

/// The crates of the workspace that a crate may depend on.
enum Allowed {
    /// Only these crates.
    Only(&'static [&'static str]),
    /// All crates except these.
    AllBut(&'static [&'static str]),
}

use Allowed::{AllBut, Only};

/// All crates of the workspace in the order of the data flow, with their allowed dependencies.
const LAYERS: &[(&str, Allowed)] = &[
    ("catchment-json", Only(&[])),
    ("catchment-schema", Only(&["catchment-json"])),
    ("catchment-state", Only(&["catchment-json"])),
    ("catchment-settings", Only(&[])),
    ("catchment-config", Only(&["catchment-json", "catchment-settings"])),
    ("catchment-rest-client", Only(&["catchment-json", "catchment-settings"])),
    ("catchment-vault", Only(&["catchment-config", "catchment-json", "catchment-rest-client", "catchment-settings"])),
    ("catchment-extract", Only(&["catchment-json", "catchment-schema", "catchment-state"])),
    (
        "catchment-rest-api",
        Only(&["catchment-rest-client", "catchment-extract", "catchment-json", "catchment-schema", "catchment-settings"]),
    ),
    ("catchment-normalize", Only(&["catchment-json", "catchment-schema"])),
    ("catchment-load-package", Only(&["catchment-json", "catchment-schema", "catchment-state"])),
    ("catchment-load", Only(&["catchment-load-package", "catchment-json", "catchment-schema", "catchment-state"])),
    (
        "catchment-load-duckdb",
        Only(&["catchment-load", "catchment-load-package", "catchment-json", "catchment-schema", "catchment-settings"]),
    ),
    (
        "catchment-load-postgres",
        Only(&["catchment-load", "catchment-load-package", "catchment-json", "catchment-schema", "catchment-settings"]),
    ),
    (
        "catchment-load-bigquery",
        Only(&[
            "catchment-load",
            "catchment-load-package",
            "catchment-json",
            "catchment-rest-client",
            "catchment-schema",
            "catchment-settings",
        ]),
    ),
    ("catchment-dataset", Only(&["catchment-load", "catchment-json", "catchment-schema"])),
    (
        "catchment-run",
        Only(&[
            "catchment-extract",
            "catchment-normalize",
            "catchment-load-package",
            "catchment-load",
            "catchment-json",
            "catchment-schema",
            "catchment-state",
            "catchment-settings",
        ]),
    ),
    (
        "catchment",
        Only(&[
            "catchment-json",
            "catchment-schema",
            "catchment-state",
            "catchment-settings",
            "catchment-config",
            "catchment-rest-client",
            "catchment-extract",
            "catchment-rest-api",
            "catchment-normalize",
            "catchment-load-package",
            "catchment-load",
            "catchment-load-duckdb",
            "catchment-load-postgres",
            "catchment-load-bigquery",
            "catchment-dataset",
            "catchment-run",
            "catchment-vault",
        ]),
    ),
    ("catchment-sample-api", Only(&[])),
    (
        "catchment-cli",
        Only(&[
            "catchment",
            "catchment-config",
            "catchment-settings",
            "catchment-sample-api",
            "catchment-rest-api",
            "catchment-vault",
        ]),
    ),
    ("catchment-tests", AllBut(LEAVES)),
    ("catchment-examples", AllBut(LEAVES)),
    // no crates that link DuckDB, which would be compiled with the fuzzer's instrumentation
    (
        "catchment-fuzz",
        Only(&["catchment-json", "catchment-normalize", "catchment-rest-api", "catchment-rest-client", "catchment-schema"]),
    ),
    // no crates that link DuckDB, so that `cargo xtask tidy` runs within seconds
    (
        "xtask",
        AllBut(&[
            "catchment-load-duckdb",
            "catchment",
            "catchment-cli",
            "catchment-tests",
            "catchment-examples",
            "catchment-fuzz",
        ]),
    ),
];

/// Crates that no other crate may depend on.
const LEAVES: &[&str] = &["catchment-tests", "catchment-examples", "catchment-fuzz", "xtask"];

/// Returns a violation for each dependency between members that the table does not allow.
pub(super) fn check(members: &[Member]) -> Vec<String> {
    members.iter().flat_map(|m| check_one(m, members)).collect()
}

fn check_one(member: &Member, members: &[Member]) -> Vec<String> {
    let name = &member.name;
    let Some((_, allowed)) = LAYERS.iter().find(|(known, _)| known == name) else {
        return vec![format!(
            "the crate `{name}` has no line in the table of layers: decide which crates it may \
             depend on and which crates may depend on it, and add it to LAYERS in \
             xtask/src/tidy/layers.rs and to ARCHITECTURE.md"
        )];
    };
    member
        .dependencies
        .iter()
        .filter(|dependency| !dependency.is_dev)
        .map(|dependency| dependency.name.as_str())
        .filter(|dependency| members.iter().any(|m| m.name == *dependency))
        .filter(|dependency| !allowed.allows(dependency))
        .map(|dependency| {
            format!(
                "`{name}` depends on `{dependency}`, which the layers do not allow ({}): remove \
                 the dependency and move the shared code to a layer that both may use, or, if \
                 the design changes, update LAYERS in xtask/src/tidy/layers.rs and \
                 ARCHITECTURE.md",
                allowed.describe()
            )
        })
        .collect()
}

impl Allowed {
    fn allows(&self, dependency: &str) -> bool {
        match self {
            Only(allowed) => allowed.contains(&dependency),
            AllBut(forbidden) => !forbidden.contains(&dependency),
        }
    }

    fn describe(&self) -> String {
        match self {
            Only([]) => "it may depend on no other crate of the workspace".to_owned(),
            Only(allowed) => format!("it may depend on {}", allowed.join(", ")),
            AllBut(forbidden) => format!("it may depend on all crates except {}", forbidden.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::member::parse;

    /// `expected` is a part of the only violation, or empty for no violation.
    #[track_caller]
    fn check(lines: &[&str], expected: &str) {
        let violations = super::check(&parse(lines));
        if expected.is_empty() {
            assert_eq!(violations, Vec::<String>::new());
        } else {
            assert_eq!(violations.len(), 1, "{violations:?}");
            assert!(violations[0].contains(expected), "{violations:?}");
        }
    }

    const JSON: &str = "catchment-json: thiserror";

    #[test]
    fn dependencies_in_the_table_are_allowed() {
        check(&[JSON], "");
        check(&[JSON, "catchment-schema: catchment-json, arrow"], "");
        check(&[JSON, "catchment-tests: catchment-json"], "");
        check(&[JSON, "xtask: catchment-json, anyhow"], "");
    }

    #[test]
    fn other_dependencies_are_rejected() {
        check(
            &[JSON, "catchment-settings: catchment-json"],
            "`catchment-settings` depends on `catchment-json`, which the layers do not allow \
             (it may depend on no other crate of the workspace)",
        );
        check(&[JSON, "catchment-state: catchment-settings", "catchment-settings:"], "(it may depend on catchment-json)");
        check(
            &["catchment-load-duckdb:", "xtask: catchment-load-duckdb"],
            "it may depend on all crates except catchment-load-duckdb, catchment,",
        );
    }

    #[test]
    fn nothing_depends_on_the_leaves() {
        check(&["xtask:", "catchment-cli: xtask"], "depends on `xtask`");
        check(&["xtask:", "catchment-tests: xtask"], "depends on `xtask`");
        check(&["catchment-tests:", "xtask: catchment-tests"], "depends on `catchment-tests`");
    }

    #[test]
    fn dev_dependencies_are_not_restricted() {
        check(&[JSON, "catchment-settings: dev catchment-json"], "");
    }

    #[test]
    fn a_new_crate_must_be_added_to_the_table() {
        check(&["catchment-new: catchment-json"], "has no line in the table");
    }
}
