//! Running a source.

mod dependents;
mod extracted;
mod extraction;
mod item;
mod node;
#[cfg(test)]
mod properties;
mod root;
#[cfg(test)]
pub(crate) mod tests;
mod tree;

pub use extracted::{After, Boundaries, ExtractOptions, Extracted, RowBatch, Sink, boundary_keys};
pub use extraction::Extraction;
