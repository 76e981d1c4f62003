//! Endpoints that return either a single entity or a list.

use catchment_json::NodeKind;
use catchment_rest_client::{Auto, Error, Paginator, Request, Response, Value};

/// The paginator for a path that ends with a placeholder. An object is a single row and the only page; a list is paginated
/// by `pages`.
#[derive(Debug, Clone)]
pub(crate) struct EntityOrList {
    pub(crate) pages: Box<dyn Paginator>,
    pub(crate) is_entity: bool,
    pub(crate) warning: Option<String>,
}

impl EntityOrList {
    /// Adds a warning for an object that looks like a page: it contains a list and indicates further pages.
    fn notice_page(&mut self, response: &Response) -> Result<(), Error> {
        let mut entries = response.document()?.root().entries();
        let has_list = entries.any(|(_, value)| value.kind() == NodeKind::Array && value.elements().next().is_some());
        let mut detected = Auto::default();
        if has_list && (detected.update_state(response).is_err() || detected.has_next_page()) {
            let problem = "a response contains a list and indicates further pages, but was loaded as a single row because the path \
                           ends with a placeholder; set `data_selector` and `paginator` to load the rows of the list";
            self.warning = Some(problem.to_owned());
        }
        Ok(())
    }
}

impl Paginator for EntityOrList {
    fn init_request(&mut self, request: &mut Request) -> Result<(), Error> {
        self.pages.init_request(request)
    }

    fn update_state(&mut self, response: &Response) -> Result<(), Error> {
        self.is_entity = response.document()?.root().kind() != NodeKind::Array;
        if self.is_entity { self.notice_page(response) } else { self.pages.update_state(response) }
    }

    fn has_next_page(&self) -> bool {
        !self.is_entity && self.pages.has_next_page()
    }

    fn update_request(&mut self, request: &mut Request) -> Result<(), Error> {
        self.pages.update_request(request)
    }

    fn is_probe_page(&self) -> bool {
        !self.is_entity && self.pages.is_probe_page()
    }

    fn lookahead_requests(&self, next: &Request, pages: usize) -> Vec<Request> {
        self.pages.lookahead_requests(next, pages)
    }

    fn position(&self) -> Option<Value> {
        self.pages.position()
    }

    fn resume(&mut self, position: &Value) -> Result<(), Error> {
        self.pages.resume(position)
    }

    fn take_warnings(&mut self) -> Vec<String> {
        let mut warnings = self.pages.take_warnings();
        warnings.extend(self.warning.take());
        warnings
    }

    fn explain_failure(&self) -> Option<String> {
        self.pages.explain_failure()
    }

    fn clone_box(&self) -> Box<dyn Paginator> {
        Box::new(self.clone())
    }
}
