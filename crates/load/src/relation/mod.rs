//! Builders of queries as SQL text: single-table queries and row counts, independent of the destination.

mod builder;
mod catalog;
mod condition;
mod counts;
#[cfg(test)]
mod relation_tests;
mod unknown_name;

pub use builder::{Relation, SortDirection};
pub use catalog::Catalog;
pub use condition::Operator;
pub use unknown_name::UnknownName;
