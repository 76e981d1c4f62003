//! Rows of files.

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

/// The most bytes of text that are taken together.
const PAGE_BYTES: usize = 1 << 20;

impl Resource {
    /// A resource of the rows of all files that `pattern` names, in the order of their names: JSON (`.json`, a list of
    /// rows or one), JSON Lines (`.jsonl`, `.ndjson`) and CSV (`.csv`, with a line of names), each also packed
    /// (`.gz`). In a pattern `*` stands for any part of a name, `**` for any folders.
    ///
    /// Values of CSV files are text, and null where they are empty: declare the [`columns`](Resource::columns) that are
    /// numbers. All files are read in each run; [`Resource::file_list`] tells those apart that are new.
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

    /// A resource with a row for each file that `pattern` names: `file_url` (its path), `file_name`, `modification_date` and
    /// `size_in_bytes`. With a cursor on `modification_date` only those come that are new or have changed.
    ///
    /// ```
    /// use catchment_extract::{Incremental, Resource, Source};
    ///
    /// // Each run loads the logs of the days since the last one.
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

    /// A resource of the rows of each file that a row of the resource `parent` names in `file_url`, as
    /// [`Resource::file_list`] does; see [`Resource::files`].
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

/// The rows of one file, page by page. A thread reads one page ahead.
fn read_file(path: PathBuf) -> impl Stream<Item = Result<Page, PageError>> {
    try_stream! {
        let (sender, mut receiver) = mpsc::channel(1);
        let reading = tokio::task::spawn_blocking(move || {
            // Where nobody takes pages any more, there is nobody to tell.
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

/// Reads a file and gives its pages to `take`, as long as that wants more.
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
