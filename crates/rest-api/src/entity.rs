//! Endpoints that answer one entity, or a list.

use catchment_json::Kind;
use catchment_rest_client::{Error, Paginator, Request, Response, Value};

/// The pages of a path that ends in a placeholder: an object is one row and the only page, a list goes on as `pages` says.
#[derive(Debug, Clone)]
pub(crate) struct EntityOrList {
    pub(crate) pages: Box<dyn Paginator>,
    pub(crate) is_entity: bool,
}

impl Paginator for EntityOrList {
    fn init_request(&mut self, request: &mut Request) -> Result<(), Error> {
        self.pages.init_request(request)
    }

    fn update_state(&mut self, response: &Response) -> Result<(), Error> {
        self.is_entity = response.document()?.root().kind() != Kind::Array;
        if self.is_entity { Ok(()) } else { self.pages.update_state(response) }
    }

    fn has_next_page(&self) -> bool {
        !self.is_entity && self.pages.has_next_page()
    }

    fn update_request(&mut self, request: &mut Request) -> Result<(), Error> {
        self.pages.update_request(request)
    }

    fn skips_page(&self) -> bool {
        !self.is_entity && self.pages.skips_page()
    }

    fn ahead(&self, next: &Request, pages: usize) -> Vec<Request> {
        self.pages.ahead(next, pages)
    }

    fn position(&self) -> Option<Value> {
        self.pages.position()
    }

    fn resume(&mut self, position: &Value) -> Result<(), Error> {
        self.pages.resume(position)
    }

    fn take_warnings(&mut self) -> Vec<String> {
        self.pages.take_warnings()
    }

    fn explain_failure(&self) -> Option<String> {
        self.pages.explain_failure()
    }

    fn boxed(&self) -> Box<dyn Paginator> {
        Box::new(self.clone())
    }
}
