//! Resources and sources: extraction of rows, incremental loading and limits.
//!
//! A [`Resource`] yields pages of rows and describes their table; a dependent resource is extracted for each row of its
//! parent resource. A [`Source`] groups resources. An [`Extraction`] runs a source: it maps and filters rows, skips
//! rows that earlier runs have loaded ([`Incremental`]), applies limits, updates the state, and passes [`RowBatch`]es
//! to a [`Sink`] within a [`MemoryBudget`]. [`Windows`] divide a cursor range for a backfill. This crate makes no HTTP
//! calls; rows come from any stream, iterator or file.
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
mod cursor_format;
mod error;
mod files;
mod incremental;
mod limit;
mod page;
mod progress;
mod relative_time;
mod resource;
mod resume_point;
mod row;
mod run;
mod source;
mod stop_signal;
mod turn;
mod warnings;
mod windows;

pub use budget::{BudgetPermit, MemoryBudget};
pub use checkpoint::Checkpoint;
pub use cursor_format::CursorFormat;
pub use error::ExtractError;
pub use files::FileError;
pub use incremental::{CustomLastValueFn, Incremental, LastValueFunc, OnCursorValueMissing, RangeBound, RowOrder};
pub use limit::Limit;
pub use page::{Page, PageError, PageGuard};
pub use progress::{ProgressChannel, ProgressEvent};
pub use relative_time::{RelativeTime, parse_duration};
pub use resource::{IntoPages, Resource, TableName};
pub use resume_point::ResumePoint;
pub use row::Row;
pub use run::{
    Boundaries, ExtractEvent, ExtractOptions, ExtractOutcome, Extraction, RowBatch, Sink, extract, overflowing_entries,
    preserve_dependent_cursors,
};
pub use source::{Source, UnknownResource};
pub use stop_signal::StopSignal;
pub use turn::{DeliveryTurn, TurnGuard};
pub use warnings::ExtractWarning;
pub use windows::{Windows, WindowsError};
