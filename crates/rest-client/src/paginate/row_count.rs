//! Received rows, compared with the totals of an API.

use catchment_json::Value;

use super::page_metadata::PageMetadata;
use super::request_params::RequestParams;
use super::totals::{self, page_count_header};
use crate::response::Response;

/// Counts rows and pages, and stores totals.
#[derive(Debug, Clone, Default)]
pub(super) struct RowCountTracker {
    /// The number of elements in the row lists, including those before the first requested page. A data selector may select
    /// fewer or more rows.
    received: u64,
    rows: u64,
    pages: u64,
    /// Whether the last page had no rows. It may be beyond the last page of the API.
    ends_empty: bool,
    /// The smallest and the latest total. A total may change while pages are read.
    totals: Option<(u64, u64)>,
    total_location: String,
    page_count: Option<u64>,
    /// Whether the latest total is a lower bound.
    is_lower_bound: bool,
    /// Whether the first request skips the first page of the API.
    starts_after_first_page: bool,
    /// Whether to ignore the total. A total already reached on the first page counts the rows of one page.
    ignore_total: bool,
}

impl RowCountTracker {
    pub(super) fn add(&mut self, response: &Response, signs: &PageMetadata<'_>, params: RequestParams<'_>) {
        // a total of 0 beside rows is meaningless
        let total = totals::total(response, signs).filter(|(_, total)| *total > 0 || signs.elements == 0);
        if self.pages == 0 {
            self.received = params.first_row();
            self.starts_after_first_page = params.begins_later() || self.received > 0;
            let is_above = total.as_ref().is_some_and(|(_, total)| *total > self.received + signs.elements);
            self.ignore_total = params.begins_later() || signs.elements == 0 || !is_above;
        }
        self.pages = self.pages.saturating_add(1);
        self.ends_empty = signs.elements == 0;
        self.received = self.received.saturating_add(signs.elements);
        self.rows = self.rows.saturating_add(response.rows().ids.len() as u64);
        self.page_count = page_count_header(response).or(self.page_count).filter(|_| !self.starts_after_first_page);
        self.is_lower_bound = signs.is_total_a_lower_bound();
        if let Some((location, total)) = total.filter(|_| !self.ignore_total) {
            self.totals = Some((self.totals.map_or(total, |(least, _)| least.min(total)), total));
            self.total_location = location;
        }
    }

    /// Returns whether all rows of the latest total were received.
    pub(super) fn is_complete(&self) -> bool {
        let has_all = !self.is_lower_bound && self.totals.is_some_and(|(_, total)| self.received >= total);
        has_all || self.page_count.is_some_and(|pages| self.pages >= pages)
    }

    /// Describes missing rows, or returns `None` if no total exceeds the received rows.
    pub(super) fn shortfall(&self) -> Option<String> {
        let received = self.received.max(self.rows);
        let rows = self.totals.filter(|(least, _)| received < *least);
        let received_pages = self.pages.saturating_sub(u64::from(self.ends_empty));
        let pages = self.page_count.filter(|pages| received_pages < *pages);
        rows.map(|(least, _)| format!("{} is {least} and only {received} rows were received", self.total_location))
            .or_else(|| pages.map(|pages| format!("the headers declare {pages} pages and only {received_pages} were received")))
    }

    pub(super) fn to_value(&self) -> Value {
        let (least, last) = self.totals.unzip();
        let number = |number: Option<u64>| number.map_or(Value::Null, Value::from);
        Value::object([
            ("received", Value::from(self.received)),
            ("rows", Value::from(self.rows)),
            ("pages", Value::from(self.pages)),
            ("least", number(least)),
            ("last", number(last)),
            ("page_count", number(self.page_count)),
            ("begins_later", Value::from(self.starts_after_first_page)),
        ])
    }

    /// Restores the tracker of a position. A position without one ignores totals.
    pub(super) fn from_value(value: Option<&Value>) -> RowCountTracker {
        let number = |key: &str| value?.get(key)?.as_i64().and_then(|number| u64::try_from(number).ok());
        let Some(pages) = number("pages") else {
            return RowCountTracker { pages: 1, ignore_total: true, ..RowCountTracker::default() };
        };
        let totals = number("least").zip(number("last"));
        RowCountTracker {
            received: number("received").unwrap_or(0),
            rows: number("rows").unwrap_or(0),
            pages,
            ends_empty: false,
            totals,
            total_location: "the total".to_owned(),
            page_count: number("page_count"),
            is_lower_bound: false,
            starts_after_first_page: value.and_then(|value| value.get("begins_later")?.as_bool()).unwrap_or(false),
            ignore_total: totals.is_none(),
        }
    }
}
