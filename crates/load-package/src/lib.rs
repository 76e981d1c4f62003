//! Load packages: the changes of one run to a dataset, stored durably on disk until they are loaded.
//!
//! A package is a folder of *segments* (Arrow IPC streams with rows of one table) and a *journal*. The journal lists the
//! segments with their checksums and ends with a seal, which holds the schema and the state to store with the rows. Files
//! that the journal does not list are ignored. An unsealed package is incomplete and is discarded; any process can load a
//! sealed one at any time, without requesting the source again.
//!
//! ```
//! use catchment_load_package::{PackageQueue, PackageStore};
//!
//! let working_dir = tempfile::tempdir()?;
//! let store = PackageStore::open(working_dir.path())?;
//! for package in store.inspect(PackageQueue::Failed)? {
//!     println!("{}: {}", package.name, package.reason.unwrap_or_default());
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - [`PackageStore`] creates, finds, inspects and removes packages.
//! - [`PackageWriter`] fills a package and discards it if it is dropped unsealed; [`SealedPackage`] reads it.
//! - [`ExtractedWriter`] and [`ExtractedPackage`] store rows that are normalized later.
//! - [`FailedPackage`] is a package that cannot be loaded. It is stored with the reason until it is retried or removed.
//! - [`FileLock`] excludes other processes.
//!
//! | feature | effect |
//! |---|---|
//! | `failpoints` | Compiles in fail points, at which tests end the process. |

mod checksum_line;
mod cursor_entries;
#[cfg(test)]
mod cursor_entries_tests;
mod error;
mod extracted;
#[cfg(test)]
mod extracted_tests;
mod fail_point;
mod failed_packages;
#[cfg(test)]
mod failed_packages_tests;
mod file_lock;
mod folder;
mod inspect;
mod journal;
mod load_marker;
mod lock;
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
pub use extracted::{ExtractedPackage, ExtractedPage, ExtractedRecord, ExtractedWriter, WrittenPages};
#[cfg(feature = "failpoints")]
#[doc(hidden)]
pub use fail as __fail;
pub use failed_packages::FailedPackage;
pub use file_lock::FileLock;
pub use inspect::{PackageContent, PackageEntry};
pub use journal::{CursorEntriesHeader, PackageFooter, PackageHeader, RefreshTables, Segment};
pub use load_marker::{CrashHistory, LoadMarker};
pub use package_queue::PackageQueue;
pub use resumable::ResumableExtract;
pub use sealed::SealedPackage;
pub use segment::BATCH_MAX_BYTES;
pub use store::{PackageStore, PendingExtract, PendingPackage};
pub use writer::{PackageWriter, WriterOptions};
