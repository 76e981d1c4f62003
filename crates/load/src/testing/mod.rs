//! The conformance suite of destinations.
//!
//! A [`Case`] builds packages, loads them into a separate dataset and compares the results of queries. The cases cover all
//! write dispositions and merge strategies, changes between them, schema evolution, repeated, cancelled, stale and rejected
//! packages, all types, unusual names and many rows. They use only the trait [`Destination`](crate::Destination), so every
//! adapter can run them.
//!
//! The tests of an adapter run all cases. [`conformance_tests!`](crate::conformance_tests) declares a test for each group, which
//! calls a function such as:
//!
//! ```
//! use catchment_load::{Destination, testing};
//!
//! fn check(destination: &dyn Destination, group: &str) -> Result<(), String> {
//!     testing::run_group(group, |case| case.run(destination, case.name()))
//! }
//! ```
//!
//! Queries use only portable SQL: `SELECT` with joins, `count` and double-quoted names. Rows are compared as text, in which
//! null, numbers, timestamps and bytes do not depend on the types of the destination.

mod array;
mod case;
mod cases;
pub(crate) mod context;
mod failure;
mod integrity;
mod package_builder;
pub(crate) mod resource;
mod rows;
mod standard_sql;
mod text;
#[cfg(test)]
pub(crate) mod void;

pub use case::Case;
pub use failure::CaseFailure;
pub use standard_sql::StandardSql;

/// Returns all cases. Each uses a separate dataset and can run alone.
///
/// ```
/// use catchment_load::testing;
///
/// let case = testing::cases().into_iter().find(|case| case.name() == "replace_leaves_the_last_load");
/// assert_eq!(case.map(|case| case.group()), Some("replace"));
/// ```
pub fn cases() -> Vec<Case> {
    cases::ALL.concat().concat()
}

/// Runs the cases of a group with `run`.
///
/// # Errors
///
/// Returns the failures as text, or an error if the group has no cases.
pub fn run_group(group: &str, run: impl Fn(&Case) -> Result<(), CaseFailure>) -> Result<(), String> {
    let cases: Vec<Case> = cases().into_iter().filter(|case| case.group() == group).collect();
    let failures: Vec<String> = cases.iter().filter_map(|case| run(case).err()).map(|failure| failure.to_string()).collect();
    match (cases.len(), failures.len()) {
        (0, _) => Err(format!("no group `{group}`")),
        (_, 0) => Ok(()),
        (total, failed) => Err(format!("{failed} of {total} cases fail:\n{}", failures.join("\n"))),
    }
}

/// Declares a test for each group of cases, which calls a function with the name of the group.
#[macro_export]
macro_rules! conformance_tests {
    ($check:path) => {
        $crate::conformance_tests!(
            $check: append, replace, delete_insert, upsert, insert_only, scd2, change, evolution, stale, refused, refresh,
            cursor_rows, stored
        );
    };
    ($check:path: $($group:ident),*) => {
        $(
            #[test]
            fn $group() {
                $check(stringify!($group));
            }
        )*

        #[test]
        fn all_groups_are_tested() {
            let tested = [$(stringify!($group)),*];
            let untested = $crate::testing::cases().into_iter().find(|case| !tested.contains(&case.group()));
            assert!(untested.is_none(), "{untested:?}");
        }
    };
}
