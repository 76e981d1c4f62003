//! One page.

use std::sync::Arc;

use catchment_json::{Selection, Value};

use crate::page_memory::MemoryPermit;

/// A page: the rows in the document that was answered.
///
/// ```no_run
/// # async fn example() -> Result<(), catchment_rest_client::Error> {
/// let mut pages = catchment_rest_client::paginate("https://api.example.com/issues", &[]);
/// if let Some(page) = pages.next().await.transpose()? {
///     println!("page {} of {}: {} bytes", page.number, page.url, page.body_len);
///     for row in page.rows.nodes() {
///         println!("{:?}", row.get("title").and_then(|title| title.as_str()));
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Page {
    /// Its rows, in the order of the document, and the document, which is the whole answer.
    pub rows: Selection,
    /// The URL that answered, without its secrets.
    pub url: String,
    /// Its number in the pagination, counted from 1.
    pub number: u64,
    /// The length of the body in bytes.
    pub body_len: usize,
    /// Where the next page is, to go on from there with [`RestClient::paginate_from`](crate::RestClient::paginate_from).
    /// Nothing after the last page, where the position has a secret, such as the signature of a link, and where the
    /// paginator cannot say.
    pub position: Option<Value>,
    /// Warnings that a person should see, such as that rows may be missing. They are logged as well.
    pub warnings: Vec<String>,
    /// The memory of the page in the limit of all pages; see
    /// [`RestClientBuilder::limit_page_memory`](crate::RestClientBuilder::limit_page_memory).
    pub permit: Arc<MemoryPermit>,
}

impl From<Page> for Selection {
    fn from(page: Page) -> Selection {
        page.rows
    }
}
