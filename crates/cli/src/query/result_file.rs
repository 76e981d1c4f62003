//! Files with query results.

use std::fs::{File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tempfile::NamedTempFile;

/// A file that gets its name when the result is complete. It is removed if it is dropped before.
pub(crate) struct ResultFile {
    file: NamedTempFile,
    path: PathBuf,
}

impl ResultFile {
    /// Creates a temporary file beside `path`.
    pub(crate) fn create(path: &Path) -> anyhow::Result<ResultFile> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // readable as other new files are, instead of only by its owner
        let permissions = Permissions::from_mode(0o666);
        let file = tempfile::Builder::new().permissions(permissions).tempfile_in(folder);
        let file = file.with_context(|| format!("failed to create a file in {}", folder.display()))?;
        Ok(ResultFile { file, path: path.to_owned() })
    }

    /// Returns the writer of the file.
    pub(crate) fn writer(&self) -> &File {
        self.file.as_file()
    }

    /// Gives the file its name. An existing file is replaced.
    pub(crate) fn commit(self) -> anyhow::Result<()> {
        let failed = || format!("failed to write {}", self.path.display());
        self.file.as_file().sync_all().with_context(failed)?;
        self.file.persist(&self.path).map(drop).with_context(failed)
    }
}
