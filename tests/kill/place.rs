//! The folder and database of a scenario.

use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, ensure};
use catchment::{Destination, DuckDb, Postgres};
use catchment_load_postgres::testing::TestDatabase;
use tempfile::TempDir;

/// The destination of all scenarios of a kill test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Engine {
    Duckdb,
    Postgres,
}

/// A folder with the pipelines of a scenario, and its database. Both are removed when this is dropped.
pub(crate) struct Place {
    dir: TempDir,
    /// The database on a server; without it, a DuckDB file in the folder.
    database: Option<TestDatabase>,
}

impl Place {
    /// Creates an empty folder and an empty database.
    pub(crate) fn new(engine: Engine) -> Result<Place> {
        let database = match engine {
            Engine::Duckdb => None,
            Engine::Postgres => TestDatabase::create()?,
        };
        ensure!(engine == Engine::Duckdb || database.is_some(), "CATCHMENT_POSTGRES is not set");
        Ok(Place { dir: tempfile::tempdir()?, database })
    }

    /// Copies folder and database.
    pub(crate) fn copy(&self) -> Result<Place> {
        let dir = tempfile::tempdir()?;
        copy_folder(self.dir.path(), dir.path())?;
        Ok(Place { dir, database: self.database.as_ref().map(TestDatabase::copy).transpose()? })
    }

    /// Returns the folder.
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Returns the name of the database on the server.
    pub(crate) fn database_name(&self) -> Option<&str> {
        self.database.as_ref().map(TestDatabase::name)
    }

    /// Returns the destination.
    pub(crate) fn destination(&self) -> Arc<dyn Destination> {
        destination(self.path(), self.database.as_ref().map(TestDatabase::destination))
    }

    /// Returns whether the database exists: a run creates the DuckDB file.
    pub(crate) fn has_database(&self) -> bool {
        self.database.is_some() || self.path().join(DUCKDB_FILE).exists()
    }

    /// Returns the schema that every database has.
    pub(crate) fn default_schema(&self) -> &'static str {
        if self.database.is_some() { "public" } else { "main" }
    }

    /// Returns the SQL of the columns of `alias`, except `_dlt_id` and `_dlt_load_id`, as text.
    pub(crate) fn row_text(&self, alias: &str) -> String {
        match self.database {
            None => format!("COLUMNS({alias}.* EXCLUDE (_dlt_id, _dlt_load_id))::VARCHAR"),
            Some(_) => format!("(to_jsonb({alias}) - '_dlt_id' - '_dlt_load_id')::text"),
        }
    }

    /// Checks that no packages, and no files besides the database and the working folder, are left.
    pub(crate) fn check_no_leftovers(&self) -> Result<()> {
        let wal = format!("{DUCKDB_FILE}.wal");
        for entry in std::fs::read_dir(self.path())? {
            let name = entry?.file_name();
            let expected = [DUCKDB_FILE, &wal, PIPELINES].map(OsStr::new);
            ensure!(expected.contains(&name.as_os_str()), "{name:?} is left");
        }
        let pipeline = self.path().join(PIPELINES).join("p");
        let left = std::fs::read_dir(pipeline.join("packages"))?.count();
        ensure!(left == 0, "{left} packages are left");
        ensure!(!pipeline.join("aside").exists(), "a package failed");
        Ok(())
    }
}

/// The name of the DuckDB file in a folder.
const DUCKDB_FILE: &str = "data.duckdb";

/// The name of the folder of pipelines in a folder.
pub(crate) const PIPELINES: &str = "pipelines";

/// Returns the destination `postgres`, or otherwise the DuckDB file in `dir`.
pub(crate) fn destination(dir: &Path, postgres: Option<Postgres>) -> Arc<dyn Destination> {
    match postgres {
        Some(postgres) => Arc::new(postgres),
        None => Arc::new(DuckDb::new(dir.join(DUCKDB_FILE))),
    }
}

/// Copies a folder recursively.
fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
