//! A counter that increases from page to page.

use catchment_json::{JsonPath, Node, NodeKind, Value};

use super::param::ParamTarget;
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::request::Request;
use crate::response::Response;

/// A counter with a fixed step, and the conditions that end it.
#[derive(Debug, Clone)]
pub(super) struct SteppedCounter {
    pub(super) param: ParamTarget,
    /// The value for the requested page.
    pub(super) current: u64,
    pub(super) step: u64,
    /// The value of the first page. Totals count from here.
    pub(super) base: u64,
    pub(super) total: TotalSource,
    /// The exclusive upper bound.
    pub(super) maximum: Option<u64>,
    pub(super) stop_after_empty_page: bool,
    pub(super) has_more_path: Option<JsonPath>,
    /// The total of the last response that contains one.
    stated: Option<u64>,
    /// The exclusive end, from the total or the maximum.
    end: Option<u64>,
    has_next: bool,
}

/// The location of the total in a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TotalSource {
    /// No total.
    None,
    /// A total that may be missing.
    Optional(JsonPath),
    /// A total that the first response must contain.
    Required(JsonPath),
}

impl SteppedCounter {
    pub(super) fn new(param: &str, step: u64) -> SteppedCounter {
        SteppedCounter {
            param: ParamTarget::Query(param.to_owned()),
            current: 0,
            step,
            base: 0,
            total: TotalSource::Optional(JsonPath::key("total")),
            maximum: None,
            stop_after_empty_page: true,
            has_more_path: None,
            stated: None,
            end: None,
            has_next: true,
        }
    }

    /// Sets the value of the first page.
    ///
    /// # Errors
    ///
    /// Returns an error if no condition would end the pagination, or if the request cannot hold the parameter.
    pub(super) fn init_request(&self, request: &mut Request) -> Result<(), Error> {
        let never_ends = self.total == TotalSource::None
            && self.maximum.is_none()
            && !self.stop_after_empty_page
            && self.has_more_path.is_none();
        if never_ends {
            let (name, value) = ("stop_after_empty_page", "false".to_owned());
            let expected = "true unless total_path, has_more_path or a maximum ends the pagination";
            return Err(ErrorKind::InvalidSetting { name, value, expected }.into());
        }
        self.update_request(request)
    }

    pub(super) fn update_request(&self, request: &mut Request) -> Result<(), Error> {
        self.param.set(request, Value::from(self.current))
    }

    /// Reads the response for the current value.
    pub(super) fn update_state(&mut self, response: &Response) -> Result<(), Error> {
        if self.stop_after_empty_page && response.rows().ids.is_empty() {
            self.has_next = false;
            return Ok(());
        }
        // a missing total, or 0 beside rows, does not replace an earlier total
        let total = self.total(response)?.filter(|total| *total > 0 || response.rows().ids.is_empty());
        self.stated = total.or(self.stated);
        self.current = self.current.saturating_add(self.step);
        let end = [self.stated.map(|total| total.saturating_add(self.base)), self.maximum].into_iter().flatten().min();
        self.has_next = end.is_none_or(|end| self.current < end) && read_has_more(self.has_more_path.as_ref(), response)?;
        self.end = end;
        // the counter cannot increase further
        self.has_next &= self.current < u64::MAX;
        Ok(())
    }

    pub(super) fn has_next_page(&self) -> bool {
        self.has_next
    }

    /// Returns the number of rows or pages, if known.
    pub(super) fn known_total(&self) -> Option<u64> {
        self.end.map(|end| end.saturating_sub(self.base))
    }

    /// Returns the requests after `next`, if the end is known.
    pub(super) fn ahead(&self, next: &Request, pages: usize) -> Vec<Request> {
        let Some(end) = self.end.filter(|_| self.has_more_path.is_none()) else { return Vec::new() };
        let numbers = std::iter::successors(self.current.checked_add(self.step), |number| number.checked_add(self.step));
        let request = |number| {
            let mut request = next.clone();
            self.param.set(&mut request, Value::from(number)).ok()?;
            Some(request)
        };
        numbers.take_while(|number| *number < end).take(pages).map_while(request).collect()
    }

    /// Returns the next value, with the total, which later pages may not repeat.
    pub(super) fn position(&self) -> Option<Value> {
        let position = |total| Value::object([("next", Value::from(self.current)), ("total", Value::from(total))]);
        self.has_next.then(|| self.stated.map_or_else(|| Value::from(self.current), position))
    }

    pub(super) fn resume(&mut self, position: &Value) -> Result<(), Error> {
        let number = |value: &Value| value.as_i64().and_then(|number| u64::try_from(number).ok());
        let next = number(position.get("next").unwrap_or(position));
        self.current = next.ok_or_else(|| ErrorKind::InvalidPosition { found: position.type_name() })?;
        self.stated = position.get("total").and_then(number);
        Ok(())
    }

    fn total(&self, response: &Response) -> Result<Option<u64>, Error> {
        let (path, is_required) = match &self.total {
            TotalSource::None => return Ok(None),
            TotalSource::Optional(path) => {
                (path, !self.stop_after_empty_page && self.maximum.is_none() && self.has_more_path.is_none())
            }
            TotalSource::Required(path) => (path, true),
        };
        let error = |found: String| {
            let setting = "total_path";
            let hint = "correct it, or set it to null if the API has no total";
            response.error(ErrorKind::UnexpectedField {
                setting,
                path: path.to_string(),
                expected: "a non-negative integer",
                found,
                hint,
            })
        };
        match path.first(response.document()?.root()) {
            None if is_required && self.stated.is_none() => Err(error("nothing".to_owned())),
            None => Ok(None),
            Some(node) if node.kind() == NodeKind::Null && (!is_required || self.stated.is_some()) => Ok(None),
            Some(node) => parse_count(node).map(Some).ok_or_else(|| error(node.excerpt(40))),
        }
    }
}

/// Returns the flag at `path`. Without a path, further pages are always possible.
pub(super) fn read_has_more(path: Option<&JsonPath>, response: &Response) -> Result<bool, Error> {
    let Some(path) = path else { return Ok(true) };
    let error = |found: String| {
        let (setting, hint) = ("has_more_path", "correct it");
        response.error(ErrorKind::UnexpectedField { setting, path: path.to_string(), expected: "true or false", found, hint })
    };
    let Some(node) = path.first(response.document()?.root()) else { return Err(error("nothing".to_owned())) };
    let word = node.as_str().map(|text| text.trim().to_lowercase());
    match (node.as_bool(), word.as_deref()) {
        (Some(more), _) => Ok(more),
        (None, Some("yes" | "true" | "t" | "y" | "1")) => Ok(true),
        (None, Some("no" | "false" | "f" | "n" | "0")) => Ok(false),
        _ => Err(error(node.excerpt(40))),
    }
}

/// Parses a non-negative integer, given as a number or a string.
pub(super) fn parse_count(node: Node<'_>) -> Option<u64> {
    let text = node.as_number().map(str::to_owned).or_else(|| node.as_str().map(|text| text.trim().to_owned()))?;
    let digits = text.split_once('.').map_or(
        text.as_str(),
        |(digits, fraction)| {
            if fraction.bytes().all(|b| b == b'0') { digits } else { "" }
        },
    );
    digits.parse().ok()
}
