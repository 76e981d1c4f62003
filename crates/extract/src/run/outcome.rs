//! What goes into a run and comes out of it.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use catchment_json::Selection;
use catchment_state::{CursorEntry, CursorEntryChange, CursorEntryKey, State};

use crate::checkpoint::Checkpoint;
use crate::{BudgetPermit, ExtractWarning};

/// New rows of one page, on their way to be normalised.
#[derive(Debug)]
pub struct RowBatch {
    /// The resource that they are of.
    pub resource: Arc<str>,
    /// The root table, by its normalised name.
    pub table: String,
    /// The rows.
    pub rows: Selection,
    /// Tells the batches of a run apart, and grows from batch to batch of one resource.
    pub ordinal: u64,
    /// The share of the budget that the page takes while it is in memory.
    pub permit: BudgetPermit,
}

/// What a run hands out.
#[derive(Debug)]
pub enum ExtractEvent {
    /// Rows.
    Rows {
        /// The resource with pages of its own that they come from, by way of others or not.
        root: Arc<str>,
        /// The rows.
        batch: RowBatch,
    },
    /// All rows of a resource, and of those that are fed by it, have been handed out up to here. See
    /// [`Resource::resumable`](crate::Resource::resumable).
    Checkpoint {
        /// The resource.
        tree: Arc<str>,
        /// The place.
        checkpoint: Checkpoint,
    },
}

/// Takes what a run hands out; `Break` where it wants no more.
pub type Sink<'s> = &'s (dyn Fn(ExtractEvent) -> ControlFlow<()> + Send + Sync);

/// Bounds on what is done at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExtractOptions {
    /// The most resources with pages of their own that run at the same time; 5 by default.
    pub max_parallel_resources: usize,
    /// The most rows of a resource whose pages of another resource are asked for at the same time; 20 by default.
    pub max_parallel_items: usize,
}

impl Default for ExtractOptions {
    fn default() -> Self {
        ExtractOptions { max_parallel_resources: 5, max_parallel_items: 20 }
    }
}

/// What a run leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtractOutcome {
    /// The state after it.
    pub state: State,
    /// How the entries of cursors change that are too many for the state.
    pub boundaries: Vec<CursorEntryChange>,
    /// Warnings about its pages: at most 100 distinct ones and one that says how many were left out.
    pub warnings: Vec<ExtractWarning>,
}

/// The entries of cursors, as far as the state has no room for them.
pub type Boundaries = BTreeMap<CursorEntryKey, Vec<CursorEntry>>;
