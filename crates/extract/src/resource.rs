//! Where the rows of one table come from.

use std::convert::Infallible;
use std::sync::Arc;

use catchment_json::Selection;
use catchment_schema::naming::normalize_path;
use catchment_schema::{Column, Contract, MergeOptions, TableHints, WriteDisposition};
use futures_core::Stream;
use futures_util::{StreamExt as _, stream};
use serde::Serialize;

use crate::incremental::Incremental;
use crate::page::{PageError, PageStream};
use crate::start::Start;

/// Rows of an iterator that are taken together.
const PAGE_ROWS: usize = 1000;

/// Yields rows, and says what their table is like.
///
/// Rows are whatever serde can serialise ([`Resource::rows`], [`Resource::iter`]) or documents that were parsed
/// already ([`Resource::stream`], [`Resource::rows`]).
#[derive(Clone)]
pub struct Resource {
    /// Its name, under which the state keeps what it knows.
    pub name: String,
    /// The table that its rows go to, as the source spells it; the name of the resource by default.
    pub table_name: Option<String>,
    /// What a load does with the rows that the table has; append by default.
    pub write_disposition: WriteDisposition,
    /// The fields that tell rows apart.
    pub primary_key: Vec<String>,
    /// The fields by which new rows replace old ones when they are merged: all rows with the values of a new one go, as
    /// those of a day.
    pub merge_key: Vec<String>,
    /// How rows are merged, where that is what a load does.
    pub merge: MergeOptions,
    /// How new rows are told from those of earlier runs; all are new by default.
    pub incremental: Option<Incremental>,
    /// The most rows that a run takes; all by default.
    pub limit: Option<u64>,
    /// Columns that are declared, by their names in the source; the rows say what columns there are besides.
    pub columns: Vec<Column>,
    /// What rows may change of the tables; what the source says by default.
    pub schema_contract: Option<Contract>,
    /// How deep objects and lists are taken apart: from 0, at which they stay JSON; as deep as they go by default.
    pub max_table_nesting: Option<u32>,
    pages: Arc<dyn Fn(&Start) -> PageStream + Send + Sync>,
}

impl Resource {
    /// A resource whose pages come from the stream that `pages` makes, once in each run, from what earlier runs
    /// know. A page is a document, the rows of one, or a list of anything that serde can serialise.
    ///
    /// ```
    /// use async_stream::try_stream;
    /// use catchment_extract::{Incremental, PageError, Resource};
    /// use futures_core::Stream;
    ///
    /// fn gauges(since: String) -> impl Stream<Item = Result<Vec<(u32, String)>, PageError>> {
    ///     try_stream! {
    ///         for page in 1..=3 {
    ///             yield vec![(page, since.clone())];
    ///         }
    ///         Err("there is no page 4")?;
    ///     }
    /// }
    ///
    /// let gauges = Resource::stream("gauges", |start| gauges(start.last_value_text()))
    ///     .incremental(Incremental::new("measured_at").initial_value("2024-01-01"));
    /// assert_eq!(gauges.name, "gauges");
    /// ```
    pub fn stream<S, P, E>(name: impl Into<String>, pages: impl Fn(&Start) -> S + Send + Sync + 'static) -> Resource
    where
        S: Stream<Item = Result<P, E>> + Send + 'static,
        P: TryInto<Selection, Error: Into<PageError>>,
        E: Into<PageError>,
    {
        Resource {
            name: name.into(),
            table_name: None,
            write_disposition: WriteDisposition::Append,
            primary_key: Vec::new(),
            merge_key: Vec::new(),
            merge: MergeOptions::default(),
            incremental: None,
            limit: None,
            columns: Vec::new(),
            schema_contract: None,
            max_table_nesting: None,
            pages: Arc::new(move |start| {
                Box::pin(pages(start).map(|page| page.map_err(Into::into)?.try_into().map_err(Into::into)))
            }),
        }
    }

    /// A resource of rows that are in memory: a list of anything that serde can serialise, or a document. Each
    /// run yields them all. Rows that cannot be serialised fail the run.
    ///
    /// ```
    /// use catchment_extract::Resource;
    ///
    /// let rivers = Resource::rows("rivers", vec![("Rhine", 1233), ("Danube", 2850)]);
    /// assert_eq!(rivers.name, "rivers");
    /// ```
    pub fn rows(name: impl Into<String>, rows: impl TryInto<Selection, Error: Into<PageError>>) -> Resource {
        // Each run gives the error anew, so it is kept as text.
        let page = rows.try_into().map_err(|error| error.into().to_string());
        Resource::stream(name, move |_| stream::iter([page.clone()]))
    }

    /// A resource of the rows of the iterator that `rows` makes, once in each run. They are taken as they are
    /// needed, so there may be more of them than memory holds.
    ///
    /// ```
    /// use catchment_extract::Resource;
    ///
    /// let squares = Resource::iter("squares", |_| (1_u64..=1_000_000).map(|n| (n, n * n)));
    /// # let _ = squares;
    /// ```
    pub fn iter<I>(name: impl Into<String>, rows: impl Fn(&Start) -> I + Send + Sync + 'static) -> Resource
    where
        I: IntoIterator<Item: Serialize + Send + 'static, IntoIter: Send + 'static>,
    {
        Resource::stream(name, move |start| stream::iter(rows(start)).chunks(PAGE_ROWS).map(Ok::<_, Infallible>))
    }

    /// The same resource, whose rows go to the table `name`.
    #[must_use]
    pub fn table_name(mut self, name: impl Into<String>) -> Resource {
        self.table_name = Some(name.into());
        self
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

    /// The same resource with a merge key.
    #[must_use]
    pub fn merge_key<F: Into<String>>(mut self, fields: impl IntoIterator<Item = F>) -> Resource {
        self.merge_key = fields.into_iter().map(Into::into).collect();
        self
    }

    /// The same resource, whose rows are merged in this way.
    ///
    /// ```
    /// use catchment_extract::Resource;
    /// use catchment_schema::{MergeOptions, MergeStrategy, WriteDisposition};
    ///
    /// let options = MergeOptions { strategy: MergeStrategy::Upsert, ..MergeOptions::default() };
    /// let gauges = Resource::rows("gauges", vec![(1, 2.5)]).primary_key(["id"]).merge(options);
    /// assert_eq!(gauges.write_disposition, WriteDisposition::Merge);
    /// ```
    #[must_use]
    pub fn merge(mut self, options: MergeOptions) -> Resource {
        self.write_disposition = WriteDisposition::Merge;
        self.merge = options;
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

    /// The same resource with declared columns: their types do not follow from the rows, and are there also where no row
    /// has a value.
    ///
    /// ```
    /// use catchment_extract::Resource;
    /// use catchment_schema::{Column, ColumnType, DataType};
    ///
    /// let products = Resource::rows("products", vec![("bolt", "0.10")]).columns([
    ///     Column::of_type("price", ColumnType::Decimal { precision: 10, scale: 2 }),
    ///     Column::new("since", DataType::Date),
    /// ]);
    /// assert_eq!(products.columns.len(), 2);
    /// ```
    #[must_use]
    pub fn columns(mut self, columns: impl IntoIterator<Item = Column>) -> Resource {
        self.columns = columns.into_iter().collect();
        self
    }

    /// The same resource with a contract of what rows may change.
    #[must_use]
    pub fn schema_contract(mut self, contract: Contract) -> Resource {
        self.schema_contract = Some(contract);
        self
    }

    /// The same resource, whose objects and lists are taken apart `levels` deep, and stay JSON below.
    #[must_use]
    pub fn max_table_nesting(mut self, levels: u32) -> Resource {
        self.max_table_nesting = Some(levels);
        self
    }

    /// The table that its rows go to, by its normalised name.
    pub fn root_table(&self) -> String {
        normalize_path(self.table())
    }

    /// What is known of the table before any row has come.
    pub fn hints(&self) -> TableHints {
        TableHints {
            write_disposition: self.write_disposition,
            primary_key: self.primary_key.clone(),
            merge_key: self.merge_key.clone(),
            merge: self.merge.clone(),
            cursor: self.incremental.as_ref().and_then(|i| i.cursor_path.as_key()).map(str::to_owned),
            columns: self.columns.clone(),
            schema_contract: self.schema_contract,
            max_table_nesting: self.max_table_nesting,
        }
    }

    fn table(&self) -> &str {
        self.table_name.as_deref().unwrap_or(&self.name)
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
            .field("table", &self.table())
            .field("write_disposition", &self.write_disposition)
            .field("primary_key", &self.primary_key)
            .field("merge_key", &self.merge_key)
            .field("merge", &self.merge)
            .field("incremental", &self.incremental)
            .field("limit", &self.limit)
            .field("columns", &self.columns)
            .field("schema_contract", &self.schema_contract)
            .field("max_table_nesting", &self.max_table_nesting)
            .finish_non_exhaustive()
    }
}
