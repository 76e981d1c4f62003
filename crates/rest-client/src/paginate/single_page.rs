//! One page only.

use super::Paginator;
use crate::error::Error;
use crate::request::Request;
use crate::response::Response;

/// Ends after the first page.
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

    fn boxed(&self) -> Box<dyn Paginator> {
        Box::new(*self)
    }
}
