//! What the steps of a run did.

mod extract;
mod lines;
mod load;
mod normalize;
mod row_counts;
mod timestamp;
mod trace;

pub use extract::ExtractInfo;
pub(crate) use lines::counted;
pub use load::{LoadInfo, PackageInfo, PackageOutcome};
pub use normalize::{NormalizeInfo, NormalizedPackage};
pub use row_counts::RowCounts;
pub use trace::Trace;
