//! The folder of a pipeline: packages, locks, and what the last run knew, for people to look at.

use std::path::{Path, PathBuf};

use catchment_json::Value;
use catchment_load_package::{PackageError, PackageStore};
use catchment_schema::Schema;
use catchment_state::State;
use thiserror::Error;

/// A pipeline's folder below the pipelines folder.
///
/// It can be lost at any time: what counts is in the destination. `state.json`, `schemas/` and `trace.json` are
/// copies of what the last run stored.
#[derive(Debug, Clone)]
pub struct WorkingDir {
    path: PathBuf,
}

/// A working folder that cannot be read or written.
#[derive(Debug, Error)]
#[error("failed to {action} {}", path.display())]
pub struct WorkingDirError {
    action: &'static str,
    path: PathBuf,
    source: std::io::Error,
}

impl WorkingDir {
    /// The folder of the pipeline `name`; it need not exist.
    pub fn new(pipelines_dir: &Path, name: &str) -> WorkingDir {
        WorkingDir { path: pipelines_dir.join(name) }
    }

    /// The folders of all pipelines, the one that ran last first.
    ///
    /// # Errors
    ///
    /// Where the pipelines folder cannot be read; that it is missing is none.
    pub fn list(pipelines_dir: &Path) -> Result<Vec<String>, WorkingDirError> {
        let io = |source| WorkingDirError { action: "read", path: pipelines_dir.to_owned(), source };
        if !pipelines_dir.exists() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for entry in std::fs::read_dir(pipelines_dir).map_err(io)? {
            let entry = entry.map_err(io)?;
            if entry.path().is_dir() {
                let ran = std::fs::metadata(entry.path().join("trace.json")).and_then(|m| m.modified()).ok();
                found.push((ran, entry.file_name().to_string_lossy().into_owned()));
            }
        }
        found.sort_unstable_by(|a, b| b.cmp(a));
        Ok(found.into_iter().map(|(_, name)| name).collect())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the pipeline has ever run here.
    pub fn exists(&self) -> bool {
        self.path.exists()
    }

    /// Its packages.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be made.
    pub fn packages(&self) -> Result<PackageStore, PackageError> {
        PackageStore::open(&self.path)
    }

    /// The state after the last run; none where there is none, or it cannot be read.
    pub fn state(&self) -> Option<State> {
        State::from_value(self.read("state.json")?).ok()
    }

    /// The schema of that name after the last run.
    pub fn schema(&self, name: &str) -> Option<Schema> {
        Schema::from_value(&self.read(&format!("schemas/{name}.schema.json"))?).ok()
    }

    /// The report of the last run.
    pub fn trace(&self) -> Option<Value> {
        self.read("trace.json")
    }

    pub(crate) fn keep(&self, state: &State, schema: &Schema) -> Result<(), WorkingDirError> {
        self.write("state.json", &state.to_value())?;
        self.write(&format!("schemas/{}.schema.json", schema.name), &schema.to_value())
    }

    pub(crate) fn keep_trace(&self, trace: &Value) -> Result<(), WorkingDirError> {
        self.write("trace.json", trace)
    }

    fn read(&self, name: &str) -> Option<Value> {
        Value::parse(&std::fs::read_to_string(self.path.join(name)).ok()?).ok()
    }

    /// Puts a whole file in the place of the old one.
    fn write(&self, name: &str, value: &Value) -> Result<(), WorkingDirError> {
        let path = self.path.join(name);
        let unfinished = path.with_extension("tmp");
        let write = || {
            path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            std::fs::write(&unfinished, value.to_string())?;
            std::fs::rename(&unfinished, &path)
        };
        write().map_err(|source| WorkingDirError { action: "write", path: path.clone(), source })
    }
}
