//! Errors of queries.

use catchment_load::LoadError;
use thiserror::Error;

use crate::UnknownName;

/// The error of a query of a dataset.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DatasetError {
    /// The destination failed.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The query names a table or column that does not exist.
    #[error(transparent)]
    UnknownName(#[from] UnknownName),
}
