//! Test datasets: pipelines in a temporary folder, and a DuckDB file or a PostgreSQL database.

use std::path::{Path, PathBuf};

use std::sync::Arc;

use arrow::util::display::{ArrayFormatter, FormatOptions};
use catchment::load::{LoadResult, RestoreRequest, Restored};
use catchment::{CancellationToken, Destination, DuckDb, LoadError, Pipeline, QueryResult};
use catchment_load_package::SealedPackage;
use catchment_load_postgres::testing::TestDatabase;

/// The temporary folder of a test, with pipelines and a DuckDB file.
pub(crate) struct Dataset {
    dir: tempfile::TempDir,
    /// The database to use instead of the file.
    postgres: Option<TestDatabase>,
}

impl Dataset {
    pub(crate) fn new() -> Dataset {
        Dataset { dir: tempfile::tempdir().unwrap(), postgres: None }
    }

    /// Creates a dataset in a PostgreSQL database. Without a server, returns `None` to skip the test, or panics in CI.
    #[expect(clippy::print_stderr, reason = "reports a skipped test")]
    pub(crate) fn postgres() -> Option<Dataset> {
        let postgres = TestDatabase::create().unwrap();
        if postgres.is_none() {
            eprintln!("SKIPPED: CATCHMENT_POSTGRES is not set; use `cargo xtask services -- cargo xtask test`");
        }
        postgres.map(|database| Dataset { postgres: Some(database), ..Dataset::new() })
    }

    pub(crate) fn postgres_database(&self) -> Option<&TestDatabase> {
        self.postgres.as_ref()
    }

    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.dir.path().join("data.duckdb")
    }

    pub(crate) fn pipelines(&self) -> PathBuf {
        self.dir.path().join("pipelines")
    }

    pub(crate) fn destination(&self) -> Arc<dyn Destination> {
        match &self.postgres {
            Some(database) => Arc::new(database.destination()),
            None => Arc::new(DuckDb::new(self.file())),
        }
    }

    /// Returns the pipeline `p`, which loads into the dataset `d`.
    pub(crate) fn pipeline(&self) -> Pipeline {
        Pipeline::new("p", self.destination(), "d").pipelines_dir(self.pipelines())
    }

    /// Returns the rows of a query: cells separated by spaces, rows by semicolons. Columns must be text or integers.
    pub(crate) fn query(&self, sql: &str) -> String {
        self.query_in("d", sql)
    }

    /// Returns the rows of a query in another dataset of the same file, formatted like [`query`](Self::query).
    pub(crate) fn query_in(&self, dataset_name: &str, sql: &str) -> String {
        cells(&self.try_query_in(dataset_name, sql).unwrap())
    }

    pub(crate) fn try_query_in(&self, dataset_name: &str, sql: &str) -> Result<QueryResult, LoadError> {
        query(&self.destination(), dataset_name, sql)
    }

    pub(crate) fn load(&self, package: &Arc<SealedPackage>) -> Result<LoadResult, LoadError> {
        let stop = CancellationToken::new();
        block_on(self.destination().load(Arc::clone(package), &stop))
    }

    /// Restores the pipeline `p` of the source `items` from the dataset `d`.
    pub(crate) fn restore(&self) -> Restored {
        let [dataset, pipeline, schema, source] = ["d", "p", "items", "items"].map(str::to_owned);
        let request = RestoreRequest { dataset, pipeline, schema, source, resources: Vec::new() };
        block_on(self.destination().restore(&request, &CancellationToken::new())).unwrap()
    }

    /// Returns the names of the tables of a dataset in alphabetical order, without the system tables.
    pub(crate) fn tables_in(&self, dataset_name: &str) -> Vec<String> {
        let sql = format!("SELECT table_name FROM information_schema.tables WHERE table_schema = '{dataset_name}' ORDER BY 1");
        let is_system = |name: &str| name.starts_with("_dlt") || name.starts_with("_catchment");
        let names = self.query_in(dataset_name, &sql);
        names.split("; ").filter(|name| !name.is_empty() && !is_system(name)).map(str::to_owned).collect()
    }

    /// Returns the names of the columns of a table in alphabetical order.
    pub(crate) fn columns(&self, table: &str) -> Vec<String> {
        let columns = "SELECT column_name FROM information_schema.columns WHERE table_schema = 'd' AND table_name =";
        let names = self.query(&format!("{columns} '{table}' ORDER BY 1"));
        names.split("; ").filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }

    /// Checks the integrity of the dataset: each row belongs to a logged load, each child row to a parent, IDs are unique.
    pub(crate) fn check_integrity(&self, root: &str, children: &[&str]) {
        let check = |what: &str, sql: String| assert_eq!(self.query(&sql), "0", "{what}: {sql}");
        check(
            "rows without a load",
            format!("SELECT count(*) FROM {root} WHERE _dlt_load_id NOT IN (SELECT load_id FROM _dlt_loads)"),
        );
        check("loads logged twice", "SELECT count(*) - count(DISTINCT load_id) FROM _dlt_loads".to_owned());
        for child in children {
            check("orphans", format!("SELECT count(*) FROM {child} WHERE _dlt_parent_id NOT IN (SELECT _dlt_id FROM {root})"));
        }
        for table in children.iter().chain([&root]) {
            check("duplicate ids", format!("SELECT count(*) - count(DISTINCT _dlt_id) FROM {table}"));
        }
    }
}

/// Formats rows: cells separated by spaces, rows by semicolons.
pub(crate) fn cells(result: &QueryResult) -> String {
    let mut rows = Vec::new();
    for batch in &result.batches {
        for row in 0..batch.num_rows() {
            let cell = |column| {
                ArrayFormatter::try_new(column, &FormatOptions::default().with_null("-")).unwrap().value(row).to_string()
            };
            rows.push(batch.columns().iter().map(|column| cell(column.as_ref())).collect::<Vec<_>>().join(" "));
        }
    }
    rows.join("; ")
}

/// Returns the rows of a query in a dataset.
pub(crate) fn query(destination: &dyn Destination, dataset_name: &str, sql: &str) -> Result<QueryResult, LoadError> {
    let stop = CancellationToken::new();
    block_on(async { destination.query(dataset_name, sql, &stop).await?.collect().await })
}

/// Runs a future on another thread, because some callers run in a runtime.
fn block_on<T: Send>(future: impl Future<Output = T> + Send) -> T {
    let run = || tokio::runtime::Runtime::new().unwrap().block_on(future);
    std::thread::scope(|scope| scope.spawn(run).join().unwrap())
}
