//! Resources that read files.

mod csv_file;
mod error;
mod file_list;
mod format;
mod json_lines;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use async_stream::try_stream;
use futures_core::Stream;
use tokio::sync::mpsc;

pub use error::FileError;

use crate::{Page, PageError, Resource};
use format::{Format, open};

/// The size of a page in bytes of text.
const PAGE_BYTES: usize = 1 << 20;

impl Resource {
    /// Creates a resource that reads all files that match `pattern`, sorted by name.
    ///
    /// Supported formats are JSON (`.json`, a list of rows or one row), JSON Lines (`.jsonl`, `.ndjson`) and CSV
    /// (`.csv`, with a header line), each optionally compressed with gzip (`.gz`). In a pattern `*` matches any part of
    /// a name and `**` any folders. Of equal column names in a CSV file, the second becomes `NAME_2`.
    ///
    /// CSV values are text, or null if they are empty: declare [`columns`](Resource::columns) for numbers. Each run
    /// reads all files; use [`Resource::file_list`] to read only new ones.
    ///
    /// ```
    /// use catchment_extract::Resource;
    ///
    /// let logs = Resource::files("logs", "logs/**/*.jsonl.gz");
    /// assert_eq!(logs.root_table(), "logs");
    /// ```
    pub fn files(name: impl Into<String>, pattern: impl Into<String>) -> Resource {
        let pattern = pattern.into();
        Resource::pages(name, move |_| read_all(pattern.clone()))
    }

    /// Creates a resource with one row for each file that matches `pattern`.
    ///
    /// The fields are `file_url` (the path), `file_name`, `modification_date` and `size_in_bytes`. A cursor on
    /// `modification_date` selects new and changed files.
    ///
    /// ```
    /// use catchment_extract::{Incremental, Resource, Source};
    ///
    /// // Each run loads the logs that were added or changed since the last run.
    /// let files = Resource::file_list("files", "logs/*.jsonl")
    ///     .incremental(Incremental::new("modification_date"))
    ///     .primary_key(["file_url"]);
    /// let logs = Resource::file_rows("logs", "files");
    /// let source = Source::new("web_server").with_resource(files).with_resource(logs);
    /// assert_eq!(source.resources.len(), 2);
    /// ```
    pub fn file_list(name: impl Into<String>, pattern: impl Into<String>) -> Resource {
        let pattern = pattern.into();
        Resource::pages(name, move |_| {
            let pattern = pattern.clone();
            try_stream! {
                yield blocking(move || file_list::list_page(&pattern)).await??;
            }
        })
    }

    /// Creates a dependent resource that reads the file in the field `file_url` of each row of `parent`, which is
    /// usually a [`Resource::file_list`]. For formats see [`Resource::files`].
    pub fn file_rows(name: impl Into<String>, parent: impl Into<String>) -> Resource {
        Resource::page_transformer(name, parent, |row, _| {
            let path = row.get("file_url").and_then(|url| url.as_str().map(PathBuf::from));
            try_stream! {
                let path = path.ok_or_else(|| FileError::MissingFileUrl { row: row.node().excerpt(120) })?;
                for await page in read_file(path) {
                    yield page?;
                }
            }
        })
    }
}

fn read_all(pattern: String) -> impl Stream<Item = Result<Page, PageError>> {
    try_stream! {
        for path in blocking(move || file_list::paths(&pattern)).await?? {
            for await page in read_file(path) {
                yield page?;
            }
        }
    }
}

/// Reads the rows of one file page by page. A thread reads one page ahead.
fn read_file(path: PathBuf) -> impl Stream<Item = Result<Page, PageError>> {
    try_stream! {
        let (sender, mut receiver) = mpsc::channel(1);
        let reading = tokio::task::spawn_blocking(move || {
            // Sending fails only if the stream was dropped, so its errors are ignored.
            let read = read(&path, &mut |page| sender.blocking_send(Ok(page)).is_ok());
            if let Err(error) = read {
                let _ = sender.blocking_send(Err(error));
            }
        });
        while let Some(page) = receiver.recv().await {
            yield page?;
        }
        reading.await?;
    }
}

/// Reads a file and passes its pages to `take` until that returns false.
fn read(path: &Path, take: &mut dyn FnMut(Page) -> bool) -> Result<(), FileError> {
    let (format, input) = open(path)?;
    match format {
        Format::Json => {
            let document = format::json(path, input)?;
            take(Page::from(document));
            Ok(())
        }
        Format::JsonLines => json_lines::read(path, input, take),
        Format::Csv => csv_file::read(path, input, take),
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, PageError> {
    Ok(tokio::task::spawn_blocking(work).await?)
}
