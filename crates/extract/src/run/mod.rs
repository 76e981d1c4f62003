//! Extraction of a source.

mod cursor_entry_tables;
mod dependent_progress;
mod emit;
mod extraction;
#[cfg(test)]
mod feeding_tests;
mod item;
mod outcome;
#[cfg(test)]
mod parents_tests;
#[cfg(test)]
mod progress_tests;
#[cfg(test)]
mod properties;
mod resource_run;
mod root_stream;
#[cfg(test)]
mod stop_tests;
mod table_names;
#[cfg(test)]
pub(crate) mod tests;
mod transformer_stream;
mod tree;
#[cfg(test)]
mod warnings_tests;

pub use cursor_entry_tables::overflowing_entries;
pub use dependent_progress::preserve_dependent_cursors;
pub use extraction::Extraction;
pub use outcome::{Boundaries, ExtractEvent, ExtractOptions, ExtractOutcome, RowBatch, Sink};
