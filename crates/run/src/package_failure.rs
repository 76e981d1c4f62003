//! What can never be loaded or normalised, and whether the run goes on without it.

use catchment_load_package::FailedPackage;

use crate::error::RunError;
use crate::report::{Diagnostics, PackageInfo, PackageOutcome, RowCounts};

/// What was set aside, and what is known of it.
pub(crate) struct PackageFailure {
    pub(crate) package: FailedPackage,
    /// What it could not be: `loaded` or `normalized`.
    pub(crate) operation: &'static str,
    pub(crate) row_counts: RowCounts,
    pub(crate) diagnostics: Diagnostics,
}

impl PackageFailure {
    /// A package of which nothing but the reason is known.
    pub(crate) fn without_details(package: FailedPackage, task: &'static str) -> PackageFailure {
        PackageFailure { package, operation: task, row_counts: RowCounts::new(), diagnostics: Diagnostics::default() }
    }

    /// The run ends with it.
    pub(crate) fn into_error(self) -> RunError {
        let FailedPackage { load_id, path, reason } = self.package;
        RunError::PackageFailed { load_id, task: self.operation, path, reason }
    }

    /// The run says so and goes on.
    pub(crate) fn into_package_info(self) -> PackageInfo {
        let PackageFailure { package: FailedPackage { load_id, path, reason }, operation: task, row_counts, diagnostics } = self;
        tracing::error!("package {load_id} cannot be {task} and was moved to {}: {reason}", path.display());
        PackageInfo { load_id, outcome: PackageOutcome::Failed(reason), row_counts, diagnostics }
    }
}
