//! Pages of rows.

use std::any::Any;
use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;

use catchment_json::{Document, Selection, Value};
use futures_core::Stream;

/// Whatever made the pages of a resource stop.
pub type PageError = Box<dyn Error + Send + Sync>;

/// Pages as they come.
pub(crate) type PageStream = Pin<Box<dyn Stream<Item = Result<Page, PageError>> + Send>>;

/// Rows that come together, and where those after them are.
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
    /// Where the next page is: what a resource that can go on in the middle of its pages finds in
    /// [`ResumePoint::position`](crate::ResumePoint::position). None after the last one, and where nobody can say.
    pub position: Option<Value>,
    /// The bytes that it came in; those of the document by default.
    pub bytes: usize,
    /// Warnings that a person should see, about this page.
    pub warnings: Vec<String>,
    /// What is dropped when the rows have their share of the [`MemoryBudget`](crate::MemoryBudget); of a page that is larger than the whole
    /// budget, when the rows are written. A source can count the pages in memory by it.
    pub permit: Option<PageGuard>,
}

/// Anything that a page keeps.
pub type PageGuard = Arc<dyn Any + Send + Sync>;

impl Page {
    /// The same page, after which the next one is at `position`.
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
    /// The elements of a list, but for nulls; anything else as a whole.
    fn from(document: Document) -> Page {
        Page::from(Selection::from(document))
    }
}
