//! A page of a pagination.

use std::sync::Arc;

use catchment_json::{Selection, Value};

use crate::page_memory::MemoryPermit;

/// A page: the parsed response and the locations of its rows.
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
    /// The rows in document order, and the document, which is the complete response.
    pub rows: Selection,
    /// The redacted URL of the response.
    pub url: String,
    /// The number of the page in the pagination, from 1.
    pub number: u64,
    /// The length of the body in bytes.
    pub body_len: usize,
    /// The position of the next page, to resume with [`RestClient::paginate_from`](crate::RestClient::paginate_from).
    /// `None` after the last page, if the position contains a secret such as the signature of a link, or if the paginator
    /// does not support positions.
    pub position: Option<Value>,
    /// Warnings for the user, for example about missing rows. They are also logged.
    pub warnings: Vec<String>,
    /// The memory of the page, as a part of the limit of all pages; see
    /// [`RestClientBuilder::limit_page_memory`](crate::RestClientBuilder::limit_page_memory).
    pub permit: Arc<MemoryPermit>,
}

impl From<Page> for Selection {
    fn from(page: Page) -> Selection {
        page.rows
    }
}
