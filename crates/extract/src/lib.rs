//! Resources and sources: where rows come from, and which of them are new.
//!
//! A [`Resource`] yields pages of rows and says what their table is like; one may be fed with the rows of another. A
//! [`Source`] is a group of resources. An [`Extraction`] runs a source: it maps and filters rows, compares them with the
//! cursor where a resource is [`Incremental`], counts limits, moves the state on, and hands out [`RowBatch`]es under a
//! [`Budget`] of bytes. Resources run at the same time. [`Windows`] walk a range of a cursor in steps. Nothing here makes an
//! HTTP call; rows may come from anywhere, files among them.
//!
//! ```
//! use catchment_extract::{Resource, Source};
//!
//! let rivers = Resource::rows("Rivers", vec![("Rhine", 1233), ("Danube", 2850)]);
//! let source = Source::new("geography").with(rivers).add_limit(1);
//! assert_eq!(source.resources[0].root_table(), "rivers");
//! ```

mod budget;
mod checkpoint;
mod error;
mod files;
mod incremental;
mod limit;
mod page;
mod progress;
mod resource;
mod row;
mod run;
mod source;
mod start;
mod stop_signal;
mod turn;
mod warnings;
mod windows;

pub use budget::{Budget, Share};
pub use checkpoint::Checkpoint;
pub use error::ExtractError;
pub use files::FileError;
pub use incremental::{Incremental, LastValue, LastValueFn, OnMissing, RangeEnd, RowOrder};
pub use limit::Limit;
pub use page::{Page, PageError, PagePermit};
pub use progress::{Event, Progress};
pub use resource::{Resource, TableName};
pub use row::Row;
pub use run::{After, Boundaries, ExtractOptions, Extracted, Extraction, RowBatch, Sink, boundary_keys, keep_fed};
pub use source::{Source, UnknownResource};
pub use start::Start;
pub use stop_signal::StopSignal;
pub use turn::{HeldTurn, Turn};
pub use warnings::Warning;
pub use windows::{Windows, WindowsError};
