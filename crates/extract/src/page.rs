//! Pages of rows.

use std::error::Error;
use std::pin::Pin;

use catchment_json::Selection;
use futures_core::Stream;

/// Whatever made the pages of a resource stop.
pub type PageError = Box<dyn Error + Send + Sync>;

/// Pages as they come, each the rows of one document.
pub(crate) type PageStream = Pin<Box<dyn Stream<Item = Result<Selection, PageError>> + Send>>;
