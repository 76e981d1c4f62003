//! The stored format of a schema: dlt's engine version 11. Older versions are migrated when read.

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

/// The key for the hash of the last imported schema. Content hashes exclude it.
const IMPORTED_VERSION_HASH: &str = "imported_version_hash";

/// An invalid stored schema.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("invalid stored schema: {path}: {problem}")]
pub struct StoredSchemaError {
    /// The path of the invalid key.
    pub path: String,
    /// The invalid value and the expected one.
    pub problem: String,
}
