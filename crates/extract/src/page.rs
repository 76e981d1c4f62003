//! Pages of rows.

use std::any::Any;
use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;

use catchment_json::{Document, Selection, Value};
use futures_core::Stream;

/// The error that ended the pages of a resource.
pub type PageError = Box<dyn Error + Send + Sync>;

/// The pages of a resource.
pub(crate) type PageStream = Pin<Box<dyn Stream<Item = Result<Page, PageError>> + Send>>;

/// The rows of one page, and the position of the next page.
///
/// ```
/// use catchment_extract::Page;
/// use catchment_json::{Document, Value};
///
/// let page = Page::from(Document::parse(br#"[{"id": 1}, {"id": 2}]"#.to_vec())?).with_next_position(Some(Value::from(2)));
/// assert_eq!((page.rows.ids.len(), page.bytes), (2, 22));
/// # Ok::<(), catchment_json::ParseError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Page {
    /// The rows.
    pub rows: Selection,
    /// The position of the next page, which a resumed run gets as
    /// [`ResumePoint::position`](crate::ResumePoint::position). `None` for the last page, or if the position is
    /// unknown.
    pub position: Option<Value>,
    /// The size of the response body in bytes. Default: the size of the document.
    pub bytes: usize,
    /// Warnings about this page, which are shown to the user.
    pub warnings: Vec<String>,
    /// A guard that is dropped when the rows have a permit of the [`MemoryBudget`](crate::MemoryBudget), or, for a page
    /// larger than the budget, when the rows are written. Lets a source count the pages in memory.
    pub permit: Option<PageGuard>,
}

/// Any value that is dropped with a page.
pub type PageGuard = Arc<dyn Any + Send + Sync>;

impl Page {
    /// Sets the position of the next page.
    #[must_use]
    pub fn with_next_position(mut self, position: Option<Value>) -> Page {
        self.position = position;
        self
    }
}

impl From<Selection> for Page {
    fn from(rows: Selection) -> Page {
        let bytes = rows.document.text().len();
        Page { rows, position: None, bytes, warnings: Vec::new(), permit: None }
    }
}

impl From<Document> for Page {
    /// Creates a page from the elements of a list, without nulls, or from one row of any other type.
    fn from(document: Document) -> Page {
        Page::from(Selection::from(document))
    }
}
