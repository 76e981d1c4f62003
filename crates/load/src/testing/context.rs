//! What a case does with a destination.

use std::cell::Cell;

use catchment_load_package::{PackageHeader, PackageStore, RefreshTables, SealedPackage, WriterOptions};
use catchment_schema::Schema;
use catchment_state::State;
use tempfile::TempDir;

use super::failure::Mismatch;
use super::package_builder::PackageBuilder;
use super::resource::TestResource;
use super::text;
use crate::quote::quote;
use crate::{Destination, LoadError, LoadOutcome, LoadResult, Restored};

/// The moment of the first package, 2024-01-01 in microseconds since 1970. Each later one begins a day after the one before.
const FIRST_PACKAGE: i64 = 1_704_067_200_000_000;
const DAY: i64 = 86_400_000_000;

/// One run of a case: packages are made in a folder of its own, loaded, and asked for with queries.
pub(super) struct TestContext<'t> {
    pub(super) destination: &'t dyn Destination,
    pub(super) dataset: &'t str,
    /// The source of the packages, which is the name of the schema and of the pipeline too.
    pub(super) source: &'static str,
    /// When the rows of a package are written out: 32 MiB by default, 0 writes each batch alone.
    pub(super) buffer_max_bytes: usize,
    /// What makes way for the next package.
    pub(super) refresh: RefreshTables,
    store: PackageStore,
    packages: i64,
    // Removed when it is dropped.
    _folder: TempDir,
}

impl<'t> TestContext<'t> {
    pub(super) fn new(destination: &'t dyn Destination, dataset: &'t str) -> Result<TestContext<'t>, Mismatch> {
        let folder = tempfile::tempdir().map_err(|error| Mismatch::new("making a folder", "no error", error))?;
        let store = PackageStore::open(folder.path())?;
        let buffer_max_bytes = WriterOptions::default().buffer_max_bytes;
        let source = "trials";
        let refresh = RefreshTables::default();
        let trial = TestContext { destination, dataset, source, buffer_max_bytes, refresh, store, packages: 0, _folder: folder };
        match trial.restored()?.last_load_id {
            None => Ok(trial),
            Some(load_id) => Err(trial.mismatch("restoring", "a dataset that nothing was loaded into", load_id)),
        }
    }

    /// Loads rows, a list of objects in JSON, as a package.
    pub(super) fn load(&mut self, resource: &TestResource, rows: &str) -> Result<(), Mismatch> {
        let package = self.package(resource, rows)?;
        self.load_package(&package)
    }

    /// A package of rows, a list of objects in JSON.
    pub(super) fn package(&mut self, resource: &TestResource, rows: &str) -> Result<SealedPackage, Mismatch> {
        let mut draft = self.package_builder(&[resource])?;
        draft.rows(&resource.table, rows)?;
        draft.seal()
    }

    /// A package of these resources that has nothing in it yet. It begins with what the dataset has stored.
    pub(super) fn package_builder(&mut self, resources: &[&TestResource]) -> Result<PackageBuilder, Mismatch> {
        let restored = self.restored()?;
        let base_state = restored.state.unwrap_or_else(|| State::new(self.source, self.dataset, self.destination.kind()));
        let base_schema = restored.schema.as_ref().and_then(|schema| schema.version_hash.clone());
        let mut schema = restored.schema.unwrap_or_else(|| Schema::new(self.source));
        for resource in resources {
            schema.declare(&resource.table, &resource.table, &resource.hints)?;
        }
        let created_at = FIRST_PACKAGE + self.packages * DAY;
        self.packages += 1;
        let load_id = format!("{}.000000", created_at / 1_000_000);
        let begin = PackageHeader {
            load_id: load_id.clone(),
            created_at,
            dataset: self.dataset.to_owned(),
            source: self.source.to_owned(),
            resources: resources.iter().map(|resource| (resource.table.clone(), resource.table.clone())).collect(),
            base_state: base_state.clone(),
            fingerprint: String::new(),
            base_schema,
            refresh: std::mem::take(&mut self.refresh),
        };
        let writer = self.store.create_package(begin, WriterOptions { buffer_max_bytes: self.buffer_max_bytes })?;
        Ok(PackageBuilder { writer, schema, state: base_state, load_id, source: self.source.to_owned(), next_row: 1 })
    }

    /// Loads a package that has to be loaded now.
    pub(super) fn load_package(&self, package: &SealedPackage) -> Result<(), Mismatch> {
        match self.destination.load(package, &|| false) {
            Ok(LoadResult { outcome: LoadOutcome::Loaded, .. }) => Ok(()),
            Ok(loaded) => Err(self.mismatch("loading a package", "Loaded", format!("{loaded:?}"))),
            Err(error) => Err(self.mismatch("loading a package", "no error", error)),
        }
    }

    /// Loads a package that was loaded before.
    pub(super) fn load_again(&self, package: &SealedPackage) -> Result<(), Mismatch> {
        match self.destination.load(package, &|| false) {
            Ok(LoadResult { outcome: LoadOutcome::AlreadyLoaded, .. }) => Ok(()),
            Ok(loaded) => Err(self.mismatch("loading a package again", "AlreadyLoaded", format!("{loaded:?}"))),
            Err(error) => Err(self.mismatch("loading a package again", "AlreadyLoaded", error)),
        }
    }

    /// Loads a package that cannot be loaded.
    pub(super) fn expect_rejected(&self, package: &SealedPackage) -> Result<LoadError, Mismatch> {
        match self.destination.load(package, &|| false) {
            Ok(loaded) => Err(self.mismatch("loading a package", "an error", format!("{loaded:?}"))),
            Err(error) => Ok(error),
        }
    }

    /// Loads a package and stops at the question `number`, counted from 0, of whether to stop. Says whether it was asked so
    /// often; else the package is loaded.
    pub(super) fn cancel_at(&self, number: u32, package: &SealedPackage) -> Result<bool, Mismatch> {
        let asked = Cell::new(0);
        let stops = || asked.replace(asked.get() + 1) >= number;
        match self.destination.load(package, &stops) {
            Err(LoadError::Cancelled) => Ok(true),
            Ok(LoadResult { outcome: LoadOutcome::Loaded, .. }) => Ok(false),
            other => Err(self.mismatch(&format!("stopping a load at question {number}"), "Cancelled", format!("{other:?}"))),
        }
    }

    /// What the dataset has stored.
    pub(super) fn restored(&self) -> Result<Restored, Mismatch> {
        let restored = self.destination.restore(self.dataset, self.source, self.source, &|| false);
        restored.map_err(|error| self.mismatch("restoring", "no error", error))
    }

    /// The rows of a query, see [`text::rows`].
    pub(super) fn query(&self, sql: &str) -> Result<Vec<String>, Mismatch> {
        let result = self.destination.query(self.dataset, sql, &|| false);
        let result = result.map_err(|error| self.mismatch(sql, "rows", error))?;
        text::rows(&result).map_err(|error| self.mismatch(sql, "columns that Arrow can show", error))
    }

    /// Compares the rows of a query, in any order: `1 a; 2 b`, see [`text::rows`].
    pub(super) fn expect(&self, sql: &str, expected: &str) -> Result<(), Mismatch> {
        let mut rows: Vec<&str> = expected.split("; ").filter(|row| !row.is_empty()).collect();
        rows.sort_unstable();
        let found = self.query(sql)?;
        if found == rows { Ok(()) } else { Err(self.mismatch(sql, rows.join("; "), found.join("; "))) }
    }

    /// Compares anything.
    pub(super) fn expect_same<T: PartialEq + std::fmt::Debug>(
        &self,
        what: &str,
        found: &T,
        expected: &T,
    ) -> Result<(), Mismatch> {
        if found == expected { Ok(()) } else { Err(self.mismatch(what, format!("{expected:?}"), format!("{found:?}"))) }
    }

    pub(super) fn mismatch(&self, step: &str, expected: impl Into<String>, found: impl ToString) -> Mismatch {
        Mismatch::new(format!("after {} packages were made, {step}", self.packages), expected, found)
    }

    /// A name in a query.
    pub(super) fn name(name: &str) -> String {
        quote(name)
    }
}
