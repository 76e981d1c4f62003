use std::path::PathBuf;
use std::time::Duration;

use super::MemoryLimit;

/// How a DuckDB file is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuckDbOptions {
    /// The file.
    pub path: PathBuf,
    /// The memory that DuckDB may use; more goes to a temporary folder beside the file. By default as much as the rows
    /// need.
    pub memory_limit: MemoryLimit,
    /// The threads that DuckDB uses. By default one to load, as each needs a share of the memory and a load is hardly
    /// faster with more, and as many as the machine has for queries.
    pub threads: Option<u64>,
    /// How long a file that another process has open is waited for; ten minutes by default.
    pub wait: Duration,
}

impl DuckDbOptions {
    /// The file at `path`, with the defaults.
    pub fn new(path: impl Into<PathBuf>) -> DuckDbOptions {
        DuckDbOptions { path: path.into(), memory_limit: MemoryLimit::Auto, threads: None, wait: Duration::from_secs(600) }
    }
}
