//! Results of the functions that create pages.

use catchment_json::Selection;
use futures_core::Stream;
use futures_util::{StreamExt as _, stream};

use crate::Page;
use crate::page::{PageError, PageStream};

/// A return type of the functions of [`Resource::stream`](crate::Resource::stream) and
/// [`Resource::transformer`](crate::Resource::transformer): a stream of pages, or a result with a stream, for functions that
/// fail with `?`.
///
/// A page is a document, rows of a document, or a list of values that serde can serialize. The compiler infers `Kind`, which
/// distinguishes the two implementations.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a stream of pages",
    label = "expected a stream of `Result<page, error>`, or `Result<stream, PageError>`",
    note = "a page is a `Document`, a `Selection`, or a `Vec` of values that serde can serialize"
)]
pub trait IntoPages<Kind> {
    /// Converts the result to a stream of pages. A failure becomes its only item.
    fn into_pages(self) -> PageStream;
}

/// The kind of a stream.
#[derive(Debug)]
pub enum OfStream {}

/// The kind of a result with a stream.
#[derive(Debug)]
pub enum OfResult {}

impl<S, P, E> IntoPages<(OfStream, P, E)> for S
where
    S: Stream<Item = Result<P, E>> + Send + 'static,
    P: TryInto<Selection, Error: Into<PageError>>,
    E: Into<PageError>,
{
    fn into_pages(self) -> PageStream {
        Box::pin(self.map(|page| page.map_err(Into::into)?.try_into().map(Page::from).map_err(Into::into)))
    }
}

impl<S, Kind> IntoPages<(OfResult, Kind)> for Result<S, PageError>
where
    S: IntoPages<Kind>,
{
    fn into_pages(self) -> PageStream {
        match self {
            Ok(pages) => pages.into_pages(),
            Err(error) => Box::pin(stream::iter([Err(error)])),
        }
    }
}
