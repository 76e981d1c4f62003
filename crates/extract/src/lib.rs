//! Resources and sources: where rows come from, and which of them are new.
//!
//! A [`Resource`] yields [`Page`]s of rows and says what their table is like; a [`Source`] is a group of
//! resources. [`extract`] runs a source: it filters rows by their cursor where a resource is
//! [`Incremental`], counts limits, moves the state on, and hands out [`RowBatch`]es under a [`Budget`] of
//! bytes. Nothing here makes an HTTP call; rows may come from anywhere.
//!
//! ```
//! use catchment_extract::{Resource, Source};
//! use catchment_json::Value;
//!
//! let rivers = Resource::from_rows("rivers", vec![Value::object([("name", Value::from("Rhine"))])]);
//! let source = Source::new("geography").with(rivers);
//! assert_eq!(source.resources[0].table_name(), "rivers");
//! ```

mod budget;
mod error;
mod incremental;
mod page;
mod resource;
mod run;
#[cfg(test)]
mod run_tests;
mod source;

pub use budget::{Budget, Share};
pub use error::ExtractError;
pub use incremental::{Incremental, IncrementalStart};
pub use page::{Page, PageStream};
pub use resource::{Resource, Start};
pub use run::{RowBatch, Sink, extract};
pub use source::Source;
