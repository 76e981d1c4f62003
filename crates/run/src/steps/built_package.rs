//! Packages with their diagnostics.

use std::sync::Arc;

use catchment_load_package::SealedPackage;

use crate::report::{Diagnostics, NormalizedPackage};

/// A sealed package and the diagnostics of building it.
pub(crate) struct BuiltPackage {
    pub(crate) package: Arc<SealedPackage>,
    pub(crate) diagnostics: Diagnostics,
}

impl BuiltPackage {
    /// Creates the package of an earlier run, with the diagnostics stored in it.
    pub(crate) fn from_stored(package: Arc<SealedPackage>) -> BuiltPackage {
        BuiltPackage { diagnostics: Diagnostics::from_stored(&package.footer().findings), package }
    }

    /// Returns the package for the report.
    pub(crate) fn to_normalized(&self) -> NormalizedPackage {
        NormalizedPackage {
            load_id: self.package.header().load_id.clone(),
            row_counts: self.package.row_counts(),
            diagnostics: self.diagnostics.clone(),
        }
    }
}
