//! The data set: pure functions of a seed, without IO.

mod body;
mod dataset;
mod issue;
mod json;
mod people;
mod random;
mod select;
mod text;
mod timeline;

pub use dataset::Issues;
pub(crate) use select::{Direction, IssueFilter, Sort, StateFilter};
