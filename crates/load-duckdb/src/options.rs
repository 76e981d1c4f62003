//! Options of the DuckDB adapter.

use std::path::PathBuf;
use std::time::Duration;

use crate::MemoryLimit;

/// Options for opening a DuckDB file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuckDbOptions {
    /// The path of the file.
    pub path: PathBuf,
    /// The memory limit. DuckDB spills data beyond it to a temporary folder next to the file. Default:
    /// [`MemoryLimit::Auto`].
    pub memory_limit: MemoryLimit,
    /// The number of threads. Default: one for loads, because each thread needs memory and more threads hardly speed up a
    /// load, and one per core for queries.
    pub threads: Option<u64>,
    /// The maximum time to wait for a locked file. Default: ten minutes.
    pub wait: Duration,
}

impl DuckDbOptions {
    /// Creates the default options for the file at `path`.
    pub fn new(path: impl Into<PathBuf>) -> DuckDbOptions {
        DuckDbOptions { path: path.into(), memory_limit: MemoryLimit::Auto, threads: None, wait: Duration::from_secs(600) }
    }
}
