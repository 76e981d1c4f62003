//! A paginator for a single page.

use super::Paginator;
use crate::error::Error;
use crate::request::Request;
use crate::response::Response;

/// Ends the pagination after the first page and ignores signs of further pages.
///
/// ```
/// use catchment_rest_client::{RestClient, SinglePage};
///
/// let client = RestClient::builder().base_url("https://api.example.com").paginator(SinglePage).build()?;
/// # Ok::<(), catchment_rest_client::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct SinglePage;

impl Paginator for SinglePage {
    fn update_state(&mut self, _: &Response) -> Result<(), Error> {
        Ok(())
    }

    fn has_next_page(&self) -> bool {
        false
    }

    fn update_request(&mut self, _: &mut Request) -> Result<(), Error> {
        Ok(())
    }

    fn needs_body(&self) -> bool {
        false
    }
}
