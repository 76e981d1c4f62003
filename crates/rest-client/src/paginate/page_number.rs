//! A paginator for page numbers.

use catchment_json::{JsonPath, Value};

use super::Paginator;
use super::param::ParamTarget;
use super::stepped_counter::{SteppedCounter, TotalSource};
use crate::error::Error;
use crate::request::Request;
use crate::response::Response;

/// Increments a page number in a parameter. The pagination ends at an empty page, at the page count in the body, or before
/// the maximum page, whichever comes first.
///
/// By default, the parameter is `page` in the query, the first page is 0, and the body may contain the page count under
/// `total`.
///
/// ```
/// use catchment_rest_client::{PageNumber, JsonPath};
///
/// let by_meta = PageNumber::new().base_page(1).page_param("p").total_path(JsonPath::parse("meta.pages")?);
/// let in_the_body = PageNumber::new().page_body_path("paging.page");
/// let without_a_total = PageNumber::new().without_total();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct PageNumber {
    range: SteppedCounter,
}

impl Default for PageNumber {
    fn default() -> PageNumber {
        PageNumber::new()
    }
}

impl PageNumber {
    /// Creates a paginator with the defaults.
    pub fn new() -> PageNumber {
        PageNumber { range: SteppedCounter::new("page", 1) }
    }

    /// Sets the number of the API's first page, which is also the start page. Default: 0.
    #[must_use]
    pub fn base_page(mut self, number: u64) -> Self {
        self.range.base = number;
        self.page(number)
    }

    /// Sets the start page, if it differs from the API's first page.
    #[must_use]
    pub fn page(mut self, number: u64) -> Self {
        self.range.current = number;
        self
    }

    /// Sets the query parameter. Default: `page`.
    #[must_use]
    pub fn page_param(mut self, name: impl Into<String>) -> Self {
        self.range.param = ParamTarget::Query(name.into());
        self
    }

    /// Sets a dotted path in the request body, which replaces the query parameter.
    #[must_use]
    pub fn page_body_path(mut self, path: impl Into<String>) -> Self {
        self.range.param = ParamTarget::Body(path.into());
        self
    }

    /// Sets the path of the page count. The first response must contain it; later responses may update it.
    #[must_use]
    pub fn total_path(mut self, path: JsonPath) -> Self {
        self.range.total = TotalSource::Required(path);
        self
    }

    /// Sets the path of an optional page count.
    #[must_use]
    pub(super) fn optional_total_path(mut self, path: JsonPath) -> Self {
        self.range.total = TotalSource::Optional(path);
        self
    }

    /// Ignores page counts in responses.
    #[must_use]
    pub fn without_total(mut self) -> Self {
        self.range.total = TotalSource::None;
        self
    }

    /// Sets the exclusive upper bound of the page number. Default: unlimited.
    #[must_use]
    pub fn maximum_page(mut self, number: u64) -> Self {
        self.range.maximum = Some(number);
        self
    }

    /// Sets whether a page without rows is the last one. Default: true.
    #[must_use]
    pub fn stop_after_empty_page(mut self, stop: bool) -> Self {
        self.range.stop_after_empty_page = stop;
        self
    }

    /// Sets the path of a flag that indicates whether further pages exist. A response without the flag is an error.
    #[must_use]
    pub fn has_more_path(mut self, path: JsonPath) -> Self {
        self.range.has_more_path = Some(path);
        self
    }
}

impl Paginator for PageNumber {
    fn init_request(&mut self, request: &mut Request) -> Result<(), Error> {
        self.range.init_request(request)
    }

    fn update_state(&mut self, response: &Response) -> Result<(), Error> {
        self.range.update_state(response)
    }

    fn has_next_page(&self) -> bool {
        self.range.has_next_page()
    }

    fn update_request(&mut self, request: &mut Request) -> Result<(), Error> {
        self.range.update_request(request)
    }

    fn lookahead_requests(&self, next: &Request, pages: usize) -> Vec<Request> {
        self.range.ahead(next, pages)
    }

    fn position(&self) -> Option<Value> {
        self.range.position()
    }

    fn resume(&mut self, position: &Value) -> Result<(), Error> {
        self.range.resume(position)
    }
}
