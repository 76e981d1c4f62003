//! A paginator for offsets and page numbers that responses show.

use catchment_json::Value;

use super::Paginator;
use super::page_metadata::PageMetadata;
use super::param::ParamTarget;
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::request::Request;
use crate::response::Response;

/// The unit of a query parameter that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CounterUnit {
    /// The parameter is an offset: the number of rows before the page.
    Rows,
    /// The parameter is a page number.
    Pages,
}

/// Increments an offset by the number of received rows, or a page number by one.
#[derive(Debug, Clone)]
pub(super) struct CounterPaginator {
    param: ParamTarget,
    unit: CounterUnit,
    /// The offset or number of the requested page.
    current: u64,
    /// Whether `current` was sent.
    is_asked: bool,
    has_next: bool,
}

impl CounterPaginator {
    pub(super) fn new(param: &str, unit: CounterUnit, first: u64) -> CounterPaginator {
        CounterPaginator { param: ParamTarget::Query(param.to_owned()), unit, current: first, is_asked: false, has_next: true }
    }
}

impl Paginator for CounterPaginator {
    fn update_state(&mut self, response: &Response) -> Result<(), Error> {
        let signs = PageMetadata::of(response);
        if signs.elements == 0 {
            self.has_next = false;
            return Ok(());
        }
        let shown = match self.unit {
            CounterUnit::Rows => signs.offset(),
            CounterUnit::Pages => signs.page(),
        };
        let shown = shown.map(|(_, number)| number);
        // another number means that the API ignored the parameter and returned the first page again
        if self.is_asked && shown.is_some_and(|number| number != self.current) {
            let param = match &self.param {
                ParamTarget::Query(name) | ParamTarget::Body(name) => name.clone(),
            };
            return Err(response.error(ErrorKind::IgnoredParameter { param }));
        }
        self.current = self.current.saturating_add(if self.unit == CounterUnit::Rows { signs.elements } else { 1 });
        Ok(())
    }

    fn has_next_page(&self) -> bool {
        self.has_next
    }

    fn update_request(&mut self, request: &mut Request) -> Result<(), Error> {
        self.is_asked = true;
        self.param.set(request, Value::from(self.current))
    }

    fn position(&self) -> Option<Value> {
        self.has_next.then(|| Value::from(self.current))
    }

    fn resume(&mut self, position: &Value) -> Result<(), Error> {
        let number = position.as_i64().and_then(|number| u64::try_from(number).ok());
        self.current = number.ok_or_else(|| ErrorKind::InvalidPosition { found: position.type_name() })?;
        Ok(())
    }
}
