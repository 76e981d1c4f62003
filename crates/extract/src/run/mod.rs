//! Extraction of a source.

#[cfg(test)]
mod checkpoint_order_tests;
mod cursor_entry_tables;
mod dependent_progress;
#[cfg(test)]
mod dependent_progress_tests;
mod emit;
mod extract;
mod extraction;
mod outcome;
#[cfg(test)]
mod parallel_tests;
#[cfg(test)]
mod parents_tests;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod report_tests;
mod resource_run;
mod root_stream;
#[cfg(test)]
mod stop_tests;
mod table_names;
#[cfg(test)]
pub(crate) mod tests;
mod transformer_stream;
mod tree;
mod tree_run;
mod tree_stream;

pub use cursor_entry_tables::overflowing_entries;
pub use dependent_progress::preserve_dependent_cursors;
pub use extract::extract;
pub use extraction::Extraction;
pub use outcome::{Boundaries, ExtractEvent, ExtractOptions, ExtractOutcome, RowBatch, Sink};
