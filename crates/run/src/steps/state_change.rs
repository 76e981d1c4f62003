//! Changes of state and schema without rows.

use std::sync::Arc;

use catchment_json::Value;
use catchment_load::LoadError;
use catchment_load_package::{PackageFooter, PackageHeader};
use catchment_schema::Schema;
use catchment_state::{CursorEntryChange, CursorEntryKey, State};
use tokio_util::sync::CancellationToken;

use super::BuiltPackage;
use crate::error::RunError;
use crate::report::{Diagnostics, PackageInfo, PackageOutcome};
use crate::runner::Runner;

/// A change of state and schema that is loaded as a package without rows, in one transaction.
pub(crate) struct StateChange {
    pub(crate) header: PackageHeader,
    /// The schema to store.
    pub(crate) schema: Schema,
    /// The state to store.
    pub(crate) state: State,
    /// The cursors whose entries outside the state are deleted.
    pub(crate) deleted_entries: Vec<CursorEntryKey>,
}

impl StateChange {
    /// Builds and loads the package. After an error for which `is_discarded` returns true, the package is removed, which
    /// loses nothing because it has no rows, and the error is returned. After other errors it is pending.
    pub(crate) async fn load(
        self,
        runner: &Runner,
        is_discarded: impl Fn(&LoadError) -> bool,
        stop: &CancellationToken,
    ) -> Result<PackageInfo, RunError> {
        let store = runner.packages()?;
        let mut writer = store.create_package(self.header, runner.options.writer)?;
        for key in self.deleted_entries {
            writer.append_cursor_entries(&CursorEntryChange { key, replaces: true, entries: Vec::new() })?;
        }
        let package = writer.seal(PackageFooter { schema: self.schema, state: self.state, findings: Value::Null })?;
        let loader = runner.loader(&store, stop);
        let built = BuiltPackage { package: Arc::new(package), diagnostics: Diagnostics::default() };
        let loaded = match loader.try_load(&built).await {
            Err(error) if is_discarded(&error) => {
                store.remove_package(&built.package)?;
                return Err(error.into());
            }
            loaded => loaded,
        };
        let package = Arc::clone(&built.package);
        let loaded = loader.finish_load(built, loaded, PackageOutcome::Loaded);
        if matches!(loaded, Ok(_) | Err(RunError::LoadDeferred { .. })) {
            runner.working_dir.save_snapshot(&package.footer().state, &package.footer().schema);
            runner.schema_files.export(&package.footer().schema);
        }
        loaded
    }
}
