//! Bounds of a run, and what it does with what earlier ones left.

use catchment_extract::ExtractOptions;
use catchment_load_package::WriterOptions;
use catchment_normalize::NormalizeOptions;

use crate::refresh::RefreshMode;

/// What a run may use and how it goes on.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Bytes of pages that were fetched and are not written yet; 32 MiB by default.
    pub in_flight_max_bytes: usize,
    /// Bytes of pages that are shredded together; 4 MiB by default.
    pub group_max_bytes: usize,
    /// Bytes of rows as cells and arrays that are made of pages at once by each thread; more are made in parts, one after the
    /// other. 32 MiB by default.
    pub batch_max_bytes: usize,
    /// Threads that shred; as many as there are cores by default.
    pub workers: usize,
    /// How much is extracted at the same time.
    pub extract: ExtractOptions,
    /// What of earlier runs makes way; nothing by default.
    pub refresh: Option<RefreshMode>,
    /// How rows are normalised.
    pub normalize: NormalizeOptions,
    /// How packages are written.
    pub writer: WriterOptions,
    /// Whether a package of an earlier run that can never be loaded ends the run, before it extracts. By default it is set
    /// aside and reported, and the run goes on; one that the run itself made always ends it.
    pub raise_on_failed_jobs: bool,
}

impl Default for RunOptions {
    fn default() -> Self {
        let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        RunOptions {
            in_flight_max_bytes: 32 << 20,
            group_max_bytes: 4 << 20,
            batch_max_bytes: 32 << 20,
            workers,
            extract: ExtractOptions::default(),
            refresh: None,
            normalize: NormalizeOptions::default(),
            writer: WriterOptions::default(),
            raise_on_failed_jobs: false,
        }
    }
}
