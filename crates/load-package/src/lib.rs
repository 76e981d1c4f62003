//! Packages: what one run wants to change in a dataset, on disk until it has been changed.
//!
//! A package is a folder with a journal and segments. A segment is an Arrow IPC stream with rows of one
//! table; the journal says which segments there are, with their checksums, and ends with a *seal* that holds
//! the schema and the state to store with the rows. What the journal does not name does not exist. A package
//! that is not sealed was never finished and is thrown away; one that is sealed can be loaded at any time,
//! by any process, without asking the source again.
//!
//! Rows of tables that are merged carry one column more than their table has: the number of their root row
//! ([`ROOT_ROW`](catchment_schema::ROOT_ROW_COLUMN)), as ids do not tell rows with equal keys apart.
//!
//! [`PackageStore`] finds and makes packages, [`PackageWriter`] fills one (dropping it unsealed takes it
//! back), [`SealedPackage`] reads one. [`ExtractedWriter`] and [`ExtractedPackage`] keep rows that are to be normalised
//! later. What can never be loaded is set aside with its reason, until it is tried again or removed.
//! [`FileLock`] keeps processes out of each other's way.
//! [`PackageStore::inspect`] shows what is there, and changes nothing.
//!
//! Durability: a segment is written, synced and renamed before its journal line is; the line is synced; so
//! what a journal says is there, also after a power cut. Every line has a checksum, and a torn last line
//! counts as not written.

#[cfg(test)]
mod aside_tests;
mod checksum_line;
mod cursor_entries;
#[cfg(test)]
mod cursor_entries_tests;
mod error;
mod extracted;
#[cfg(test)]
mod extracted_tests;
mod failed_packages;
mod file_lock;
mod folder;
mod journal;
mod load_attempt;
mod lock;
mod look;
mod package_queue;
mod pages;
mod resumable;
mod sealed;
mod segment;
mod slices;
mod store;
#[cfg(test)]
mod store_tests;
mod writer;

pub use cursor_entries::cursor_table;
pub use error::PackageError;
pub use extracted::{ExtractedPackage, ExtractedPage, ExtractedRecord, ExtractedWriter};
pub use failed_packages::FailedPackage;
pub use file_lock::FileLock;
pub use journal::{CursorEntriesHeader, PackageFooter, PackageHeader, RefreshTables, Segment};
pub use load_attempt::{CrashHistory, LoadMarker};
pub use look::{PackageContent, PackageEntry};
pub use package_queue::PackageQueue;
pub use resumable::ResumableExtract;
pub use sealed::SealedPackage;
pub use segment::BATCH_MAX_BYTES;
pub use store::{PackageStore, PendingExtract, PendingPackage};
pub use writer::{PackageWriter, WriterOptions};
