//! Schemas that people keep in files: imported before a run, exported after it.

use std::path::{Path, PathBuf};

use catchment_schema::{Schema, StoredSchemaError};
use thiserror::Error;

/// The folders of schema files, `NAME.schema.yaml` for the schema of each source; none by default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SchemaFiles {
    /// Where a file is looked for before a run. One that changed since it was imported last takes the place of the
    /// schema of the dataset.
    pub import_schema_path: Option<PathBuf>,
    /// Where the schema is written to after each package.
    pub export_schema_path: Option<PathBuf>,
}

/// A schema file that cannot be imported.
#[derive(Debug, Error)]
pub enum SchemaFileError {
    /// It cannot be read.
    #[error("failed to read the schema file {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is not a schema.
    #[error("the schema file {} cannot be imported: {source}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: StoredSchemaError,
    },
    /// It is that of another source.
    #[error("the schema file {} is that of {found:?}, expected {expected:?}", path.display())]
    OtherName {
        /// The file.
        path: PathBuf,
        /// The name in it.
        found: String,
        /// The name of the source.
        expected: String,
    },
}

impl SchemaFiles {
    /// The schema to begin with, where `stored` is that of the dataset.
    pub(crate) fn import(&self, name: &str, stored: Option<Schema>) -> Result<Option<Schema>, SchemaFileError> {
        let Some(folder) = &self.import_schema_path else { return Ok(stored) };
        let path = file(folder, name);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(stored),
            Err(source) => return Err(SchemaFileError::Io { path, source }),
        };
        let imported = match Schema::from_yaml(&text) {
            Ok(imported) => imported,
            Err(source) => return Err(SchemaFileError::Invalid { path, source }),
        };
        if imported.name != name {
            return Err(SchemaFileError::OtherName { path, found: imported.name, expected: name.to_owned() });
        }
        Ok(Schema::import(stored.as_ref(), imported).or(stored))
    }

    /// Writes the schema. That it cannot be is no reason to fail: the rows are safe.
    pub(crate) fn export(&self, schema: &Schema) {
        let Some(folder) = &self.export_schema_path else { return };
        let path = file(folder, &schema.name);
        let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, schema.to_yaml()));
        if let Err(error) = written {
            tracing::warn!("failed to export the schema to {}: {error}", path.display());
        }
    }
}

fn file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.schema.yaml"))
}
