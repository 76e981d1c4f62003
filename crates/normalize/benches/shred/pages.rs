//! Pages in memory.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use catchment_sample_api::Issues;

/// The approximate total size of all pages, in bytes.
const BYTES: usize = 46_000_000;
/// The number of issues per page.
const PER_PAGE: usize = 100;
/// The number of generated issues, more than fit into [`BYTES`].
const ISSUES: u32 = 20_000;

/// The input of the benchmark.
pub(crate) struct Pages {
    pub(crate) all: Vec<Vec<u8>>,
}

impl Pages {
    /// Generates pages of the sample API.
    pub(crate) fn generate() -> Pages {
        Pages::fill(Issues::new(ISSUES, 7).pages(PER_PAGE).map(String::into_bytes))
    }

    /// Reads the JSON files of a folder in the order of their names, repeated until the total size is reached.
    pub(crate) fn read(dir: &Path) -> Result<Pages> {
        let entries = std::fs::read_dir(dir).with_context(|| format!("failed to read the folder {}", dir.display()))?;
        let mut files = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
        files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
        files.sort_unstable();
        let read = |file| std::fs::read(file).with_context(|| format!("failed to read {}", Path::display(file)));
        let pages = files.iter().map(|file| read(file)).collect::<Result<Vec<_>>>()?;
        ensure!(pages.iter().any(|page| !page.is_empty()), "no pages (*.json) in {}", dir.display());
        Ok(Pages::fill(pages.iter().cycle().cloned()))
    }

    fn fill(pages: impl Iterator<Item = Vec<u8>>) -> Pages {
        let mut bytes = 0;
        let enough = |page: &Vec<u8>| {
            let more = bytes < BYTES;
            bytes += page.len();
            more
        };
        Pages { all: pages.take_while(enough).collect() }
    }
}
