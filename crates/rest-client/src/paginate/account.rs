//! The rows that came, against those that an API says it has.

use catchment_json::Value;

use super::detect::{begins_later, first_row, page_count_header, stated_total};
use super::signs::Signs;
use crate::response::Response;

/// Counts rows and pages, and remembers totals.
#[derive(Debug, Clone, Default)]
pub(super) struct Account {
    /// Elements of the lists of rows, with those before the first page; data selectors may take fewer or more of them.
    received: u64,
    rows: u64,
    pages: u64,
    /// The smallest and the last total that a page stated: it may change while pages are read.
    totals: Option<(u64, u64)>,
    place: String,
    page_count: Option<u64>,
    /// A total that the first page has all the rows of counts something else: the rows of a page.
    is_ignored: bool,
}

impl Account {
    pub(super) fn add(&mut self, response: &Response, signs: &Signs<'_>) {
        let total = stated_total(response, signs);
        if self.pages == 0 {
            self.received = first_row(response, signs);
            let is_above = total.as_ref().is_some_and(|(_, total)| *total > self.received + signs.elements);
            self.is_ignored = begins_later(response) || signs.elements == 0 || !is_above;
        }
        self.pages += 1;
        self.received = self.received.saturating_add(signs.elements);
        self.rows = self.rows.saturating_add(response.rows().ids.len() as u64);
        self.page_count = page_count_header(response).or(self.page_count);
        if let Some((place, total)) = total.filter(|_| !self.is_ignored) {
            self.totals = Some((self.totals.map_or(total, |(least, _)| least.min(total)), total));
            self.place = place;
        }
    }

    /// Whether all rows came that the last total counts.
    pub(super) fn is_complete(&self) -> bool {
        let has_all = self.totals.is_some_and(|(_, total)| self.received >= total);
        has_all || self.page_count.is_some_and(|pages| self.pages >= pages)
    }

    /// What says that rows are missing.
    pub(super) fn shortfall(&self) -> Option<String> {
        let (least, _) = self.totals?;
        let came = self.received.max(self.rows);
        (came < least).then(|| format!("{} is {least}, and {came} rows came in all", self.place))
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
        ])
    }

    /// That of a position; positions without one leave totals alone.
    pub(super) fn from_value(value: Option<&Value>) -> Account {
        let number = |key: &str| value?.get(key)?.as_i64().and_then(|number| u64::try_from(number).ok());
        let Some(pages) = number("pages") else { return Account { pages: 1, is_ignored: true, ..Account::default() } };
        let totals = number("least").zip(number("last"));
        Account {
            received: number("received").unwrap_or(0),
            rows: number("rows").unwrap_or(0),
            pages,
            totals,
            place: "the total".to_owned(),
            page_count: number("page_count"),
            is_ignored: totals.is_none(),
        }
    }
}
