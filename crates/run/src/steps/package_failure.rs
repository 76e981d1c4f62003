//! Failed packages of a run.

use catchment_load_package::FailedPackage;

use crate::error::RunError;
use crate::report::{Diagnostics, PackageInfo, PackageOutcome, RowCounts};

/// A failed package with its report.
pub(crate) struct PackageFailure {
    pub(crate) package: FailedPackage,
    /// The failed operation: `loaded` or `normalized`.
    pub(crate) operation: &'static str,
    pub(crate) row_counts: RowCounts,
    pub(crate) diagnostics: Diagnostics,
}

impl PackageFailure {
    /// Creates a failure without row counts and diagnostics.
    pub(crate) fn without_details(package: FailedPackage, operation: &'static str) -> PackageFailure {
        PackageFailure { package, operation, row_counts: RowCounts::new(), diagnostics: Diagnostics::default() }
    }

    /// Converts the failure into the error of the run.
    pub(crate) fn into_error(self) -> RunError {
        let FailedPackage { load_id, path, reason } = self.package;
        RunError::PackageFailed { load_id, operation: self.operation, path, reason }
    }

    /// Logs the failure and converts it into a report entry, so that the run continues.
    pub(crate) fn into_package_info(self) -> PackageInfo {
        let PackageFailure { package: FailedPackage { load_id, path, reason }, operation, row_counts, diagnostics } = self;
        tracing::error!("package {load_id} cannot be {operation} and was moved to {}: {reason}", path.display());
        PackageInfo { load_id, outcome: PackageOutcome::Failed(reason), row_counts, usage: None, diagnostics }
    }
}
