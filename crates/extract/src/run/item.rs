//! What comes out of a tree of resources.

use std::pin::Pin;
use std::sync::Arc;

use catchment_json::Selection;
use futures_core::Stream;

use crate::checkpoint::Checkpoint;
use crate::{ExtractError, PagePermit, Row};

/// What comes out of a tree of resources, in order.
#[derive(Debug)]
pub(super) enum Item {
    /// New rows of a resource, of one page, which came of the row `of` where the resource is fed.
    Rows { node: usize, rows: Selection, of: Option<Arc<Row>>, permit: Option<PagePermit> },
    /// All that comes of the pages of the root up to here has come.
    Mark(Checkpoint),
}

pub(super) type ItemStream<'t> = Pin<Box<dyn Stream<Item = Result<Item, ExtractError>> + Send + 't>>;
