//! Running a source.

mod dependents;
mod extracted;
mod extraction;
mod feeding;
#[cfg(test)]
mod feeding_tests;
mod in_tables;
mod item;
mod node;
#[cfg(test)]
mod parents_tests;
#[cfg(test)]
mod progress_tests;
#[cfg(test)]
mod properties;
mod root;
mod send;
#[cfg(test)]
mod stop_tests;
mod table_names;
#[cfg(test)]
pub(crate) mod tests;
mod tree;
#[cfg(test)]
mod warnings_tests;

pub use extracted::{After, Boundaries, ExtractOptions, Extracted, RowBatch, Sink};
pub use extraction::Extraction;
pub use feeding::keep_fed;
pub use in_tables::boundary_keys;
