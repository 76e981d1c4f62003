//! What comes out of a tree of resources.

use std::pin::Pin;
use std::sync::Arc;

use catchment_json::Selection;
use futures_core::Stream;

use crate::checkpoint::Checkpoint;
use crate::{ExtractError, PageGuard, Row};

/// What comes out of a tree of resources, in order.
#[derive(Debug)]
pub(super) enum TreeEvent {
    /// New rows of a resource, of one page, which came of the row `of` where the resource is fed.
    Rows { node: usize, rows: Selection, parent_row: Option<Arc<Row>>, permit: Option<PageGuard> },
    /// All that comes of the pages of the root up to here has come.
    Checkpoint(Checkpoint),
}

pub(super) type TreeStream<'t> = Pin<Box<dyn Stream<Item = Result<TreeEvent, ExtractError>> + Send + 't>>;
