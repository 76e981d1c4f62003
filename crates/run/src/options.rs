//! Bounds of a run.

use catchment_load_package::WriterOptions;
use catchment_normalize::NormalizeOptions;

/// What a run may use.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Bytes of pages that were fetched and are not written yet; 32 MiB by default.
    pub in_flight_max_bytes: usize,
    /// Bytes of pages that are shredded together; 4 MiB by default.
    pub group_max_bytes: usize,
    /// Threads that shred; as many as there are cores by default.
    pub workers: usize,
    /// How rows are normalised.
    pub normalize: NormalizeOptions,
    /// How packages are written.
    pub writer: WriterOptions,
}

impl Default for RunOptions {
    fn default() -> Self {
        let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        RunOptions {
            in_flight_max_bytes: 32 << 20,
            group_max_bytes: 4 << 20,
            workers,
            normalize: NormalizeOptions::default(),
            writer: WriterOptions::default(),
        }
    }
}
