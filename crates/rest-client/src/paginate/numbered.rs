//! Numbered pages of which nobody says whether they count from 0 or from 1.

use catchment_json::{Path, Value};

use super::Paginator;
use super::guess;
use super::range::whole;
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::request::Request;
use crate::response::Response;

/// Reads the pages from 2 to the last one after a first one that was asked for without a number. If the last one is
/// there, the first one was page 1. If the last one is empty, the first one may have been page 0, and page 1 is still to
/// be read; if that turns out to be the first one again, it is not handed out twice.
#[derive(Debug, Clone)]
pub(super) struct Numbered {
    total_path: Path,
    param: String,
    /// The number of the page that is asked for.
    current: u64,
    total: u64,
    /// The rows of the first page.
    first: u32,
    step: Step,
    skips_page: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    First,
    Up,
    BackToOne,
    End,
}

impl Numbered {
    pub(super) fn new(total_path: Path, param: &str) -> Numbered {
        Numbered { total_path, param: param.to_owned(), current: 0, total: 0, first: 0, step: Step::First, skips_page: false }
    }

    fn up(&mut self) {
        self.current = self.current.saturating_add(1);
        self.step = if self.current > self.total { Step::End } else { Step::Up };
    }
}

impl Paginator for Numbered {
    fn update_state(&mut self, response: &Response) -> Result<(), Error> {
        match self.step {
            Step::First => {
                self.first = guess::rows(response);
                self.total = self.total_path.first(response.document()?.root()).and_then(whole).unwrap_or_default();
                self.current = 1;
                self.up();
            }
            // an empty page before the last one is a gap
            Step::Up if response.rows().ids.is_empty() && self.current >= self.total => {
                self.current = 1;
                self.step = Step::BackToOne;
            }
            Step::Up => self.up(),
            Step::BackToOne => {
                self.skips_page = guess::rows(response) == self.first;
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

    fn skips_page(&self) -> bool {
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
            return Err(ErrorKind::NoPosition { found: position.kind_name() }.into());
        };
        (self.current, self.total, self.first) = (current, total, first);
        self.step = if current == 1 { Step::BackToOne } else { Step::Up };
        Ok(())
    }

    fn boxed(&self) -> Box<dyn Paginator> {
        Box::new(self.clone())
    }
}
