//! Restrictions on external dependencies.

use super::member::Member;

/// A restriction on the use of an external crate.
struct Rule {
    dependency: &'static str,
    scope: Scope,
    /// Whether the rule also applies to dev-dependencies.
    in_tests: bool,
    /// The reason, and what to do instead.
    reason: &'static str,
}

enum Scope {
    OnlyIn(&'static [&'static str]),
    NotIn(&'static [&'static str]),
}

use Scope::{NotIn, OnlyIn};

const RULES: &[Rule] = &[
    Rule {
        dependency: "duckdb",
        scope: OnlyIn(&["catchment-load-duckdb", "catchment-tests", "catchment-examples"]),
        in_tests: true,
        reason: "only catchment-load-duckdb is the adapter for DuckDB, and each test binary that links \
                 DuckDB costs minutes; use the `Destination` trait, and put tests that need a \
                 database into tests/",
    },
    Rule {
        dependency: "tokio-postgres",
        scope: OnlyIn(&["catchment-load-postgres"]),
        in_tests: true,
        reason: "only catchment-load-postgres is the adapter for PostgreSQL; use the `Destination` trait",
    },
    Rule {
        dependency: "parquet",
        scope: OnlyIn(&["catchment-dataset", "catchment-load-bigquery"]),
        in_tests: false,
        reason: "adapters write the files of their engines, and catchment-dataset those of query results; use the \
                 `Destination` trait or `write_result`",
    },
    Rule {
        dependency: "anyhow",
        scope: OnlyIn(&["catchment-cli", "xtask", "catchment-tests", "catchment-examples"]),
        in_tests: false,
        reason: "a library's callers match on its errors; add a variant to the crate's own \
                 error type",
    },
    Rule { dependency: "tokio", scope: NotIn(WITHOUT_IO), in_tests: false, reason: WITHOUT_IO_REASON },
    Rule { dependency: "reqwest", scope: NotIn(WITHOUT_IO), in_tests: false, reason: WITHOUT_IO_REASON },
    Rule {
        dependency: "reqwest",
        scope: NotIn(&["catchment-extract"]),
        in_tests: false,
        reason: "extract makes no HTTP requests, so that it supports any source; requests \
                 belong in catchment-rest-client",
    },
    Rule {
        dependency: "figment",
        scope: NotIn(&["catchment-settings"]),
        in_tests: false,
        reason: "settings reads neither files nor the environment, so that every crate can \
                 declare its settings; file access belongs in catchment-config",
    },
];

const WITHOUT_IO: &[&str] = &["catchment-json", "catchment-schema", "catchment-state", "catchment-normalize"];

const WITHOUT_IO_REASON: &str = "this crate is synchronous and performs no IO, so that it can be \
     tested and fuzzed as a function; pass the data as an argument";

/// Returns a violation for each forbidden external dependency.
pub(super) fn check(members: &[Member]) -> Vec<String> {
    let mut violations = Vec::new();
    for member in members {
        for rule in RULES {
            if rule.forbids(member) {
                violations.push(format!("`{}` must not depend on `{}`: {}", member.name, rule.dependency, rule.reason));
            }
        }
    }
    violations
}

impl Rule {
    fn forbids(&self, member: &Member) -> bool {
        let name = member.name.as_str();
        let in_scope = match self.scope {
            OnlyIn(allowed) => !allowed.contains(&name),
            NotIn(forbidden) => forbidden.contains(&name),
        };
        in_scope
            && member
                .dependencies
                .iter()
                .any(|dependency| dependency.name == self.dependency && (self.in_tests || !dependency.is_dev))
    }
}

#[cfg(test)]
mod tests {
    use super::super::member::parse;

    /// `expected` is the beginning of the only violation, or empty for no violation.
    #[track_caller]
    fn check(line: &str, expected: &str) {
        let violations = super::check(&parse(&[line]));
        if expected.is_empty() {
            assert_eq!(violations, Vec::<String>::new());
        } else {
            assert_eq!(violations.len(), 1, "{violations:?}");
            assert!(violations[0].starts_with(expected), "{violations:?}");
        }
    }

    #[test]
    fn only_load_depends_on_duckdb() {
        check("catchment-load-duckdb: duckdb", "");
        check("catchment-tests: duckdb", "");
        check("catchment-run: duckdb", "`catchment-run` must not depend on `duckdb`: ");
        check("catchment-run: dev duckdb", "`catchment-run` must not depend on `duckdb`: ");
        check("xtask: duckdb", "`xtask` must not depend on `duckdb`: ");
    }

    #[test]
    fn libraries_do_not_depend_on_anyhow() {
        check("catchment-cli: anyhow", "");
        check("xtask: anyhow", "");
        check("catchment-json: dev anyhow", "");
        check("catchment-json: anyhow", "`catchment-json` must not depend on `anyhow`: a library's callers");
    }

    #[test]
    fn inner_crates_perform_no_io() {
        check("catchment-normalize: tokio", "`catchment-normalize` must not depend on `tokio`: this crate is synchronous");
        check("catchment-state: reqwest", "`catchment-state` must not depend on `reqwest`: ");
        check("catchment-schema: dev tokio", "");
        check("catchment-extract: tokio", "");
        check("catchment-extract: reqwest", "`catchment-extract` must not depend on `reqwest`: extract makes no HTTP requests");
        check("catchment-settings: figment", "`catchment-settings` must not depend on `figment`: ");
    }
}
