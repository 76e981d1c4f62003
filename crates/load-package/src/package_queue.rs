//! The queues of a store and the packages in their folders.

use std::io::ErrorKind;
use std::path::Path;

use crate::{PackageError, extracted, journal, lock, pages, segment};

/// A stage of a package on its way to the dataset, stored as a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PackageQueue {
    /// Extracted rows to normalize.
    Extracted,
    /// Packages that are being written or are pending.
    Normalized,
    /// Packages that cannot be loaded and extracts that cannot be normalized.
    Failed,
}

impl PackageQueue {
    /// All queues, in processing order.
    pub const ALL: [PackageQueue; 3] = [PackageQueue::Extracted, PackageQueue::Normalized, PackageQueue::Failed];

    /// The queues of pending packages, in processing order.
    pub const PENDING: [PackageQueue; 2] = [PackageQueue::Extracted, PackageQueue::Normalized];

    /// Returns the name of the folder in the working directory of a pipeline.
    pub fn folder(self) -> &'static str {
        match self {
            PackageQueue::Extracted => "extracted",
            PackageQueue::Normalized => "packages",
            PackageQueue::Failed => "aside",
        }
    }
}

/// The name of the file with the reason why a package failed.
pub(crate) const REASON: &str = "reason.txt";

/// The content of a queue folder.
#[derive(Debug, Default)]
pub(crate) struct FolderListing {
    /// The sorted names of packages: load ids, with a suffix such as `_2` if several packages with one load id failed.
    pub(crate) packages: Vec<String>,
    /// The sorted names of other files and folders, which are ignored.
    pub(crate) unrecognized: Vec<String>,
}

/// Lists a queue of the store in `working_dir`. A missing folder is an empty queue.
pub(crate) fn scan(working_dir: &Path, queue: PackageQueue) -> Result<FolderListing, PackageError> {
    let folder = working_dir.join(queue.folder());
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(FolderListing::default()),
        Err(source) => return Err(PackageError::Io { action: "read", path: folder, source }),
    };
    let mut names = FolderListing::default();
    for entry in entries {
        let entry = entry.map_err(PackageError::io("read", &folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let load_id = if queue == PackageQueue::Failed { load_id(&name) } else { &name };
        if is_folder && is_load_id(load_id) && is_package(&entry.path())? {
            names.packages.push(name);
        } else {
            names.unrecognized.push(name);
        }
    }
    names.packages.sort_unstable();
    names.unrecognized.sort_unstable();
    Ok(names)
}

/// Returns the load id of the failed package in the folder `name`.
pub(crate) fn load_id(name: &str) -> &str {
    name.split_once('_').map_or(name, |(load_id, _)| load_id)
}

/// Returns true if `name` consists of digits, a point and digits.
fn is_load_id(name: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    name.split_once('.').is_some_and(|(seconds, decimals)| is_number(seconds) && is_number(decimals))
}

/// Returns true if the folder contains pages or a journal, or only remains of a package.
fn is_package(folder: &Path) -> Result<bool, PackageError> {
    let read = || -> std::io::Result<Vec<String>> {
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    };
    let files = match read() {
        Ok(files) => files,
        // another process has just loaded or moved it
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(true),
        Err(source) => return Err(PackageError::Io { action: "read", path: folder.to_owned(), source }),
    };
    let is_head = |file: &str| [journal::FILE, pages::FILE, extracted::UNFINISHED, extracted::RESUMABLE].contains(&file);
    let is_rest = |file: &str| [lock::FILE, REASON, journal::SEALED_FILE].contains(&file) || segment::is_file(file);
    Ok(files.iter().any(|file| is_head(file)) || files.iter().all(|file| is_rest(file)))
}

#[cfg(test)]
mod tests {
    use super::{PackageQueue, is_load_id, load_id, scan};

    #[test]
    fn load_ids_are_recognized() {
        let check = |name: &str, expected: bool| assert_eq!(is_load_id(load_id(name)), expected, "{name}");
        check("1700000000.000001", true);
        check("1795347875.9286802", true);
        check("1700000000.000001_2", true);
        check("1700000000", false);
        check("1700000000.", false);
        check(".5", false);
        check("1.5.2", false);
        check(".DS_Store", false);
        check("notes", false);
        check("", false);
    }

    #[test]
    fn other_folders_and_files_are_unrecognized() {
        let dir = tempfile::tempdir().unwrap();
        let names = || scan(dir.path(), PackageQueue::Normalized).unwrap();
        assert!(names().packages.is_empty(), "the folder does not exist yet");
        let check = |name: &str, files: &[&str], is_package: bool| {
            let folder = dir.path().join("packages").join(name);
            std::fs::create_dir_all(&folder).unwrap();
            files.iter().for_each(|file| std::fs::write(folder.join(file), "").unwrap());
            let found = names();
            assert_eq!(found.packages.contains(&name.to_owned()), is_package, "{found:?}");
            assert_eq!(found.unrecognized.contains(&name.to_owned()), !is_package, "{found:?}");
        };
        check("1.1", &[], true);
        check("1.2", &["journal", "notes.txt"], true);
        check("1.3", &["pages", "lock", ".DS_Store"], true);
        check("1.4", &["000001.arrows", "000002.arrows.tmp", "lock", "reason.txt"], true);
        check("1.6", &["000001.arrows", "sealed"], true);
        check("2024.12", &["report.pdf"], false);
        check("2024.11", &["holiday.arrows"], false);
        check("1.4_2", &["journal"], false);
        check("notes", &["journal"], false);
        std::fs::write(dir.path().join("packages/1.5"), "").unwrap();
        assert!(names().unrecognized.contains(&"1.5".to_owned()), "a file is not a package");
    }
}
