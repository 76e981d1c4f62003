//! The stored form of a schema: dlt's engine version 11.

mod defaults;
mod read;
mod write;

use thiserror::Error;

pub(crate) use defaults::{default_normalizers, default_settings};
pub(crate) use read::read;
pub(crate) use write::write;

/// A stored schema that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the stored schema cannot be read: {path}: {problem}")]
pub struct StoredError {
    /// The path of the key.
    pub path: String,
    /// What is wrong there.
    pub problem: String,
}
