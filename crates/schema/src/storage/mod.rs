//! The stored form of a schema: dlt's engine version 11, and older ones to read.

mod defaults;
mod encoding;
mod import;
mod migrate;
mod read;
mod write;

use thiserror::Error;

pub(crate) use defaults::{default_normalizers, default_settings};
pub(crate) use read::read;
pub(crate) use write::write;

/// The key that holds the hash of the schema that was imported last. It is no content: no hash counts it.
const IMPORTED_VERSION_HASH: &str = "imported_version_hash";

/// A stored schema that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the stored schema cannot be read: {path}: {problem}")]
pub struct StoredSchemaError {
    /// The path of the key.
    pub path: String,
    /// What is wrong there.
    pub problem: String,
}
