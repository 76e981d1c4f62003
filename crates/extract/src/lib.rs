//! Resources and sources: where rows come from, and which of them are new.
//!
//! A [`Resource`] yields pages of rows and says what their table is like; one may be fed with the rows of another. A
//! [`Source`] is a group of resources. An [`Extraction`] runs a source: it maps and filters rows, compares them with the
//! cursor where a resource is [`Incremental`], counts limits, moves the state on, and hands out [`RowBatch`]es under a
//! [`MemoryBudget`] of bytes. Resources run at the same time. [`Windows`] walk a range of a cursor in steps. Nothing here makes an
//! HTTP call; rows may come from anywhere, files among them.
//!
//! ```
//! use catchment_extract::{Resource, Source};
//!
//! let rivers = Resource::rows("Rivers", vec![("Rhine", 1233), ("Danube", 2850)]);
//! let source = Source::new("geography").with_resource(rivers).add_limit(1);
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

pub use budget::{BudgetPermit, MemoryBudget};
pub use checkpoint::Checkpoint;
pub use error::ExtractError;
pub use files::FileError;
pub use incremental::{CustomLastValueFn, Incremental, LastValueFunc, OnCursorValueMissing, RangeBound, RowOrder};
pub use limit::Limit;
pub use page::{Page, PageError, PageGuard};
pub use progress::{ProgressChannel, ProgressEvent};
pub use resource::{Resource, TableName};
pub use row::Row;
pub use run::{
    Boundaries, ExtractEvent, ExtractOptions, ExtractOutcome, Extraction, RowBatch, Sink, overflowing_entries,
    preserve_dependent_cursors,
};
pub use source::{Source, UnknownResource};
pub use start::ResumePoint;
pub use stop_signal::StopSignal;
pub use turn::{DeliveryTurn, TurnGuard};
pub use warnings::ExtractWarning;
pub use windows::{Windows, WindowsError};
