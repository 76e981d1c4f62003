//! What can never be loaded or normalised, and whether the run goes on without it.

use catchment_load_package::SetAside;

use crate::error::RunError;
use crate::report::{PackageInfo, PackageOutcome, Remarks, RowCounts};

/// What was set aside, and what is known of it.
pub(crate) struct Blocked {
    pub(crate) package: SetAside,
    /// What it could not be: `loaded` or `normalized`.
    pub(crate) task: &'static str,
    pub(crate) row_counts: RowCounts,
    pub(crate) remarks: Remarks,
}

impl Blocked {
    /// A package of which nothing but the reason is known.
    pub(crate) fn unknown(package: SetAside, task: &'static str) -> Blocked {
        Blocked { package, task, row_counts: RowCounts::new(), remarks: Remarks::default() }
    }

    /// The run ends with it.
    pub(crate) fn stop(self) -> RunError {
        let SetAside { load_id, path, reason } = self.package;
        RunError::SetAside { load_id, task: self.task, path, reason }
    }

    /// The run says so and goes on.
    pub(crate) fn go_on(self) -> PackageInfo {
        let Blocked { package: SetAside { load_id, path, reason }, task, row_counts, remarks } = self;
        tracing::error!("package {load_id} cannot be {task} and was moved to {}: {reason}", path.display());
        PackageInfo { load_id, outcome: PackageOutcome::SetAside(reason), row_counts, remarks }
    }
}
