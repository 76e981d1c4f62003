//! Which crate of the workspace may depend on which: the layers of ARCHITECTURE.md.
//!
//! Normal and build dependencies are checked. Those of a crate's own tests are free, as they
//! reach nobody who uses the crate.

use super::member::Member;

/// The crates of the workspace that one of them may depend on.
enum Allowed {
    /// These and no other.
    Only(&'static [&'static str]),
    /// Each one but these.
    AllBut(&'static [&'static str]),
}

use Allowed::{AllBut, Only};

/// Every crate of the workspace, in the direction that data flows, with what it may use.
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
    (
        "catchment-load",
        Only(&["catchment-load-package", "catchment-json", "catchment-schema", "catchment-state", "catchment-settings"]),
    ),
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
            "catchment-run",
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
    // not the crates that link DuckDB: they would be compiled with the fuzzer's instrumentation
    (
        "catchment-fuzz",
        Only(&["catchment-json", "catchment-normalize", "catchment-rest-api", "catchment-rest-client", "catchment-schema"]),
    ),
    // not the crates that link DuckDB: `cargo xtask tidy` must answer in seconds
    (
        "xtask",
        AllBut(&[
            "catchment-load",
            "catchment-run",
            "catchment",
            "catchment-cli",
            "catchment-tests",
            "catchment-examples",
            "catchment-fuzz",
        ]),
    ),
];

/// What stands at the end and has no users.
const LEAVES: &[&str] = &["catchment-tests", "catchment-examples", "catchment-fuzz", "xtask"];

/// Complaints about arrows between the members that the table does not have.
pub(super) fn check(members: &[Member]) -> Vec<String> {
    members.iter().flat_map(|m| check_one(m, members)).collect()
}

fn check_one(member: &Member, members: &[Member]) -> Vec<String> {
    let name = &member.name;
    let Some((_, allowed)) = LAYERS.iter().find(|(known, _)| known == name) else {
        return vec![format!(
            "the crate `{name}` has no line in the table of layers: decide which crates it may \
             depend on and who may depend on it, and add that to ARROWS in \
             xtask/src/tidy/arrows.rs and to ARCHITECTURE.md"
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
                "`{name}` depends on `{dependency}`, which the layers do not allow ({}): take \
                 the dependency out and move what is needed to a layer that both may use, or, \
                 if the design changes, change ARROWS in xtask/src/tidy/arrows.rs and \
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
            AllBut(forbidden) => format!("it may depend on all but {}", forbidden.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::member::parse;

    /// `expected` is a part of the only complaint, or empty if there is none.
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
    fn arrows_of_the_table_pass() {
        check(&[JSON], "");
        check(&[JSON, "catchment-schema: catchment-json, arrow"], "");
        check(&[JSON, "catchment-tests: catchment-json"], "");
        check(&[JSON, "xtask: catchment-json, anyhow"], "");
    }

    #[test]
    fn other_arrows_do_not() {
        check(
            &[JSON, "catchment-settings: catchment-json"],
            "`catchment-settings` depends on `catchment-json`, which the layers do not allow \
             (it may depend on no other crate of the workspace)",
        );
        check(&[JSON, "catchment-state: catchment-settings", "catchment-settings:"], "(it may depend on catchment-json)");
        check(&["catchment-load:", "xtask: catchment-load"], "it may depend on all but catchment-load, catchment-run");
    }

    #[test]
    fn nothing_depends_on_the_leaves() {
        check(&["xtask:", "catchment-cli: xtask"], "depends on `xtask`");
        check(&["xtask:", "catchment-tests: xtask"], "depends on `xtask`");
        check(&["catchment-tests:", "xtask: catchment-tests"], "depends on `catchment-tests`");
    }

    #[test]
    fn tests_of_a_crate_are_free() {
        check(&[JSON, "catchment-settings: dev catchment-json"], "");
    }

    #[test]
    fn new_crate_needs_a_line() {
        check(&["catchment-new: catchment-json"], "has no line in the table");
    }
}
