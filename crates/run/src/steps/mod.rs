//! The steps of a run: extract to disk, build or normalize packages, and load them.

mod build;
mod built_package;
mod extract;
mod load;
mod normalize;
mod package_failure;
mod pending;
mod state_change;

pub(crate) use build::{BuildOutcome, PackageBuilder};
pub(crate) use built_package::BuiltPackage;
pub(crate) use extract::extract;
pub(crate) use load::PackageLoader;
pub(crate) use normalize::{Normalized, normalize};
pub(crate) use package_failure::PackageFailure;
pub(crate) use pending::{ensure_nothing_pending, pending_headers};
pub(crate) use state_change::StateChange;
