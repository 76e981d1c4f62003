//! Where the rows of one table come from.

mod hints;
mod steps;
mod table_name;

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use catchment_json::{Object, Selection, Value};
use catchment_schema::{Column, MergeOptions, MergeStrategy, NestedHints, SchemaContract, WriteDisposition};
use futures_core::Stream;
use futures_util::{StreamExt as _, stream};
use serde::Serialize;

use crate::incremental::{BoundaryDedup, Incremental};
use crate::page::{PageError, PageStream};
use crate::{Limit, Page, ResumePoint, Row};

pub(crate) use steps::Step;
pub use table_name::TableName;

/// Rows of an iterator that are taken together.
const PAGE_ROWS: usize = 1000;

/// Yields rows, and says what their table is like.
///
/// Rows are whatever serde can serialise ([`Resource::rows`], [`Resource::iter`]), documents that were parsed
/// already ([`Resource::stream`]), the lines of files ([`Resource::files`]), or what is made of each row of another
/// resource ([`Resource::transformer`]). On their way they are mapped and filtered, then compared with the cursor, then
/// counted for the limit, in whatever order the methods are called.
///
/// ```
/// use catchment_extract::{Incremental, Resource};
///
/// #[derive(serde::Serialize)]
/// struct Gauge {
///     id: u32,
///     level: f64,
///     measured_at: &'static str,
/// }
///
/// let read = |_: &_| vec![Gauge { id: 1, level: 2.5, measured_at: "2024-05-31T12:00:00Z" }];
/// let gauges = Resource::iter("gauges", read)
///     .primary_key(["id"])
///     .incremental(Incremental::new("measured_at").initial_value("2024-01-01"))
///     .filter(|row| row.get("level").is_some())
///     .add_limit(100);
/// assert_eq!(gauges.root_table(), "gauges");
/// ```
#[derive(Clone)]
pub struct Resource {
    /// Its name, under which the state keeps what it knows.
    pub name: String,
    /// The table that its rows go to; that of its own name by default.
    pub table_name: TableName,
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
    /// The most that a run takes; all by default.
    pub limit: Limit,
    /// Columns that are declared, by their names in the source; the rows say what columns there are besides.
    pub columns: Vec<Column>,
    /// What rows may change of the tables; what the source says by default.
    pub schema_contract: Option<SchemaContract>,
    /// What the schema keeps of its table for others who read it: `references`, `table_format`, `file_format`.
    pub passthrough_hints: Object,
    /// What is said of the tables of its lists.
    pub nested_hints: Vec<NestedHints>,
    /// How deep objects and lists are taken apart: from 0, at which they stay JSON; as deep as they go by default.
    pub max_table_nesting: Option<u32>,
    /// Whether its rows are loaded; they are by default. Where others are fed with them they are still extracted.
    pub selected: bool,
    /// Whether it runs beside others; it does by default. Those that do not run one after the other.
    pub parallelized: bool,
    /// Whether a run goes on in the middle of the pages where an earlier one was killed, failed, or reached a limit; off by
    /// default, as it is right only where pages keep their rows from one run to the next.
    pub resumable: bool,
    /// What its rows are made of, in any notation that changes with it: where it does, a run does not go on with pages that
    /// were kept before. Empty by default.
    pub definition: String,
    pub(crate) parent_key: Option<ParentKey>,
    pub(crate) end_warnings: Option<Arc<EndWarnings>>,
    pub(crate) steps: Vec<Step>,
    pub(crate) pages: PageFactory,
}

type RootPages = dyn Fn(&ResumePoint) -> PageStream + Send + Sync;
type EndWarnings = dyn Fn() -> Vec<String> + Send + Sync;
type RowKeyFn = dyn Fn(&Row) -> Value + Send + Sync;
type TransformerPages = dyn Fn(Row, &ResumePoint) -> PageStream + Send + Sync;

/// What tells rows that feed a resource apart.
#[derive(Clone)]
pub(crate) struct ParentKey {
    /// What it is made of.
    pub(crate) definition: String,
    pub(crate) key: Arc<RowKeyFn>,
}

/// What makes the pages.
#[derive(Clone)]
pub(crate) enum PageFactory {
    /// Pages of their own, once in each run.
    Root(Arc<RootPages>),
    /// Pages for each row of another resource.
    Transformer { parent: String, pages: Arc<TransformerPages> },
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
    pub fn stream<S, P, E>(name: impl Into<String>, pages: impl Fn(&ResumePoint) -> S + Send + Sync + 'static) -> Resource
    where
        S: Stream<Item = Result<P, E>> + Send + 'static,
        P: TryInto<Selection, Error: Into<PageError>>,
        E: Into<PageError>,
    {
        Resource::pages(name, move |start| pages(start).map(|page| to_page(page)))
    }

    /// A resource whose pages say where the next one is, so that a later run can go on from there: where
    /// [`ResumePoint::position`] is given, the stream begins there. See [`Resource::resumable`].
    ///
    /// ```
    /// use catchment_extract::{Page, PageError, Resource};
    /// use catchment_json::{Document, Value};
    /// use futures_util::{Stream, stream};
    ///
    /// fn pages(first: i64) -> impl Stream<Item = Result<Page, PageError>> {
    ///     stream::iter((first..=3).map(|number| {
    ///         let page = Page::from(Document::parse(format!("[{number}]").into_bytes())?);
    ///         Ok(page.with_next_position((number < 3).then(|| Value::from(number + 1))))
    ///     }))
    /// }
    ///
    /// let at = |start: &catchment_extract::ResumePoint| start.position.as_ref().and_then(Value::as_i64).unwrap_or(1);
    /// let numbers = Resource::pages("numbers", move |start| pages(at(start))).resumable(true);
    /// assert!(numbers.resumable);
    /// ```
    pub fn pages<S>(name: impl Into<String>, pages: impl Fn(&ResumePoint) -> S + Send + Sync + 'static) -> Resource
    where
        S: Stream<Item = Result<Page, PageError>> + Send + 'static,
    {
        Resource::new(name.into(), PageFactory::Root(Arc::new(move |start| Box::pin(pages(start)))))
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
    pub fn iter<I>(name: impl Into<String>, rows: impl Fn(&ResumePoint) -> I + Send + Sync + 'static) -> Resource
    where
        I: IntoIterator<Item: Serialize + Send + 'static, IntoIter: Send + 'static>,
    {
        Resource::stream(name, move |start| stream::iter(rows(start)).chunks(PAGE_ROWS).map(Ok::<_, Infallible>))
    }

    /// A resource of the pages that `pages` makes of each row of the resource `parent`, which is in the same source. The
    /// pages of several rows are asked for at the same time, and come in the order of the rows.
    ///
    /// ```
    /// use catchment_extract::{PageError, Resource, Source};
    /// use futures_util::stream;
    ///
    /// let rivers = Resource::rows("rivers", vec![("Rhine", 2), ("Danube", 1)]);
    /// let gauges = Resource::transformer("gauges", "rivers", |river, _| {
    ///     let count = river.node().elements().nth(1).and_then(|count| count.to_value().as_i64()).unwrap_or(0);
    ///     stream::iter([Ok::<_, PageError>((0..count).collect::<Vec<_>>())])
    /// });
    /// let source = Source::new("geography").with_resource(rivers).with_resource(gauges);
    /// assert_eq!(source.resources.len(), 2);
    /// ```
    pub fn transformer<S, P, E>(
        name: impl Into<String>,
        parent: impl Into<String>,
        pages: impl Fn(Row, &ResumePoint) -> S + Send + Sync + 'static,
    ) -> Resource
    where
        S: Stream<Item = Result<P, E>> + Send + 'static,
        P: TryInto<Selection, Error: Into<PageError>>,
        E: Into<PageError>,
    {
        Resource::page_transformer(name, parent, move |row, start| pages(row, start).map(|page| to_page(page)))
    }

    /// As [`Resource::transformer`], with pages that say more of themselves.
    pub fn page_transformer<S>(
        name: impl Into<String>,
        parent: impl Into<String>,
        pages: impl Fn(Row, &ResumePoint) -> S + Send + Sync + 'static,
    ) -> Resource
    where
        S: Stream<Item = Result<Page, PageError>> + Send + 'static,
    {
        let pages = Arc::new(move |row, start: &ResumePoint| -> PageStream { Box::pin(pages(row, start)) });
        Resource::new(name.into(), PageFactory::Transformer { parent: parent.into(), pages })
    }

    fn new(name: String, pages: PageFactory) -> Resource {
        Resource {
            name,
            table_name: TableName::default(),
            write_disposition: WriteDisposition::Append,
            primary_key: Vec::new(),
            merge_key: Vec::new(),
            merge: MergeOptions::default(),
            incremental: None,
            limit: Limit::default(),
            columns: Vec::new(),
            schema_contract: None,
            passthrough_hints: Object::new(),
            nested_hints: Vec::new(),
            max_table_nesting: None,
            selected: true,
            parallelized: true,
            resumable: false,
            definition: String::new(),
            parent_key: None,
            end_warnings: None,
            steps: Vec::new(),
            pages,
        }
    }

    /// The resource whose rows it is fed with; none where it has pages of its own.
    pub fn parent(&self) -> Option<&str> {
        if let PageFactory::Transformer { parent, .. } = &self.pages { Some(parent) } else { None }
    }

    /// Which rows at the last value of its cursor are left out, by what becomes of those that are not.
    pub(crate) fn boundary_rows(&self) -> BoundaryDedup {
        let is_merged = self.write_disposition == WriteDisposition::Merge;
        // The rows of a merge key replace those before, so they come together or not at all; and scd2 tells by itself which rows
        // it has.
        if is_merged && (!self.merge_key.is_empty() || self.merge.strategy == MergeStrategy::Scd2) {
            BoundaryDedup::Off
        } else if is_merged && !self.primary_key.is_empty() {
            BoundaryDedup::ByContent
        } else {
            BoundaryDedup::ByKey
        }
    }

    /// Whether its rows are loaded.
    pub fn is_loaded(&self) -> bool {
        self.selected && self.write_disposition != WriteDisposition::Skip
    }
}

fn to_page<P, E>(page: Result<P, E>) -> Result<Page, PageError>
where
    P: TryInto<Selection, Error: Into<PageError>>,
    E: Into<PageError>,
{
    page.map_err(Into::into)?.try_into().map(Page::from).map_err(Into::into)
}

impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resource")
            .field("name", &self.name)
            .field("parent", &self.parent())
            .field("table_name", &self.table_name)
            .field("write_disposition", &self.write_disposition)
            .field("primary_key", &self.primary_key)
            .field("merge_key", &self.merge_key)
            .field("merge", &self.merge)
            .field("incremental", &self.incremental)
            .field("limit", &self.limit)
            .field("columns", &self.columns)
            .field("schema_contract", &self.schema_contract)
            .field("kept_hints", &self.passthrough_hints)
            .field("nested_hints", &self.nested_hints)
            .field("max_table_nesting", &self.max_table_nesting)
            .field("selected", &self.selected)
            .field("parallelized", &self.parallelized)
            .field("resumable", &self.resumable)
            .finish_non_exhaustive()
    }
}
