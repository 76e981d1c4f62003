//! Events of a tree of resources.

use std::pin::Pin;
use std::sync::Arc;

use catchment_json::Selection;
use futures_core::Stream;

use crate::checkpoint::Checkpoint;
use crate::{ExtractError, PageGuard, Row};

/// An event of a tree of resources.
#[derive(Debug)]
pub(super) enum TreeEvent {
    /// New rows of one page. `parent_row` is the row for which a dependent resource was extracted.
    Rows { node: usize, rows: Selection, parent_row: Option<Arc<Row>>, permit: Option<PageGuard> },
    /// All rows that result from the pages of the root up to this checkpoint were emitted.
    Checkpoint(Checkpoint),
}

impl TreeEvent {
    /// Releases the permit of the page, so that a queued page cannot block the pages before it.
    pub(super) fn without_permit(self) -> TreeEvent {
        match self {
            TreeEvent::Rows { node, rows, parent_row, .. } => TreeEvent::Rows { node, rows, parent_row, permit: None },
            checkpoint @ TreeEvent::Checkpoint(_) => checkpoint,
        }
    }
}

pub(super) type TreeStream<'t> = Pin<Box<dyn Stream<Item = Result<TreeEvent, ExtractError>> + Send + 't>>;
