//! A page number paginator for APIs whose first page number (0 or 1) is unknown.

use catchment_json::{JsonPath, Value};

use super::Paginator;
use super::guessed_param;
use super::stepped_counter::parse_count;
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::request::Request;
use crate::response::Response;

/// Requests the pages from 2 to the last one, after a first page that was requested without a number. If the last page has
/// rows, the first page was page 1. If the last page is empty, the first page may have been page 0, and page 1 is requested
/// as a probe. A probe with the rows of the first page is skipped.
#[derive(Debug, Clone)]
pub(super) struct UnknownBasePaginator {
    total_path: JsonPath,
    param: String,
    /// The number of the requested page.
    current: u64,
    total: u64,
    /// A checksum of the rows of the first page.
    first: u32,
    step: Step,
    /// Whether the current page is a probe with the rows of the first page.
    skips_page: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The first page, requested without a number.
    First,
    /// The pages from 2 to the last one.
    Up,
    /// The probe for page 1.
    BackToOne,
    /// No further pages.
    End,
}

impl UnknownBasePaginator {
    pub(super) fn new(total_path: JsonPath, param: &str) -> UnknownBasePaginator {
        UnknownBasePaginator {
            total_path,
            param: param.to_owned(),
            current: 0,
            total: 0,
            first: 0,
            step: Step::First,
            skips_page: false,
        }
    }

    /// Moves to the next page number.
    fn advance(&mut self) {
        self.current = self.current.saturating_add(1);
        self.step = if self.current > self.total { Step::End } else { Step::Up };
    }
}

impl Paginator for UnknownBasePaginator {
    fn update_state(&mut self, response: &Response) -> Result<(), Error> {
        match self.step {
            Step::First => {
                self.first = guessed_param::rows_checksum(response);
                self.total = self.total_path.first(response.document()?.root()).and_then(parse_count).unwrap_or_default();
                self.current = 1;
                self.advance();
            }
            // an empty page before the last one is a gap
            Step::Up if response.rows().ids.is_empty() && self.current >= self.total => {
                self.current = 1;
                self.step = Step::BackToOne;
            }
            Step::Up => self.advance(),
            Step::BackToOne => {
                self.skips_page = guessed_param::rows_checksum(response) == self.first;
                self.step = Step::End;
            }
            Step::End => {}
        }
        Ok(())
    }

    fn has_next_page(&self) -> bool {
        self.step != Step::End
    }

    fn update_request(&mut self, request: &mut Request) -> Result<(), Error> {
        request.set_param(&self.param, self.current);
        Ok(())
    }

    fn is_probe_page(&self) -> bool {
        self.skips_page
    }

    fn position(&self) -> Option<Value> {
        let number = |number: u64| Value::from(number);
        let first = Value::from(self.first);
        Some(Value::object([("page", number(self.current)), ("total", number(self.total)), ("first", first)]))
            .filter(|_| self.has_next_page())
    }

    fn resume(&mut self, position: &Value) -> Result<(), Error> {
        let number = |key: &str| position.get(key).and_then(Value::as_i64).and_then(|number| u64::try_from(number).ok());
        let first = number("first").and_then(|first| u32::try_from(first).ok());
        let (Some(current), Some(total), Some(first)) = (number("page"), number("total"), first) else {
            return Err(ErrorKind::InvalidPosition { found: position.type_name() }.into());
        };
        (self.current, self.total, self.first) = (current, total, first);
        self.step = if current == 1 { Step::BackToOne } else { Step::Up };
        Ok(())
    }
}
