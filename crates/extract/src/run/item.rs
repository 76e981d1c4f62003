//! What comes out of a tree of resources.

use std::pin::Pin;

use catchment_json::Selection;
use futures_core::Stream;

use crate::ExtractError;
use crate::checkpoint::Checkpoint;

/// What comes out of a tree of resources, in order.
#[derive(Debug)]
pub(super) enum Item {
    /// New rows of a resource, of one page.
    Rows { node: usize, rows: Selection },
    /// All that comes of the pages of the root up to here has come.
    Mark(Checkpoint),
}

pub(super) type ItemStream<'t> = Pin<Box<dyn Stream<Item = Result<Item, ExtractError>> + Send + 't>>;
