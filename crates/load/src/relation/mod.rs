//! Queries of one table, and of the rows of each table, as text: no connection, whatever the destination.

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
