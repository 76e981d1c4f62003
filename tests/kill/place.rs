//! The folder and database of a scenario.

use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use catchment::Destination;
use catchment_load_postgres::testing::TestDatabase;
use tempfile::TempDir;

use crate::emulator::Project;
use crate::engine::{DUCKDB_FILE, Engine};

/// A folder with the pipelines of a scenario, and its database. Both are removed when this is dropped.
pub(crate) struct Place {
    dir: TempDir,
    database: Database,
}

/// The database of a scenario.
enum Database {
    /// A DuckDB file in the folder.
    File,
    Postgres(Box<TestDatabase>),
    Bigquery(Project),
}

impl Place {
    /// Creates an empty folder and an empty database.
    pub(crate) fn new(engine: Engine) -> Result<Place> {
        let database = match engine {
            Engine::Duckdb => Database::File,
            Engine::Postgres => Database::Postgres(Box::new(TestDatabase::create()?.context("CATCHMENT_POSTGRES is not set")?)),
            Engine::Bigquery => Database::Bigquery(Project::create()?),
        };
        Ok(Place { dir: tempfile::tempdir()?, database })
    }

    /// Copies folder and database.
    pub(crate) fn copy(&self) -> Result<Place> {
        let dir = tempfile::tempdir()?;
        copy_folder(self.dir.path(), dir.path())?;
        let database = match &self.database {
            Database::File => Database::File,
            Database::Postgres(database) => Database::Postgres(Box::new(database.copy()?)),
            Database::Bigquery(project) => Database::Bigquery(project.copy()?),
        };
        Ok(Place { dir, database })
    }

    /// Returns the folder.
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Returns the kind of the database.
    pub(crate) fn engine(&self) -> Engine {
        match self.database {
            Database::File => Engine::Duckdb,
            Database::Postgres(_) => Engine::Postgres,
            Database::Bigquery(_) => Engine::Bigquery,
        }
    }

    /// Returns the name of the database on the server, or of the project.
    pub(crate) fn database_name(&self) -> Option<&str> {
        match &self.database {
            Database::File => None,
            Database::Postgres(database) => Some(database.name()),
            Database::Bigquery(project) => Some(project.name()),
        }
    }

    /// Returns the destination.
    pub(crate) fn destination(&self) -> Result<Arc<dyn Destination>> {
        self.engine().destination(self.path(), self.database_name())
    }

    /// Returns whether a killed load leaves tables and columns as they were before or after it. If not, there may be some
    /// whose rows were not loaded.
    pub(crate) fn has_transactional_ddl(&self) -> Result<bool> {
        Ok(self.destination()?.capabilities().transactional_ddl)
    }

    /// Returns whether [`Engine::default_schema`] exists: a run creates the DuckDB file, and the dataset in BigQuery.
    pub(crate) fn has_default_schema(&self) -> Result<bool> {
        match &self.database {
            Database::File => Ok(self.path().join(DUCKDB_FILE).exists()),
            Database::Postgres(_) => Ok(true),
            Database::Bigquery(project) => project.has_dataset(),
        }
    }

    /// Checks that no packages, no staging tables, and no files besides the database and the working folder, are left.
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
        match &self.database {
            Database::Bigquery(project) => project.check_no_staging_tables(),
            Database::File | Database::Postgres(_) => Ok(()),
        }
    }
}

/// The name of the folder of pipelines in a folder.
pub(crate) const PIPELINES: &str = "pipelines";

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
