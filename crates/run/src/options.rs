//! Options of a run.

use catchment_extract::ExtractOptions;
use catchment_load_package::WriterOptions;
use catchment_normalize::NormalizeOptions;

use crate::plan::RefreshMode;

/// The limits and settings of a run.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The maximum bytes of fetched pages in flight, which are not written yet. Default: 32 MiB.
    pub in_flight_max_bytes: usize,
    /// The approximate bytes of pages that are shredded as one group. Default: 4 MiB.
    pub group_max_bytes: usize,
    /// The maximum bytes of cells and arrays that each thread shreds at once. A larger group is shredded in parts. Default:
    /// 32 MiB.
    pub batch_max_bytes: usize,
    /// The number of shredder threads. Default: the number of cores.
    pub workers: usize,
    /// The parallelism of extraction.
    pub extract: ExtractOptions,
    /// The refresh mode. Default: none.
    pub refresh: Option<RefreshMode>,
    /// The options of normalization.
    pub normalize: NormalizeOptions,
    /// The options of package writers.
    pub writer: WriterOptions,
    /// Whether a failed package of an earlier run fails the run before it extracts. By default it is reported and the run
    /// continues. A failed package of the run itself always fails the run. Default: false.
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

impl RunOptions {
    /// Returns the options with a share of the memory limits, for `parallel` packages that are built at once.
    pub(crate) fn with_memory_share(&self, parallel: usize) -> RunOptions {
        let mut options = self.clone();
        options.in_flight_max_bytes = options.in_flight_max_bytes.div_ceil(parallel.max(1));
        options.writer.buffer_max_bytes = options.writer.buffer_max_bytes.div_ceil(parallel.max(1));
        options
    }
}
