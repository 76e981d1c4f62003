//! Events, options and result of an extraction.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use catchment_json::Selection;
use catchment_state::{CursorEntry, CursorEntryChange, CursorEntryKey, State};

use crate::checkpoint::Checkpoint;
use crate::{BudgetPermit, ExtractWarning};

/// New rows of one page.
#[derive(Debug)]
pub struct RowBatch {
    /// The name of the resource.
    pub resource: Arc<str>,
    /// The normalized name of the root table.
    pub table: String,
    /// The rows.
    pub rows: Selection,
    /// A number that is unique in the run and grows within a resource.
    pub ordinal: u64,
    /// The permit of the memory budget, held while the page is in memory.
    pub permit: BudgetPermit,
}

/// An event of an extraction.
#[derive(Debug)]
pub enum ExtractEvent {
    /// New rows.
    Rows {
        /// The name of the root resource.
        tree: Arc<str>,
        /// The rows.
        batch: RowBatch,
    },
    /// All rows of a root resource and its dependent resources up to this checkpoint were delivered. See
    /// [`Resource::resumable`](crate::Resource::resumable).
    Checkpoint {
        /// The name of the root resource.
        tree: Arc<str>,
        /// The checkpoint.
        checkpoint: Checkpoint,
    },
}

/// A receiver of events, which returns `Break` to end the run.
pub type Sink<'s> = &'s (dyn Fn(ExtractEvent) -> ControlFlow<()> + Send + Sync);

/// Limits of parallelism.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExtractOptions {
    /// The maximum number of root resources that run in parallel. Default: 5.
    pub max_parallel_resources: usize,
    /// The maximum number of parent rows per dependent resource whose pages are requested in parallel. Default: 20.
    pub max_parallel_items: usize,
}

impl Default for ExtractOptions {
    fn default() -> Self {
        ExtractOptions { max_parallel_resources: 5, max_parallel_items: 20 }
    }
}

/// The result of an extraction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtractOutcome {
    /// The state after the run.
    pub state: State,
    /// Changes of the cursor entries in tables.
    pub boundaries: Vec<CursorEntryChange>,
    /// Warnings about pages: at most 100 distinct ones, and one with the number of omitted warnings.
    pub warnings: Vec<ExtractWarning>,
}

/// Cursor entries that are stored in tables.
pub type Boundaries = BTreeMap<CursorEntryKey, Vec<CursorEntry>>;
