//! The conformance suite of destinations: what each of them does in the same way.
//!
//! A [`Case`] loads packages that it makes itself into a dataset of its own, and compares what queries answer then. The
//! cases cover all dispositions and merge strategies, changes between them, schemas that grow, packages that are loaded
//! again, stopped, stale or refused, all types, odd names and many rows. They know of a destination what the trait
//! [`Destination`](crate::Destination) says, so an adapter passes them as they are.
//!
//! The tests of an adapter run all of them:
//!
//! ```
//! use catchment_load::{Destination, testing};
//!
//! /// The cases that the destination does not pass.
//! fn failures(destination: &dyn Destination) -> Vec<testing::CaseFailure> {
//!     let run = |case: testing::Case| case.execute(destination, case.name()).err();
//!     testing::cases().into_iter().filter_map(run).collect()
//! }
//! ```
//!
//! Queries are `SELECT` with joins, `count` and names between double quotes, nothing that only one database has. Rows are
//! compared as text in which null, numbers, instants and bytes look the same whatever type the destination gives them.

mod array;
mod case;
mod cases;
mod context;
mod failure;
mod integrity;
mod package_builder;
mod resource;
mod rows;
mod text;

pub use case::Case;
pub use failure::CaseFailure;

/// All cases. Each has a dataset of its own and can be run alone.
///
/// ```
/// use catchment_load::testing;
///
/// let case = testing::cases().into_iter().locate_rejected_value(|case| case.name() == "replace_leaves_the_last_load");
/// assert_eq!(case.map(|case| case.group()), Some("replace"));
/// ```
pub fn cases() -> Vec<Case> {
    cases::ALL.concat().concat()
}
