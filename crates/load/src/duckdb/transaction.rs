//! The transaction of a load.

use std::cell::RefCell;
use std::collections::BTreeSet;

use catchment_load_package::{SealedPackage, fail_point};
use catchment_schema::{Schema, WriteDisposition};
use catchment_state::State;

use super::connect::Session;
use super::existing_tables::ExistingTables;
use super::load::{PackageLoad, is_logged};
use super::rows::RowLoader;
use super::{cursor_entries, drift, migrate, restore, system_tables, widen};
use crate::sql::{self, DatasetName};
use crate::{LoadError, LoadOutcome, LoadResult};

/// An open transaction.
pub(super) struct Transaction<'t> {
    session: &'t Session,
    dataset: DatasetName<'t>,
    load: &'t PackageLoad<'t>,
    package: &'t SealedPackage,
    warnings: LoadWarnings,
}

/// Warnings of a load, for the report and the log.
#[derive(Default)]
pub(super) struct LoadWarnings(RefCell<Vec<String>>);

impl LoadWarnings {
    pub(super) fn add(&self, warning: String) {
        tracing::warn!("{warning}");
        self.0.borrow_mut().push(warning);
    }
}

impl<'t> Transaction<'t> {
    pub(super) fn new(session: &'t Session, dataset: DatasetName<'t>, load: &'t PackageLoad<'t>) -> Transaction<'t> {
        Transaction { session, dataset, load, package: load.package, warnings: LoadWarnings::default() }
    }

    /// Applies the package without the commit.
    pub(super) fn apply(&self) -> Result<LoadResult, LoadError> {
        let (session, dataset) = (self.session, self.dataset);
        system_tables::create(session, dataset)?;
        fail_point!("load::system_tables_created");
        if is_logged(session, self.package)? {
            return Ok(LoadOutcome::AlreadyLoaded.into());
        }
        let ours = &self.package.footer().schema;
        let stored = restore::schema(session, dataset, &ours.name)?;
        let mut schema = self.current_schema(stored.as_ref())?;
        let state = self.current_state()?;
        self.apply_refresh()?;
        fail_point!("load::refresh_applied");
        let existing = ExistingTables::read(session, dataset)?;
        let (with_rows, merged_into) = (self.tables_with_rows(), self.tables_merged_into(&schema, &existing));
        if let Some(stored) = &stored {
            // Tables dropped by the refresh are not reported as missing.
            let dropped = &self.package.header().refresh.dropped;
            let tables = with_rows.iter().filter(|table| !dropped.contains(table));
            drift::warn_about_drift(stored, &existing, tables.map(String::as_str), &self.warnings);
        }
        fail_point!("load::drift_checked");
        let splits = widen::widen(session, dataset, &mut schema, with_rows.iter().map(String::as_str), &existing)?;
        fail_point!("load::widened");
        let tables = with_rows.union(&merged_into).map(String::as_str);
        migrate::migrate(session, dataset, &schema, tables, &existing, &self.warnings)?;
        fail_point!("load::migrated");
        self.empty_replaced(&schema, &existing, &with_rows)?;
        fail_point!("load::replaced_emptied");
        let (load, warnings) = (self.load, &self.warnings);
        let rows = RowLoader { session, dataset, load, schema: &schema, existing: &existing, splits: &splits, warnings };
        rows.load(self.roots(&schema), &|| self.stop_if_cancelled())?;
        fail_point!("load::rows_loaded");
        cursor_entries::put(session, dataset, self.package)?;
        fail_point!("load::cursor_entries_written");
        system_tables::insert_system_rows(session, dataset, self.package, &schema, state.as_ref())?;
        self.stop_if_cancelled()?;
        Ok(LoadResult { outcome: LoadOutcome::Loaded, warnings: self.warnings.0.take() })
    }

    /// Returns the schema of the package, merged with the schema that other runs have stored meanwhile.
    fn current_schema(&self, stored: Option<&Schema>) -> Result<Schema, LoadError> {
        let ours = &self.package.footer().schema;
        let stored_hash = stored.and_then(|schema| schema.version_hash.as_ref());
        match stored {
            Some(theirs)
                if stored_hash != self.package.header().base_schema.as_ref() && stored_hash != ours.version_hash.as_ref() =>
            {
                theirs.merge(ours).map_err(|conflict| LoadError::Stale { reason: conflict.to_string() })
            }
            _ => Ok(ours.clone()),
        }
    }

    /// Returns the state to store, or `None` if the package does not change it. Compares the state of the dataset with the
    /// base state of the package, which detects packages of a stale or copied working directory.
    fn current_state(&self) -> Result<Option<State>, LoadError> {
        let (base, ours) = (&self.package.header().base_state, &self.package.footer().state);
        if ours.hash() == base.hash() {
            return Ok(None);
        }
        match restore::state(self.session, self.dataset, ours.pipeline_name())? {
            Some(theirs) if theirs.hash() != base.hash() => Ok(Some(ours.merge(base, &theirs)?)),
            _ => Ok(Some(ours.clone())),
        }
    }

    /// Returns the root tables of the package: those of its resources and those of its rows, because lists can be loaded
    /// into separate root tables.
    fn roots<'s>(&'s self, schema: &'s Schema) -> BTreeSet<&'s str> {
        let of_resources = self.package.header().resources.iter().map(|(_, root)| root.as_str());
        let of_rows = self.package.segments().iter().map(|segment| schema.root_of(&segment.table));
        of_resources.chain(of_rows).collect()
    }

    fn tables_with_rows(&self) -> BTreeSet<String> {
        self.package.segments().iter().map(|segment| segment.table.clone()).collect()
    }

    /// Returns the existing tables that merging deletes from, with or without new rows.
    fn tables_merged_into(&self, schema: &Schema, existing: &ExistingTables) -> BTreeSet<String> {
        let roots = self.roots(schema).into_iter().filter(|root| self.write_disposition(root) == WriteDisposition::Merge);
        let chains = roots.flat_map(|root| schema.table_tree(root));
        chains.filter(|table| existing.has(&table.name)).map(|table| table.name.clone()).collect()
    }

    /// Drops and empties the tables of a refresh.
    fn apply_refresh(&self) -> Result<(), LoadError> {
        let refresh = &self.package.header().refresh;
        for table in &refresh.dropped {
            self.session.execute(&format!("drop table `{table}`"), &sql::drop_table(self.dataset.table(table)))?;
        }
        for table in &refresh.emptied {
            if self.session.has_table(self.dataset, table)? {
                self.session.execute(&format!("empty table `{table}`"), &sql::delete_all(self.dataset.table(table)))?;
            }
        }
        Ok(())
    }

    /// Empties the tables of replaced resources, with or without new rows.
    fn empty_replaced(&self, schema: &Schema, existing: &ExistingTables, with_rows: &BTreeSet<String>) -> Result<(), LoadError> {
        for root in self.roots(schema) {
            if self.write_disposition(root) != WriteDisposition::Replace {
                continue;
            }
            for table in schema.table_tree(root).into_iter().filter(|table| existing.has(&table.name)) {
                let name = self.dataset.table(&table.name);
                let gets_none = table.name == root && !with_rows.contains(root);
                if gets_none && !self.session.texts("check for rows", &sql::select_any_row(name))?.is_empty() {
                    self.warnings.add(format!(
                        "table `{root}` was emptied: its write disposition is `replace` and this load has no rows for it"
                    ));
                }
                self.session.execute(&format!("empty table `{}`", table.name), &sql::delete_all(name))?;
            }
        }
        Ok(())
    }

    /// Returns the write disposition of a root table in the package, even if another run has stored a different one
    /// meanwhile.
    fn write_disposition(&self, root: &str) -> WriteDisposition {
        self.package.footer().schema.write_disposition(root)
    }

    fn stop_if_cancelled(&self) -> Result<(), LoadError> {
        if (self.load.cancelled)() { Err(LoadError::Cancelled) } else { Ok(()) }
    }
}
