//! Schema files, imported before a run and exported after each package.

use std::path::{Path, PathBuf};

use catchment_schema::{Schema, StoredSchemaError};
use thiserror::Error;

/// The folders of schema files. Each source has the file `NAME.schema.yaml`. Default: none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SchemaFiles {
    /// The folder of schema files to import before a run. A file that changed since its last import replaces the schema of
    /// the dataset.
    pub import_schema_path: Option<PathBuf>,
    /// The folder to export the schema to after each package.
    pub export_schema_path: Option<PathBuf>,
}

/// The error of a schema file that cannot be imported.
#[derive(Debug, Error)]
pub enum SchemaFileError {
    /// The file cannot be read.
    #[error("failed to read schema file {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The file contains no valid schema.
    #[error("failed to import schema file {}: {source}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: StoredSchemaError,
    },
    /// The file contains the schema of another source.
    #[error("schema file {} contains the schema {found:?}, expected {expected:?}; correct its `name`", path.display())]
    OtherName {
        /// The file.
        path: PathBuf,
        /// The name in the file.
        found: String,
        /// The name of the source.
        expected: String,
    },
}

impl SchemaFiles {
    /// Returns the schema for the run: the imported file if it changed, otherwise `stored`, the schema of the dataset.
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

    /// Exports the schema. An error is only logged, because the rows are safe.
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
