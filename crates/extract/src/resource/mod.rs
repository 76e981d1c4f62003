//! Resources: pages of rows and the description of their table.

mod hints;
mod include_from_parent;
mod into_pages;
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

pub use into_pages::IntoPages;
pub(crate) use steps::Step;
pub use table_name::TableName;

/// The number of iterator items per page.
const PAGE_ROWS: usize = 1000;

/// A source of rows and the description of their table.
///
/// Rows are values that serde can serialize ([`Resource::rows`], [`Resource::iter`]), parsed documents
/// ([`Resource::stream`]), lines of files ([`Resource::files`]), or results for each row of a parent resource
/// ([`Resource::transformer`]). Rows are first mapped and filtered, then compared with the cursor, then counted for the
/// limit, regardless of the order of the builder methods.
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
    /// The name of the resource, which is its key in the state.
    pub name: String,
    /// The table that rows are loaded into. Default: the name of the resource.
    pub table_name: TableName,
    /// The effect on existing rows of the table. Default: append.
    pub write_disposition: WriteDisposition,
    /// The fields of the primary key.
    pub primary_key: Vec<String>,
    /// The fields of the merge key: existing rows with the same values as a new row are deleted, such as all rows of
    /// one day.
    pub merge_key: Vec<String>,
    /// Options for the merge write disposition.
    pub merge: MergeOptions,
    /// The cursor for incremental loading. Default: none, all rows are loaded in each run.
    pub incremental: Option<Incremental>,
    /// The limits of a run. Default: unlimited.
    pub limit: Limit,
    /// Declared columns by their source names, in addition to those that are inferred from rows.
    pub columns: Vec<Column>,
    /// The schema contract. Default: the contract of the source.
    pub schema_contract: Option<SchemaContract>,
    /// Hints for destinations and other readers of the schema: [`PASSTHROUGH_HINTS`](catchment_schema::PASSTHROUGH_HINTS).
    pub passthrough_hints: Object,
    /// Hints for the child tables of lists.
    pub nested_hints: Vec<NestedHints>,
    /// The depth up to which objects and lists are flattened; deeper values, at 0 all of them, are stored as JSON.
    /// Default: unlimited.
    pub max_table_nesting: Option<u32>,
    /// Whether rows are loaded. Otherwise the resource is only extracted for its dependent resources. Default: true.
    pub selected: bool,
    /// Whether the resource is extracted in parallel with others. Others run one after another. Default: true.
    pub parallelized: bool,
    /// Whether a run resumes at the page where an earlier run was killed, failed or reached a limit. Default: false;
    /// the API must return stable pages.
    pub resumable: bool,
    /// A version or hash of whatever produces the rows. If it changes, a run does not resume from stored pages.
    /// Default: empty.
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

/// The key that identifies rows of the parent resource across runs.
#[derive(Clone)]
pub(crate) struct ParentKey {
    /// A description of how `key` is computed.
    pub(crate) definition: String,
    pub(crate) key: Arc<RowKeyFn>,
}

/// The function that creates the pages of a resource.
#[derive(Clone)]
pub(crate) enum PageFactory {
    /// Pages of a root resource, once per run.
    Root(Arc<RootPages>),
    /// Pages for each row of a parent resource.
    Transformer { parent: String, pages: Arc<TransformerPages> },
}

impl Resource {
    /// Creates a resource from a stream, which `pages` creates once per run for the given resume point. A page is a
    /// document, rows of a document, or a list of values that serde can serialize. The function may fail with `?`.
    /// Write `try_stream!` in a separate function, as here, so that its error type is known.
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
    pub fn stream<S, Kind>(name: impl Into<String>, pages: impl Fn(&ResumePoint) -> S + Send + Sync + 'static) -> Resource
    where
        S: IntoPages<Kind>,
    {
        Resource::pages(name, move |start| pages(start).into_pages())
    }

    /// Creates a resource whose pages have positions, so that a later run can resume. If [`ResumePoint::position`] is
    /// set, the stream must start there. See [`Resource::resumable`].
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

    /// Creates a resource from rows in memory: a document, or a list of values that serde can serialize. Each run
    /// yields all of them, and fails if they cannot be serialized.
    ///
    /// ```
    /// use catchment_extract::Resource;
    ///
    /// let rivers = Resource::rows("rivers", vec![("Rhine", 1233), ("Danube", 2850)]);
    /// assert_eq!(rivers.name, "rivers");
    /// ```
    pub fn rows(name: impl Into<String>, rows: impl TryInto<Selection, Error: Into<PageError>>) -> Resource {
        // Stored as text, because each run returns the error again.
        let page = rows.try_into().map_err(|error| error.into().to_string());
        Resource::stream(name, move |_| stream::iter([page.clone()]))
    }

    /// Creates a resource from an iterator, which `rows` creates once per run. Rows are pulled as needed, so they do
    /// not have to fit into memory.
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

    /// Creates a dependent resource: `pages` creates a stream of pages for each row of the resource `parent` in the
    /// same source. The pages of several rows are requested in parallel and yielded in the order of the rows. The function
    /// may fail with `?`, or return a stream without a result like that of [`Resource::stream`].
    ///
    /// ```
    /// use catchment_extract::{PageError, Resource, Source};
    /// use futures_util::stream;
    ///
    /// let rivers = Resource::rows("rivers", vec![("Rhine", 2), ("Danube", 1)]);
    /// let gauges = Resource::transformer("gauges", "rivers", |river, _| {
    ///     let (_, count): (String, u32) = river.node().deserialize()?;
    ///     Ok(stream::iter([Ok::<_, PageError>((0..count).collect::<Vec<_>>())]))
    /// });
    /// let source = Source::new("geography").with_resource(rivers).with_resource(gauges);
    /// assert_eq!(source.resources.len(), 2);
    /// ```
    pub fn transformer<S, Kind>(
        name: impl Into<String>,
        parent: impl Into<String>,
        pages: impl Fn(Row, &ResumePoint) -> S + Send + Sync + 'static,
    ) -> Resource
    where
        S: IntoPages<Kind>,
    {
        Resource::page_transformer(name, parent, move |row, start| pages(row, start).into_pages())
    }

    /// Creates a dependent resource like [`Resource::transformer`], from pages with positions and warnings.
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

    /// Returns the name of the parent resource; `None` for a root resource.
    pub fn parent(&self) -> Option<&str> {
        if let PageFactory::Transformer { parent, .. } = &self.pages { Some(parent) } else { None }
    }

    /// Returns how rows at the last cursor value are deduplicated, depending on the write disposition.
    pub(crate) fn boundary_rows(&self) -> BoundaryDedup {
        let is_merged = self.write_disposition == WriteDisposition::Merge;
        // With a merge key all rows of a key must be loaded together, and scd2 detects unchanged rows itself.
        if is_merged && (!self.merge_key.is_empty() || self.merge.strategy == MergeStrategy::Scd2) {
            BoundaryDedup::Off
        } else if is_merged && !self.primary_key.is_empty() {
            BoundaryDedup::ByContent
        } else {
            BoundaryDedup::ByKey
        }
    }

    /// Returns true if the rows are loaded: selected, and not skipped by the write disposition.
    pub fn is_loaded(&self) -> bool {
        self.selected && self.write_disposition != WriteDisposition::Skip
    }
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
            .field("passthrough_hints", &self.passthrough_hints)
            .field("nested_hints", &self.nested_hints)
            .field("max_table_nesting", &self.max_table_nesting)
            .field("selected", &self.selected)
            .field("parallelized", &self.parallelized)
            .field("resumable", &self.resumable)
            .finish_non_exhaustive()
    }
}
