//! Test context of a case.

use std::sync::Arc;

use catchment_load_package::{PackageHeader, PackageStore, RefreshTables, SealedPackage, WriterOptions};
use catchment_schema::Schema;
use catchment_state::State;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

use super::failure::Mismatch;
use super::package_builder::PackageBuilder;
use super::resource::TestResource;
use super::text;
use crate::{Destination, LoadError, LoadOutcome, LoadResult, QueryResult, RestoreRequest, Restored};

/// The creation time of the first package, 2024-01-01, in microseconds since 1970. Each later package is a day newer.
const FIRST_PACKAGE: i64 = 1_704_067_200_000_000;
const DAY: i64 = 86_400_000_000;

/// The context of a running case: builds packages in a temporary folder, loads them and queries the dataset.
pub(crate) struct TestContext<'t> {
    pub(super) destination: &'t dyn Destination,
    pub(super) dataset: &'t str,
    /// The source of the packages, which is also the name of the schema and the pipeline.
    pub(super) source: &'static str,
    /// The buffer size of packages in bytes. Default: 32 MiB; 0 writes each batch as a segment.
    pub(super) buffer_max_bytes: usize,
    /// The tables that the next package drops and empties.
    pub(super) refresh: RefreshTables,
    store: PackageStore,
    packages: i64,
    runtime: Runtime,
    // Deleted on drop.
    _folder: TempDir,
}

impl<'t> TestContext<'t> {
    pub(crate) fn new(destination: &'t dyn Destination, dataset: &'t str) -> Result<TestContext<'t>, Mismatch> {
        let folder = tempfile::tempdir().map_err(|error| Mismatch::new("creating a folder", "no error", error))?;
        let store = PackageStore::open(folder.path())?;
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(|error| Mismatch::new("starting a runtime", "no error", error))?;
        let buffer_max_bytes = WriterOptions::default().buffer_max_bytes;
        let source = "trials";
        let refresh = RefreshTables::default();
        let context =
            TestContext { destination, dataset, source, buffer_max_bytes, refresh, store, packages: 0, runtime, _folder: folder };
        match context.restored()?.last_load_id {
            None => Ok(context),
            Some(load_id) => Err(context.mismatch("restoring", "an empty dataset", load_id)),
        }
    }

    /// Loads rows, a JSON array of objects, as one package.
    pub(crate) fn load(&mut self, resource: &TestResource, rows: &str) -> Result<(), Mismatch> {
        let package = self.package(resource, rows)?;
        self.load_package(&package)
    }

    /// Builds a package of rows, a JSON array of objects.
    pub(crate) fn package(&mut self, resource: &TestResource, rows: &str) -> Result<Arc<SealedPackage>, Mismatch> {
        let mut builder = self.package_builder(&[resource])?;
        builder.rows(&resource.table, rows)?;
        builder.seal()
    }

    /// Creates an empty package of `resources`, based on the stored state and schema of the dataset.
    pub(crate) fn package_builder(&mut self, resources: &[&TestResource]) -> Result<PackageBuilder, Mismatch> {
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
        let header = PackageHeader {
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
        let writer = self.store.create_package(header, WriterOptions { buffer_max_bytes: self.buffer_max_bytes })?;
        Ok(PackageBuilder { writer, schema, state: base_state, load_id, source: self.source.to_owned(), next_row: 1 })
    }

    /// Loads a package and expects that this load commits it.
    pub(crate) fn load_package(&self, package: &Arc<SealedPackage>) -> Result<(), Mismatch> {
        match self.try_load(package) {
            Ok(LoadResult { outcome: LoadOutcome::Loaded, .. }) => Ok(()),
            Ok(loaded) => Err(self.mismatch("loading a package", "Loaded", format!("{loaded:?}"))),
            Err(error) => Err(self.mismatch("loading a package", "no error", error)),
        }
    }

    /// Loads a package again and expects that it is already loaded.
    pub(crate) fn load_again(&self, package: &Arc<SealedPackage>) -> Result<(), Mismatch> {
        match self.try_load(package) {
            Ok(LoadResult { outcome: LoadOutcome::AlreadyLoaded, .. }) => Ok(()),
            Ok(loaded) => Err(self.mismatch("loading a package again", "AlreadyLoaded", format!("{loaded:?}"))),
            Err(error) => Err(self.mismatch("loading a package again", "AlreadyLoaded", error)),
        }
    }

    /// Loads a package and expects an error.
    pub(crate) fn expect_rejected(&self, package: &Arc<SealedPackage>) -> Result<LoadError, Mismatch> {
        match self.try_load(package) {
            Ok(loaded) => Err(self.mismatch("loading a package", "an error", format!("{loaded:?}"))),
            Err(error) => Ok(error),
        }
    }

    /// Loads `package` again and again, and cancels each load later than the one before, until a load is complete. Calls
    /// `check` after each cancelled load.
    pub(crate) fn cancel_ever_later(
        &self,
        package: &Arc<SealedPackage>,
        check: impl Fn() -> Result<(), Mismatch>,
    ) -> Result<(), Mismatch> {
        let mut yields = 0;
        while self.cancel_after(yields, package)? {
            check()?;
            yields = (yields * 2).max(1);
        }
        self.expect_same("whether a load can be cancelled", &(yields > 0), &true)
    }

    /// Loads a package and cancels it after tokio has been given the chance `yields` times to continue with it. Returns
    /// false if the load was complete before that.
    fn cancel_after(&self, yields: u64, package: &Arc<SealedPackage>) -> Result<bool, Mismatch> {
        let stop = CancellationToken::new();
        let cancel = async {
            for _ in 0..yields {
                tokio::task::yield_now().await;
            }
            stop.cancel();
        };
        let loading = self.destination.load(Arc::clone(package), &stop);
        let (loaded, ()) = self.runtime.block_on(async { tokio::join!(loading, cancel) });
        match loaded {
            Err(LoadError::Cancelled) => Ok(true),
            Ok(LoadResult { outcome: LoadOutcome::Loaded, .. }) => Ok(false),
            other => Err(self.mismatch(&format!("cancelling a load after {yields} yields"), "Cancelled", format!("{other:?}"))),
        }
    }

    /// Restores the stored state and schema of the dataset.
    pub(crate) fn restored(&self) -> Result<Restored, Mismatch> {
        let request = RestoreRequest {
            dataset: self.dataset.to_owned(),
            pipeline: self.source.to_owned(),
            schema: self.source.to_owned(),
            source: "trials".to_owned(),
            resources: vec!["items".to_owned(), "others".to_owned()],
        };
        let restored = self.runtime.block_on(self.destination.restore(&request, &CancellationToken::new()));
        restored.map_err(|error| self.mismatch("restoring", "no error", error))
    }

    /// Returns the rows of a query, formatted by [`text::rows`].
    pub(crate) fn query(&self, sql: &str) -> Result<Vec<String>, Mismatch> {
        let result = self.try_query(sql).map_err(|error| self.mismatch(sql, "rows", error))?;
        text::rows(&result).map_err(|error| self.mismatch(sql, "columns that Arrow can format", error))
    }

    /// Compares the rows of a query in any order with `expected`, such as `1 a; 2 b`. See [`text::rows`].
    pub(crate) fn expect(&self, sql: &str, expected: &str) -> Result<(), Mismatch> {
        let mut rows: Vec<&str> = expected.split("; ").filter(|row| !row.is_empty()).collect();
        rows.sort_unstable();
        let found = self.query(sql)?;
        if found == rows { Ok(()) } else { Err(self.mismatch(sql, rows.join("; "), found.join("; "))) }
    }

    /// Compares two values.
    pub(crate) fn expect_same<T: PartialEq + std::fmt::Debug>(
        &self,
        what: &str,
        found: &T,
        expected: &T,
    ) -> Result<(), Mismatch> {
        if found == expected { Ok(()) } else { Err(self.mismatch(what, format!("{expected:?}"), format!("{found:?}"))) }
    }

    pub(crate) fn mismatch(&self, step: &str, expected: impl Into<String>, found: impl ToString) -> Mismatch {
        Mismatch::new(format!("after {} packages, {step}", self.packages), expected, found)
    }

    /// Loads a package.
    pub(crate) fn try_load(&self, package: &Arc<SealedPackage>) -> Result<LoadResult, LoadError> {
        self.runtime.block_on(self.destination.load(Arc::clone(package), &CancellationToken::new()))
    }

    /// Loads packages at the same time. Returns their outcomes; `None` for an error.
    pub(crate) fn load_at_once(&self, packages: &[Arc<SealedPackage>]) -> Vec<Option<LoadOutcome>> {
        let stop = CancellationToken::new();
        let loads = packages.iter().map(|package| self.destination.load(Arc::clone(package), &stop));
        let loads = self.runtime.block_on(futures_util::future::join_all(loads));
        loads.into_iter().map(|load| load.ok().map(|loaded| loaded.outcome)).collect()
    }

    /// Executes a query in the dataset.
    pub(crate) fn try_query(&self, sql: &str) -> Result<QueryResult, LoadError> {
        let stop = CancellationToken::new();
        self.runtime.block_on(async { self.destination.query(self.dataset, sql, &stop).await?.collect().await })
    }

    /// Quotes a name for a query.
    pub(crate) fn name(&self, name: &str) -> String {
        self.destination.dialect().quote(name)
    }
}
