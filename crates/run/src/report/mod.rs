//! What the steps of a run did.

mod extract;
mod lines;
mod load;
mod normalize;
mod remarks;
mod row_counts;
mod timestamp;
mod trace;
mod warning;

pub use extract::ExtractInfo;
pub(crate) use lines::counted;
pub use load::{LoadInfo, PackageInfo, PackageOutcome};
pub use normalize::{NormalizeInfo, NormalizedPackage};
pub use remarks::Remarks;
pub use row_counts::RowCounts;
pub use trace::Trace;
pub use warning::Warning;
