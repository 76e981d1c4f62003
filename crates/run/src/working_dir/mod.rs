//! The working folder of a pipeline: packages, locks and copies of the last state, schema and trace.

mod lock;
mod schema_files;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use catchment_json::Value;
use catchment_load_package::{PackageError, PackageStore};
use catchment_schema::Schema;
use catchment_state::State;
use thiserror::Error;

use crate::report::Trace;

pub use lock::LockError;
pub(crate) use lock::ResourceLocks;
pub use schema_files::{SchemaFileError, SchemaFiles};

const TRACE: &str = "trace.json";

/// The file for values that belong to this machine only.
const LOCAL: &str = "local.json";

const DEFAULT_FILE: &str = "default_file";

/// The working folder of a pipeline in the pipelines folder.
///
/// State and schema are stored in the destination; `state.json`, `schemas/` and `trace.json` are only copies of those of the
/// last package. Only pending packages and extracts would be lost with the folder.
#[derive(Debug, Clone)]
pub struct WorkingDir {
    path: PathBuf,
}

/// The error of a pipelines folder that cannot be read.
#[derive(Debug, Error)]
#[error("failed to read {}", path.display())]
pub struct WorkingDirError {
    path: PathBuf,
    source: std::io::Error,
}

impl WorkingDir {
    /// Returns the folder of the pipeline `name`, which need not exist.
    pub fn new(pipelines_dir: &Path, name: &str) -> WorkingDir {
        WorkingDir { path: pipelines_dir.join(name) }
    }

    /// Returns the names of all pipelines, most recently run first.
    ///
    /// # Errors
    ///
    /// Returns an error if the pipelines folder cannot be read. A missing folder yields no names.
    pub fn list(pipelines_dir: &Path) -> Result<Vec<String>, WorkingDirError> {
        let io = |source| WorkingDirError { path: pipelines_dir.to_owned(), source };
        if !pipelines_dir.exists() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for entry in std::fs::read_dir(pipelines_dir).map_err(io)? {
            let entry = entry.map_err(io)?;
            if entry.path().is_dir() {
                let ran = std::fs::metadata(entry.path().join(TRACE)).and_then(|m| m.modified()).ok();
                found.push((ran, entry.file_name().to_string_lossy().into_owned()));
            }
        }
        found.sort_unstable_by(|a, b| b.cmp(a));
        Ok(found.into_iter().map(|(_, name)| name).collect())
    }

    /// Returns the path of the folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns true if the folder exists, so the pipeline has run before.
    pub fn exists(&self) -> bool {
        self.path.exists()
    }

    /// Opens the package store.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder cannot be created.
    pub fn packages(&self) -> Result<PackageStore, PackageError> {
        PackageStore::open(&self.path)
    }

    /// Returns the state after the last run, or `None` if it is missing or unreadable.
    pub fn state(&self) -> Option<State> {
        State::from_value(self.read("state.json")?).ok()
    }

    /// Returns a schema after the last run, or `None` if it is missing or unreadable.
    pub fn schema(&self, name: &str) -> Option<Schema> {
        Schema::from_value(&self.read(&format!("schemas/{name}.schema.json"))?).ok()
    }

    /// Returns the default schema of the pipeline after the last run, which is the schema of its first source.
    pub fn default_schema(&self) -> Option<Schema> {
        self.schema(self.state()?.default_schema_name()?)
    }

    /// Returns the trace of the last run, or of its separate steps.
    pub fn trace(&self) -> Option<Trace> {
        serde_json::from_str(&std::fs::read_to_string(self.path.join(TRACE)).ok()?).ok()
    }

    /// Returns the default database file of earlier runs, stored by [`WorkingDir::save_default_database`].
    pub fn default_database(&self) -> Option<PathBuf> {
        self.read(LOCAL)?.get(DEFAULT_FILE)?.as_str().map(PathBuf::from)
    }

    /// Stores the absolute path of the default database file, which is used if no setting names a file. The default depends
    /// on the current folder, which can differ in the next run.
    pub fn save_default_database(&self, file: &Path) {
        if let Some(file) = file.to_str() {
            self.write(LOCAL, &Value::object([(DEFAULT_FILE, Value::from(file))]).to_string());
        }
    }

    pub(crate) fn save_snapshot(&self, state: &State, schema: &Schema) {
        self.write("state.json", &state.to_value().to_string());
        self.write(&format!("schemas/{}.schema.json", schema.name), &schema.to_value().to_string());
    }

    pub(crate) fn save_trace(&self, trace: &Trace) {
        match serde_json::to_string(trace) {
            Ok(text) => self.write(TRACE, &text),
            Err(error) => tracing::warn!("failed to write the trace of the run: {error}"),
        }
    }

    fn read(&self, name: &str) -> Option<Value> {
        Value::parse(&std::fs::read_to_string(self.path.join(name)).ok()?).ok()
    }

    /// Replaces a file atomically. An error is only logged, because the file is a copy.
    fn write(&self, name: &str, text: &str) {
        let path = self.path.join(name);
        let write = || -> std::io::Result<()> {
            let folder = path.parent().unwrap_or(&self.path);
            std::fs::create_dir_all(folder)?;
            // Uses a unique name, because concurrent runs of the pipeline can write the same file.
            let mut unfinished = tempfile::NamedTempFile::new_in(folder)?;
            unfinished.write_all(text.as_bytes())?;
            unfinished.persist(&path)?;
            Ok(())
        };
        if let Err(error) = write() {
            tracing::warn!("failed to write {}: {error}", path.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::WorkingDir;

    #[test]
    fn the_default_database_is_stored() {
        let dir = tempfile::tempdir().unwrap();
        let working_dir = WorkingDir::new(dir.path(), "p");
        assert_eq!(working_dir.default_database(), None);
        working_dir.save_default_database(Path::new("/data/p.duckdb"));
        assert_eq!(working_dir.default_database().as_deref(), Some(Path::new("/data/p.duckdb")));
    }
}
