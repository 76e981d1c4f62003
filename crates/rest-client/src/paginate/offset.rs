//! Pages that begin at an offset.

use catchment_json::{JsonPath, Value};

use super::Paginator;
use super::param::ParamTarget;
use super::stepped_counter::{SteppedCounter, TotalSource};
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::request::Request;
use crate::response::Response;

/// Counts rows in a parameter, and asks for so many of them at a time in another. They end with an empty page, or with
/// the number of rows that the body says there are, or before an offset that is set as the maximum, whichever comes
/// first.
///
/// By default the parameters are `offset` and `limit` in the query, the first offset is 0, and the body may have the
/// number of rows under `total`.
///
/// An API that gives fewer rows at a time than it was asked for would leave rows out between two pages: that is logged as
/// a warning.
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
    /// How many rows a page had that was not full, until it is known whether it was the last one.
    short: Option<usize>,
    is_reported: bool,
    warning: Option<String>,
}

impl Offset {
    /// One that asks for `limit` rows at a time, and has all defaults.
    pub fn new(limit: u64) -> Offset {
        let limit_param = ParamTarget::Query("limit".to_owned());
        Offset { range: SteppedCounter::new("offset", limit), limit_param, short: None, is_reported: false, warning: None }
    }

    /// The row to begin with. Default 0.
    #[must_use]
    pub fn offset(mut self, offset: u64) -> Self {
        self.range.current = offset;
        self
    }

    /// The parameter of the query that has the offset. Default `offset`.
    #[must_use]
    pub fn offset_param(mut self, name: impl Into<String>) -> Self {
        self.range.param = ParamTarget::Query(name.into());
        self
    }

    /// A dotted path in the body of the request for the offset, in the place of a parameter.
    #[must_use]
    pub fn offset_body_path(mut self, path: impl Into<String>) -> Self {
        self.range.param = ParamTarget::Body(path.into());
        self
    }

    /// The parameter of the query that has the limit. Default `limit`.
    #[must_use]
    pub fn limit_param(mut self, name: impl Into<String>) -> Self {
        self.limit_param = ParamTarget::Query(name.into());
        self
    }

    /// A dotted path in the body of the request for the limit, in the place of a parameter.
    #[must_use]
    pub fn limit_body_path(mut self, path: impl Into<String>) -> Self {
        self.limit_param = ParamTarget::Body(path.into());
        self
    }

    /// Where answers have the number of rows of all pages. It is an error if none has said it
    /// yet; what one has said holds until another one says otherwise.
    #[must_use]
    pub fn total_path(mut self, path: JsonPath) -> Self {
        self.range.total = TotalSource::Required(path);
        self
    }

    /// No number of rows is looked for.
    #[must_use]
    pub fn without_total(mut self) -> Self {
        self.range.total = TotalSource::None;
        self
    }

    /// The offset that is not read any more, and none after it. Default: there is none.
    #[must_use]
    pub fn maximum_offset(mut self, offset: u64) -> Self {
        self.range.maximum = Some(offset);
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

    /// Warns, once, where a page had fewer rows than were asked for and was not the last one.
    fn report_short_pages(&mut self, response: &Response) {
        let (rows, limit) = (response.rows().ids.len(), self.range.step);
        let is_short = rows > 0 && u64::try_from(rows).is_ok_and(|rows| rows < limit);
        let earlier = self.short.take().filter(|_| rows > 0);
        // the number of rows up to here, if this page was full
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
                "{url} gave {given} rows of the {limit} that were asked for, and has more: rows may be missing; set `limit` to what the API gives at most"
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

    fn clone_box(&self) -> Box<dyn Paginator> {
        Box::new(self.clone())
    }
}
