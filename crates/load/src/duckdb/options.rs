use std::path::PathBuf;
use std::time::Duration;

/// How a DuckDB file is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuckDbOptions {
    /// The file.
    pub path: PathBuf,
    /// What DuckDB may keep in memory, in its own notation (`64MB`); more goes to a temporary folder beside
    /// the file. `64MB` by default: a transaction keeps its rows in memory up to this limit.
    pub memory_limit: String,
    /// The threads that DuckDB uses. By default one to load, as each needs a share of the memory and a load is hardly
    /// faster with more, and as many as the machine has for queries.
    pub threads: Option<u64>,
    /// How long a file that another process has open is waited for; ten minutes by default.
    pub wait: Duration,
}

impl DuckDbOptions {
    /// The file at `path`, with the defaults.
    pub fn new(path: impl Into<PathBuf>) -> DuckDbOptions {
        DuckDbOptions { path: path.into(), memory_limit: "64MB".to_owned(), threads: None, wait: Duration::from_secs(600) }
    }
}
