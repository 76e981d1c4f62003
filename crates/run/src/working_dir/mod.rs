//! The working folder of a pipeline: packages, locks and copies of the last state, schema and trace.

mod lock;
mod schema_files;

use std::io::{ErrorKind, Write as _};
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

/// The copy of the state.
const STATE: &str = "state.json";

/// The folder of the copies of schemas.
const SCHEMAS: &str = "schemas";

const SCHEMA_SUFFIX: &str = ".schema.json";

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

/// The error of a pipelines folder or working folder that cannot be read or written.
#[derive(Debug, Error)]
#[error("failed to {action} {}", path.display())]
pub struct WorkingDirError {
    action: &'static str,
    path: PathBuf,
    source: std::io::Error,
}

impl WorkingDirError {
    /// Returns a function that adds the operation and the path to an error.
    fn io(action: &'static str, path: &Path) -> impl Fn(std::io::Error) -> WorkingDirError {
        move |source| WorkingDirError { action, path: path.to_owned(), source }
    }
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
        let io = WorkingDirError::io("read", pipelines_dir);
        if !pipelines_dir.exists() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for entry in std::fs::read_dir(pipelines_dir).map_err(&io)? {
            let entry = entry.map_err(&io)?;
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
        Schema::from_value(&self.read(&schema_file(name))?).ok()
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
        self.write(STATE, &state.to_value().to_string());
        self.write(&schema_file(&schema.name), &schema.to_value().to_string());
    }

    /// Replaces the copies of the state and of all schemas.
    pub(crate) fn replace_snapshot(&self, state: &State, schemas: &[Schema]) -> Result<(), WorkingDirError> {
        let files: Vec<_> = schemas.iter().map(|schema| (schema_file(&schema.name), schema.to_value())).collect();
        for (name, schema) in &files {
            self.replace(name, &schema.to_string()).map_err(WorkingDirError::io("write", &self.path.join(name)))?;
        }
        for name in self.stored_schema_files()?.into_iter().filter(|name| !files.iter().any(|(kept, _)| kept == name)) {
            self.remove(&name)?;
        }
        self.replace(STATE, &state.to_value().to_string()).map_err(WorkingDirError::io("write", &self.path.join(STATE)))
    }

    /// Returns the names of the copies of schemas.
    fn stored_schema_files(&self) -> Result<Vec<String>, WorkingDirError> {
        let folder = self.path.join(SCHEMAS);
        let io = WorkingDirError::io("read", &folder);
        let entries = match std::fs::read_dir(&folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(&io)?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let name = entry.map_err(&io)?.file_name().to_string_lossy().into_owned();
            if name.ends_with(SCHEMA_SUFFIX) {
                names.push(format!("{SCHEMAS}/{name}"));
            }
        }
        Ok(names)
    }

    fn remove(&self, name: &str) -> Result<(), WorkingDirError> {
        let path = self.path.join(name);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(WorkingDirError::io("remove", &path)(error)),
            _ => Ok(()),
        }
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

    /// Replaces a file. An error is only logged, because the file is a copy.
    fn write(&self, name: &str, text: &str) {
        if let Err(error) = self.replace(name, text) {
            tracing::warn!("failed to write {}: {error}", self.path.join(name).display());
        }
    }

    /// Replaces a file atomically and creates its folder.
    fn replace(&self, name: &str, text: &str) -> std::io::Result<()> {
        let path = self.path.join(name);
        let folder = path.parent().unwrap_or(&self.path);
        std::fs::create_dir_all(folder)?;
        // Uses a unique name, because concurrent runs of the pipeline can write the same file.
        let mut unfinished = tempfile::NamedTempFile::new_in(folder)?;
        unfinished.write_all(text.as_bytes())?;
        unfinished.persist(&path)?;
        Ok(())
    }
}

/// Returns the name of the copy of a schema. The name of a schema that another tool has stored can contain any characters,
/// and must not leave the folder.
fn schema_file(name: &str) -> String {
    format!("{SCHEMAS}/{}{SCHEMA_SUFFIX}", name.replace(['/', '\\'], "_"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use catchment_schema::Schema;
    use catchment_state::State;

    use super::WorkingDir;

    #[test]
    fn a_snapshot_replaces_all_copies() {
        let dir = tempfile::tempdir().unwrap();
        let working_dir = WorkingDir::new(dir.path(), "p");
        #[track_caller]
        fn check(working_dir: &WorkingDir, schemas: &[&str], state: Option<i64>) {
            for name in ["a", "b", "../x"] {
                assert_eq!(working_dir.schema(name).is_some(), schemas.contains(&name), "{name}");
            }
            assert_eq!(working_dir.state().map(|state| state.version()), state);
        }
        let mut state = State::new("p", "d", "t");
        working_dir.replace_snapshot(&state, &["a", "../x"].map(Schema::new)).unwrap();
        check(&working_dir, &["a", "../x"], Some(0));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "no file is outside of the working folder");
        state.update_version();
        working_dir.replace_snapshot(&state, &["b"].map(Schema::new)).unwrap();
        check(&working_dir, &["b"], Some(1));
    }

    #[test]
    fn the_default_database_is_stored() {
        let dir = tempfile::tempdir().unwrap();
        let working_dir = WorkingDir::new(dir.path(), "p");
        assert_eq!(working_dir.default_database(), None);
        working_dir.save_default_database(Path::new("/data/p.duckdb"));
        assert_eq!(working_dir.default_database().as_deref(), Some(Path::new("/data/p.duckdb")));
    }
}
