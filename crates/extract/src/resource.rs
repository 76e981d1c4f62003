//! Where the rows of one table come from.

use std::sync::Arc;

use catchment_json::Value;
use catchment_schema::naming::normalize_path;
use catchment_schema::{TableHints, WriteDisposition};
use futures_util::stream;

use crate::incremental::{Incremental, IncrementalStart};
use crate::page::{Page, PageStream};

/// What a resource knows when a run begins.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// The values that an incremental resource continues from.
    pub incremental: Option<IncrementalStart>,
}

/// Yields rows, and says what their table is like.
#[derive(Clone)]
pub struct Resource {
    /// Its name, under which the state keeps what it knows.
    pub name: String,
    /// The table that its rows go to, as the source spells it; the name of the resource by default.
    pub table: Option<String>,
    /// What a load does with the rows that the table has; append by default.
    pub write_disposition: WriteDisposition,
    /// The fields that tell rows apart.
    pub primary_key: Vec<String>,
    /// How new rows are told from those of earlier runs; all are new by default.
    pub incremental: Option<Incremental>,
    /// The most rows that a run takes; all by default.
    pub limit: Option<u64>,
    pages: Arc<dyn Fn(&Start) -> PageStream + Send + Sync>,
}

impl Resource {
    /// A resource whose pages come from `pages`, which is called once in each run.
    pub fn new(name: impl Into<String>, pages: impl Fn(&Start) -> PageStream + Send + Sync + 'static) -> Resource {
        Resource {
            name: name.into(),
            table: None,
            write_disposition: WriteDisposition::Append,
            primary_key: Vec::new(),
            incremental: None,
            limit: None,
            pages: Arc::new(pages),
        }
    }

    /// A resource of rows that are in memory; each run yields them all.
    pub fn from_rows(name: impl Into<String>, rows: Vec<Value>) -> Resource {
        let page = Page::from_values(rows);
        Resource::new(name, move |_| {
            let page = page.clone();
            Box::pin(stream::once(async move { Ok(page) }))
        })
    }

    /// The same resource with another write disposition.
    #[must_use]
    pub fn write_disposition(mut self, write_disposition: WriteDisposition) -> Resource {
        self.write_disposition = write_disposition;
        self
    }

    /// The same resource with a primary key.
    #[must_use]
    pub fn primary_key<F: Into<String>>(mut self, fields: impl IntoIterator<Item = F>) -> Resource {
        self.primary_key = fields.into_iter().map(Into::into).collect();
        self
    }

    /// The same resource, loaded incrementally.
    #[must_use]
    pub fn incremental(mut self, incremental: Incremental) -> Resource {
        self.incremental = Some(incremental);
        self
    }

    /// The same resource, of which a run takes at most `rows` rows.
    #[must_use]
    pub fn add_limit(mut self, rows: u64) -> Resource {
        self.limit = Some(rows);
        self
    }

    /// The table that its rows go to, as the source spells it.
    pub fn table_name(&self) -> &str {
        self.table.as_deref().unwrap_or(&self.name)
    }

    /// The table that its rows go to, by its normalised name.
    pub fn root_table(&self) -> String {
        normalize_path(self.table_name())
    }

    /// What is known of the table before any row has come.
    pub fn hints(&self) -> TableHints {
        TableHints {
            write_disposition: self.write_disposition,
            primary_key: self.primary_key.clone(),
            cursor: self.incremental.as_ref().and_then(|i| i.cursor_path.as_key()).map(str::to_owned),
        }
    }

    /// Its pages for a run that begins with `start`.
    pub(crate) fn pages(&self, start: &Start) -> PageStream {
        (self.pages)(start)
    }
}

impl std::fmt::Debug for Resource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resource")
            .field("name", &self.name)
            .field("table", &self.table_name())
            .field("write_disposition", &self.write_disposition)
            .field("primary_key", &self.primary_key)
            .field("incremental", &self.incremental)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}
