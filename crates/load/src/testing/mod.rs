//! The conformance suite of destinations.
//!
//! A [`Case`] builds packages, loads them into a separate dataset and compares the results of queries. The cases cover all
//! write dispositions and merge strategies, changes between them, schema evolution, repeated, cancelled, stale and rejected
//! packages, all types, unusual names and many rows. They use only the trait [`Destination`](crate::Destination), so every
//! adapter can run them.
//!
//! The tests of an adapter run all cases:
//!
//! ```
//! use catchment_load::{Destination, testing};
//!
//! /// Returns the failures of a destination.
//! fn failures(destination: &dyn Destination) -> Vec<testing::CaseFailure> {
//!     let run = |case: testing::Case| case.run(destination, case.name()).err();
//!     testing::cases().into_iter().filter_map(run).collect()
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
