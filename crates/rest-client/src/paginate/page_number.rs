//! Pages that have numbers.

use catchment_json::{JsonPath, Value};

use super::Paginator;
use super::param::ParamTarget;
use super::stepped_counter::{SteppedCounter, TotalSource};
use crate::error::Error;
use crate::request::Request;
use crate::response::Response;

/// Counts pages in a parameter. They end with an empty page, or with the number of pages that the body says there are,
/// or before a page that is set as the maximum, whichever comes first.
///
/// By default the parameter is `page` in the query, the first page is 0, and the body may have the number of pages under
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
    /// One with the defaults.
    pub fn new() -> PageNumber {
        PageNumber { range: SteppedCounter::new("page", 1) }
    }

    /// The number that the API gives its first page, and with that the page to begin with. Default 0.
    #[must_use]
    pub fn base_page(mut self, number: u64) -> Self {
        self.range.base = number;
        self.page(number)
    }

    /// The page to begin with, if that is another one.
    #[must_use]
    pub fn page(mut self, number: u64) -> Self {
        self.range.current = number;
        self
    }

    /// The parameter of the query. Default `page`.
    #[must_use]
    pub fn page_param(mut self, name: impl Into<String>) -> Self {
        self.range.param = ParamTarget::Query(name.into());
        self
    }

    /// A dotted path in the body of the request, in the place of a parameter.
    #[must_use]
    pub fn page_body_path(mut self, path: impl Into<String>) -> Self {
        self.range.param = ParamTarget::Body(path.into());
        self
    }

    /// Where answers have the number of pages. It is an error if none has said it
    /// yet; what one has said holds until another one says otherwise.
    #[must_use]
    pub fn total_path(mut self, path: JsonPath) -> Self {
        self.range.total = TotalSource::Required(path);
        self
    }

    /// Where answers may have the number of pages.
    #[must_use]
    pub(super) fn optional_total_path(mut self, path: JsonPath) -> Self {
        self.range.total = TotalSource::Optional(path);
        self
    }

    /// No number of pages is looked for.
    #[must_use]
    pub fn without_total(mut self) -> Self {
        self.range.total = TotalSource::None;
        self
    }

    /// The page that is not read any more, and none after it. Default: there is none.
    #[must_use]
    pub fn maximum_page(mut self, number: u64) -> Self {
        self.range.maximum = Some(number);
        self
    }

    /// Whether a page without rows is the last one. Default true.
    #[must_use]
    pub fn stop_after_empty_page(mut self, stop: bool) -> Self {
        self.range.stop_after_empty_page = stop;
        self
    }

    /// Where each answer says whether there are further pages. It is an error then if one does not.
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

    fn clone_box(&self) -> Box<dyn Paginator> {
        Box::new(self.clone())
    }
}
