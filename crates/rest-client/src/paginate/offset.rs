//! A paginator for offsets.

use catchment_json::{JsonPath, Value};

use super::Paginator;
use super::param::ParamTarget;
use super::stepped_counter::{SteppedCounter, TotalSource};
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::request::Request;
use crate::response::Response;

/// Sends a row offset in a parameter and the page size in another. The pagination ends at an empty page, at the total row
/// count in the body, or before the maximum offset, whichever comes first.
///
/// By default, the parameters are `offset` and `limit` in the query, the first offset is 0, and the body may contain the
/// total row count under `total`.
///
/// If an API returns smaller pages than requested, rows between the pages are skipped. The paginator warns about such pages.
///
/// ```
/// use catchment_rest_client::{Offset, JsonPath};
///
/// let by_meta = Offset::new(100).offset_param("skip").limit_param("top").total_path(JsonPath::parse("meta.count")?);
/// let in_the_body = Offset::new(100).offset_body_path("paging.from").limit_body_path("paging.size");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Offset {
    range: SteppedCounter,
    limit_param: ParamTarget,
    /// The row count of a page that was not full, until it is known whether it was the last one.
    short: Option<usize>,
    is_reported: bool,
    warning: Option<String>,
}

impl Offset {
    /// Creates a paginator that requests pages of `limit` rows, with the defaults.
    pub fn new(limit: u64) -> Offset {
        let limit_param = ParamTarget::Query("limit".to_owned());
        Offset { range: SteppedCounter::new("offset", limit), limit_param, short: None, is_reported: false, warning: None }
    }

    /// Sets the first offset. Default: 0.
    #[must_use]
    pub fn offset(mut self, offset: u64) -> Self {
        self.range.current = offset;
        self
    }

    /// Sets the query parameter of the offset. Default: `offset`.
    #[must_use]
    pub fn offset_param(mut self, name: impl Into<String>) -> Self {
        self.range.param = ParamTarget::Query(name.into());
        self
    }

    /// Sets a dotted path for the offset in the request body, which replaces the query parameter.
    #[must_use]
    pub fn offset_body_path(mut self, path: impl Into<String>) -> Self {
        self.range.param = ParamTarget::Body(path.into());
        self
    }

    /// Sets the query parameter of the page size. Default: `limit`.
    #[must_use]
    pub fn limit_param(mut self, name: impl Into<String>) -> Self {
        self.limit_param = ParamTarget::Query(name.into());
        self
    }

    /// Sets a dotted path for the page size in the request body, which replaces the query parameter.
    #[must_use]
    pub fn limit_body_path(mut self, path: impl Into<String>) -> Self {
        self.limit_param = ParamTarget::Body(path.into());
        self
    }

    /// Sets the path of the total row count. The first response must contain it; later responses may update it.
    #[must_use]
    pub fn total_path(mut self, path: JsonPath) -> Self {
        self.range.total = TotalSource::Required(path);
        self
    }

    /// Ignores total row counts in responses.
    #[must_use]
    pub fn without_total(mut self) -> Self {
        self.range.total = TotalSource::None;
        self
    }

    /// Sets the exclusive upper bound of the offset. Default: unlimited.
    #[must_use]
    pub fn maximum_offset(mut self, offset: u64) -> Self {
        self.range.maximum = Some(offset);
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

    /// Warns once if a page that is not the last one has fewer rows than requested.
    fn report_short_pages(&mut self, response: &Response) {
        let (rows, limit) = (response.rows().ids.len(), self.range.step);
        let is_short = rows > 0 && u64::try_from(rows).is_ok_and(|rows| rows < limit);
        let earlier = self.short.take().filter(|_| rows > 0);
        // the offset of the next page
        let end = self.range.current;
        let missing_here = is_short
            && self.range.known_total().is_some_and(|total| {
                let full = total.min(end).saturating_sub(end.saturating_sub(limit));
                u64::try_from(rows).is_ok_and(|rows| rows < full)
            });
        if is_short && !missing_here {
            self.short = Some(rows);
        }
        if let Some(given) = earlier.or(missing_here.then_some(rows)).filter(|_| !self.is_reported) {
            self.is_reported = true;
            let url = response.shown_url();
            self.warning = Some(format!(
                "a page at or before {url} has {given} of {limit} requested rows, but more rows follow: rows may be missing; set `limit` to the maximum page size of the API"
            ));
        }
    }
}

impl Paginator for Offset {
    fn init_request(&mut self, request: &mut Request) -> Result<(), Error> {
        if self.range.step == 0 {
            return Err(ErrorKind::InvalidSetting { name: "limit", value: "0".to_owned(), expected: "at least 1" }.into());
        }
        self.limit_param.set(request, Value::from(self.range.step))?;
        self.range.init_request(request)
    }

    fn update_state(&mut self, response: &Response) -> Result<(), Error> {
        self.range.update_state(response)?;
        self.report_short_pages(response);
        Ok(())
    }

    fn has_next_page(&self) -> bool {
        self.range.has_next_page()
    }

    fn update_request(&mut self, request: &mut Request) -> Result<(), Error> {
        self.limit_param.set(request, Value::from(self.range.step))?;
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

    fn take_warnings(&mut self) -> Vec<String> {
        self.warning.take().into_iter().collect()
    }
}
