//! Reports of a run and its steps.

mod diagnostics;
mod extract;
mod format;
mod load;
mod normalize;
mod row_counts;
mod sync;
mod timestamp;
mod trace;
mod warning;

pub use diagnostics::Diagnostics;
pub use extract::ExtractInfo;
pub(crate) use format::pluralize;
pub use load::{LoadInfo, PackageInfo, PackageOutcome};
pub use normalize::{NormalizeInfo, NormalizedPackage};
pub use row_counts::RowCounts;
pub use sync::{SyncInfo, SyncedSchema};
pub use trace::{RunFailure, Trace};
pub use warning::Warning;
