//! Resources and sources: where rows come from, and which of them are new.
//!
//! A [`Resource`] yields pages of rows and says what their table is like; a [`Source`] is a group of
//! resources. [`extract`] runs a source: it filters rows by their cursor where a resource is
//! [`Incremental`], counts limits, moves the state on, and hands out [`RowBatch`]es under a [`Budget`] of
//! bytes. Nothing here makes an HTTP call; rows may come from anywhere.
//!
//! ```
//! use catchment_extract::{Resource, Source};
//!
//! let rivers = Resource::rows("Rivers", vec![("Rhine", 1233), ("Danube", 2850)]);
//! let source = Source::new("geography").with(rivers).add_limit(1);
//! assert_eq!(source.resources[0].root_table(), "rivers");
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
mod start;

pub use budget::{Budget, Share};
pub use error::ExtractError;
pub use incremental::Incremental;
pub use page::PageError;
pub use resource::Resource;
pub use run::{RowBatch, Sink, extract};
pub use source::Source;
pub use start::Start;
