//! Pages stored as files.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use catchment_sample_api::Issues;

/// Number of rows in a generated page.
const PER_PAGE: usize = 100;

/// Writes `count` generated pages of issues into `dir`.
pub(crate) fn generate(count: usize, dir: &Path) -> Result<()> {
    let issues = Issues::new(u32::try_from(count * PER_PAGE)?, 7);
    for (page, body) in issues.pages(PER_PAGE).enumerate() {
        std::fs::write(name(dir, page), body)?;
    }
    Ok(())
}

/// Copies the JSON files of `from`, in name order, to `dir` as pages. Repeats them until there are `count` pages.
pub(crate) fn copy(from: &Path, count: usize, dir: &Path) -> Result<()> {
    let files = files(from)?;
    ensure!(!files.is_empty(), "no .json files in {}", from.display());
    for (page, file) in files.iter().cycle().take(count).enumerate() {
        std::fs::copy(file, name(dir, page)).with_context(|| format!("failed to copy {}", file.display()))?;
    }
    Ok(())
}

/// Reads the pages in `dir`.
pub(crate) fn read(dir: &Path) -> Result<Vec<Vec<u8>>> {
    files(dir)?.iter().map(|file| std::fs::read(file).with_context(|| format!("failed to read {}", file.display()))).collect()
}

/// Returns the total size of the pages in `dir` without reading them, as the measured peak memory of a child process
/// includes the memory of its parent at the time of the fork.
pub(crate) fn bytes(dir: &Path) -> Result<u64> {
    files(dir)?.iter().map(|file| Ok(std::fs::metadata(file)?.len())).sum()
}

fn name(dir: &Path, page: usize) -> PathBuf {
    dir.join(format!("{page:06}.json"))
}

fn files(dir: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(dir).with_context(|| format!("failed to read the folder {}", dir.display()))?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort_unstable();
    Ok(files)
}
