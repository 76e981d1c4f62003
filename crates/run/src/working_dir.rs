//! The folder of a pipeline: packages, locks, and what the last run knew, for people to look at.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use catchment_json::Value;
use catchment_load_package::{PackageError, PackageStore};
use catchment_schema::Schema;
use catchment_state::State;
use thiserror::Error;

use crate::report::Trace;

const TRACE: &str = "trace.json";

/// What belongs to this machine alone.
const LOCAL: &str = "local.json";

const DEFAULT_FILE: &str = "default_file";

/// A pipeline's folder below the pipelines folder.
///
/// It can be lost at any time: what counts is in the destination. `state.json`, `schemas/` and `trace.json` are
/// copies of what the last package has.
#[derive(Debug, Clone)]
pub struct WorkingDir {
    path: PathBuf,
}

/// A folder of pipelines that cannot be read.
#[derive(Debug, Error)]
#[error("failed to read {}", path.display())]
pub struct WorkingDirError {
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

    /// The default schema of the pipeline, that of its first source, as it was after the last run.
    pub fn default_schema(&self) -> Option<Schema> {
        self.schema(self.state()?.default_schema_name()?)
    }

    /// What the last run did, or the steps that were done one by one.
    pub fn trace(&self) -> Option<Trace> {
        serde_json::from_str(&std::fs::read_to_string(self.path.join(TRACE)).ok()?).ok()
    }

    /// The database file that the pipeline has loaded into while no setting said where; see
    /// [`WorkingDir::save_default_database`].
    pub fn default_database(&self) -> Option<PathBuf> {
        self.read(LOCAL)?.get(DEFAULT_FILE)?.as_str().map(PathBuf::from)
    }

    /// Remembers the database file, an absolute path, that the pipeline loads into where no setting says which: it depends on
    /// the current folder, and the next run may have another one.
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

    /// Puts a whole file in the place of the old one. That it cannot is no reason to fail: it is a copy.
    fn write(&self, name: &str, text: &str) {
        let path = self.path.join(name);
        let write = || -> std::io::Result<()> {
            let folder = path.parent().unwrap_or(&self.path);
            std::fs::create_dir_all(folder)?;
            // a name of its own, as other runs of the pipeline may write it too
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
    fn the_default_file_is_remembered() {
        let dir = tempfile::tempdir().unwrap();
        let working_dir = WorkingDir::new(dir.path(), "p");
        assert_eq!(working_dir.default_database(), None);
        working_dir.save_default_database(Path::new("/data/p.duckdb"));
        assert_eq!(working_dir.default_database().as_deref(), Some(Path::new("/data/p.duckdb")));
    }
}
