//! Endpoints that return either a single entity or a list.

use catchment_json::NodeKind;
use catchment_rest_client::{Auto, Error, Paginator, Request, Response, Value};

/// The paginator for a path that ends with a placeholder. An object is a single row and the only page; a list is paginated
/// by `pages`.
///
/// An entity does not get the parameters of a paginator that its endpoint inherits, such as `offset=0`: some APIs reject
/// them. If the response is a list, it is requested again with them.
#[derive(Debug, Clone)]
pub(crate) struct EntityOrList {
    pages: Box<dyn Paginator>,
    is_inherited: bool,
    phase: Phase,
    warning: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The first response, to a request with the parameters of `pages`, decides.
    First,
    /// The first response, to a request without the parameters of `pages`, decides.
    Probe,
    /// The response is an entity.
    Entity,
    /// The response to the probe is a list.
    ProbedList,
    /// The pages of a list.
    List,
}

impl EntityOrList {
    /// Creates a paginator. `is_inherited` is whether `pages` is the paginator of the client.
    pub(crate) fn new(pages: Box<dyn Paginator>, is_inherited: bool) -> EntityOrList {
        EntityOrList { pages, is_inherited, phase: Phase::First, warning: None }
    }

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
        let mut first_page = request.clone();
        let mut pages = self.pages.clone();
        pages.init_request(&mut first_page)?;
        if self.is_inherited && first_page != *request {
            self.phase = Phase::Probe;
        } else {
            self.pages = pages;
            *request = first_page;
        }
        Ok(())
    }

    fn update_state(&mut self, response: &Response) -> Result<(), Error> {
        let is_list = response.document()?.root().kind() == NodeKind::Array;
        self.phase = match self.phase {
            _ if !is_list => Phase::Entity,
            Phase::Probe => Phase::ProbedList,
            _ => Phase::List,
        };
        match self.phase {
            Phase::Entity => self.notice_page(response),
            Phase::List => self.pages.update_state(response),
            _ => Ok(()),
        }
    }

    fn has_next_page(&self) -> bool {
        match self.phase {
            Phase::ProbedList => true,
            Phase::List => self.pages.has_next_page(),
            _ => false,
        }
    }

    fn update_request(&mut self, request: &mut Request) -> Result<(), Error> {
        if self.phase == Phase::ProbedList { self.pages.init_request(request) } else { self.pages.update_request(request) }
    }

    fn is_probe_page(&self) -> bool {
        match self.phase {
            Phase::ProbedList => true,
            Phase::List => self.pages.is_probe_page(),
            _ => false,
        }
    }

    fn lookahead_requests(&self, next: &Request, pages: usize) -> Vec<Request> {
        if self.phase == Phase::List { self.pages.lookahead_requests(next, pages) } else { Vec::new() }
    }

    fn position(&self) -> Option<Value> {
        if self.phase == Phase::List { self.pages.position() } else { None }
    }

    fn resume(&mut self, position: &Value) -> Result<(), Error> {
        self.phase = Phase::List;
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
}
