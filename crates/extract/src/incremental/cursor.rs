//! Cursor values and their order.

use std::borrow::Cow;
use std::cmp::Ordering;

use catchment_json::{Document, Node, NodeKind, Value};
use catchment_schema::{format_timestamp, parse_date, parse_timestamp};

const MICROS_PER_DAY: i64 = 86_400_000_000;

/// Marks that dlt writes in front of texts that stand for values of other types, from decimals to times.
const MARKS: std::ops::RangeInclusive<char> = '\u{F026}'..='\u{F02D}';
const DATETIME_MARK: char = '\u{F027}';

/// A value in the form in which it is compared.
#[derive(Debug, Clone, PartialEq)]
enum Comparable<'v> {
    Integer(i128),
    Fraction(f64),
    /// Microseconds since 1970-01-01T00:00:00Z.
    Instant(i64),
    Text(Cow<'v, str>),
    /// A value without an order.
    Other,
}

impl Comparable<'_> {
    fn into_owned(self) -> Comparable<'static> {
        match self {
            Comparable::Text(text) => Comparable::Text(Cow::Owned(text.into_owned())),
            Comparable::Integer(integer) => Comparable::Integer(integer),
            Comparable::Fraction(fraction) => Comparable::Fraction(fraction),
            Comparable::Instant(micros) => Comparable::Instant(micros),
            Comparable::Other => Comparable::Other,
        }
    }

    fn borrow(&self) -> Comparable<'_> {
        match self {
            Comparable::Text(text) => Comparable::Text(Cow::Borrowed(text)),
            other => other.clone(),
        }
    }
}

/// A cursor value of a row.
#[derive(Debug, Clone)]
pub(super) struct OrderedValue<'d> {
    pub(super) node: Node<'d>,
    comparable: Comparable<'d>,
}

impl<'d> OrderedValue<'d> {
    pub(super) fn new(node: Node<'d>) -> OrderedValue<'d> {
        let comparable = match node.kind() {
            NodeKind::Integer | NodeKind::Float => number(node.as_number().unwrap_or_default()),
            NodeKind::String => text(node.as_str().unwrap_or_default()),
            _ => Comparable::Other,
        };
        OrderedValue { node, comparable }
    }

    /// Compares two values: timestamps and dates as instants, numbers as numbers, other texts by their characters.
    /// Returns `None` if they cannot be compared.
    pub(super) fn compare(&self, other: &OrderedValue<'_>) -> Option<Ordering> {
        use Comparable::{Fraction, Instant, Integer, Text};
        match (&self.comparable, &other.comparable) {
            (Integer(left), Integer(right)) => Some(left.cmp(right)),
            (Integer(left), Fraction(right)) => (*left as f64).partial_cmp(right),
            (Fraction(left), Integer(right)) => left.partial_cmp(&(*right as f64)),
            (Fraction(left), Fraction(right)) => left.partial_cmp(right),
            (Instant(left), Instant(right)) => Some(left.cmp(right)),
            (Instant(left), Text(right)) => Some(left.cmp(&beginning(right)?)),
            (Text(left), Instant(right)) => Some(beginning(left)?.cmp(right)),
            (Text(left), Text(right)) => Some(left.cmp(right)),
            _ => None,
        }
    }

    /// Returns true if two texts may sort differently than their values: numbers of different lengths, and dates that
    /// do not begin with the year.
    pub(super) fn is_out_of_order(&self, other: &OrderedValue<'_>) -> bool {
        let (Comparable::Text(left), Comparable::Text(right)) = (&self.comparable, &other.comparable) else { return false };
        let are_numbers = is_number(left) && is_number(right) && left.len() != right.len();
        are_numbers || (is_local_date(left) && is_local_date(right))
    }
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// Returns true for texts such as `12/31/2023`, `31.12.2023` and `Sun, 31 Dec 2023 10:00:00 GMT`.
fn is_local_date(text: &str) -> bool {
    let mut parts = text.split(['/', '.', '-', ' ', ',']).filter(|part| !part.is_empty());
    let first = parts.next().unwrap_or_default();
    let is_day = (1..=2).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_digit());
    let is_weekday = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        .iter()
        .any(|day| first.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(day)));
    let is_year = |part: &str| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    (is_day || is_weekday) && parts.take(3).any(is_year)
}

fn number(source: &str) -> Comparable<'static> {
    match source.parse() {
        Ok(integer) => Comparable::Integer(integer),
        Err(_) => source.parse().map_or(Comparable::Other, Comparable::Fraction),
    }
}

fn text(text: Cow<'_, str>) -> Comparable<'_> {
    if let Some(payload) = text.strip_prefix(|c| MARKS.contains(&c)) {
        return match instant(payload) {
            Some(instant) => Comparable::Instant(instant),
            None if text.starts_with('\u{F026}') => number(payload),
            None => Comparable::Text(Cow::Owned(payload.to_owned())),
        };
    }
    instant(&text).map_or(Comparable::Text(text), Comparable::Instant)
}

fn instant(text: &str) -> Option<i64> {
    // Digits only are compared as text: equivalent for dates, and correct for numbers of equal length.
    let is_date = || text.bytes().any(|byte| !byte.is_ascii_digit());
    parse_timestamp(text).or_else(|| parse_date(text).filter(|_| is_date()).map(|days| i64::from(days) * MICROS_PER_DAY))
}

/// Returns the start of a year or month that is given alone; an empty text is before all instants.
fn beginning(text: &str) -> Option<i64> {
    match text.len() {
        0 => Some(i64::MIN),
        4 => instant(&format!("{text}-01-01")),
        7 => instant(&format!("{text}-01")),
        _ => None,
    }
}

/// Returns a cursor value without its type mark, as used in URLs.
pub(crate) fn unmarked(text: &str) -> &str {
    text.strip_prefix(|c| MARKS.contains(&c)).unwrap_or(text)
}

/// Splits a text into its type mark and the rest.
pub(super) fn split_mark(text: &str) -> (&str, &str) {
    let rest = unmarked(text);
    text.split_at(text.len() - rest.len())
}

/// A cursor value that does not borrow from its page.
#[derive(Debug, Clone)]
pub(super) struct OwnedOrderedValue {
    document: Document,
    comparable: Comparable<'static>,
}

impl OwnedOrderedValue {
    /// Returns `None` if the value exceeds the maximum size of a document (gigabytes).
    pub(super) fn new(value: &Value) -> Option<OwnedOrderedValue> {
        let document = Document::from_value(value).ok()?;
        let comparable = OrderedValue::new(document.root()).comparable.into_owned();
        Some(OwnedOrderedValue { document, comparable })
    }

    pub(super) fn point(&self) -> OrderedValue<'_> {
        OrderedValue { node: self.document.root(), comparable: self.comparable.borrow() }
    }

    pub(super) fn value(&self) -> Value {
        self.document.root().to_value()
    }

    /// Returns the value with the type mark of `before`, so that dlt restores the type that it wrote.
    pub(super) fn to_value_with_mark_of(&self, before: Option<&Value>) -> Value {
        let value = self.value();
        let mark = before.and_then(Value::as_str).map(|before| split_mark(before).0).unwrap_or_default();
        let plain = value.to_plain_text();
        if mark.is_empty() || plain.starts_with(mark) {
            return value;
        }
        match &self.comparable {
            Comparable::Instant(micros) if mark.starts_with(DATETIME_MARK) => {
                Value::from(format!("{mark}{}", format_timestamp(*micros)))
            }
            _ => Value::from(format!("{mark}{plain}")),
        }
    }
}

/// Compares two cursor values.
pub(crate) fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    OwnedOrderedValue::new(left)?.point().compare(&OwnedOrderedValue::new(right)?.point())
}

#[cfg(test)]
mod tests {
    use catchment_json::{Document, Value};

    use super::{OrderedValue, OwnedOrderedValue};

    fn check(left: &str, right: &str, expected: &str) {
        let [left, right] = [left, right].map(|text| Document::parse(text.as_bytes().to_vec()).unwrap());
        let found = OrderedValue::new(left.root()).compare(&OrderedValue::new(right.root()));
        assert_eq!(found.map_or("no order".to_owned(), |order| format!("{order:?}")), expected, "{left:?} {right:?}");
    }

    #[test]
    fn values_compare_by_type() {
        check("9", "10", "Less");
        check("9.5", "9", "Greater");
        check("1.0", "1", "Equal");
        check("12345678901234567890123", "12345678901234567890124", "Less");
        check(r#""9""#, r#""10""#, "Greater");
        check(r#""2024-01-01T12:00:00Z""#, r#""2024-01-01T12:30:00+01:00""#, "Greater");
        check(r#""2024-01-01T12:00:00.50Z""#, r#""2024-01-01 12:00:00.500""#, "Equal");
        check(r#""2024-01-01""#, r#""2024-01-01T00:00:00Z""#, "Equal");
        check(r#""2024-01-02""#, r#""2024-01-01T23:00:00Z""#, "Greater");
        check(r#""2024""#, r#""2024-01-01T00:00:00Z""#, "Equal");
        check(r#""2024-05-01""#, r#""2024-04""#, "Greater");
        check(r#""""#, r#""1970-01-01T00:00:00Z""#, "Less");
        check(r#""20240102""#, r#""20240101""#, "Greater");
        check("\"\u{F027}2024-01-01T00:00:00+00:00\"", r#""2024-01-01T01:00:00+01:00""#, "Equal");
        check("\"\u{F026}1.50\"", "1.5", "Equal");
    }

    #[test]
    fn texts_that_sort_differently_than_their_values() {
        let check = |left: &str, right: &str, expected: bool| {
            let [left, right] = [left, right].map(|text| Document::from_value(&Value::from(text)).unwrap());
            let found = OrderedValue::new(left.root()).is_out_of_order(&OrderedValue::new(right.root()));
            assert_eq!(found, expected, "{left:?} {right:?}");
        };
        check("10", "9", true);
        check("10", "99", false);
        check("1.25", "1.5", true);
        check("12/31/2023", "01/02/2024", true);
        check("31.12.2023", "02.01.2024", true);
        check("Sun, 31 Dec 2023 10:00:00 GMT", "Tue, 02 Jan 2024 10:00:00 GMT", true);
        check("2023-12-31", "2024-01-02", false);
        check("2024/01/02", "2023/12/31", false);
        check("a9", "a10", false);
        check("01HQ", "01HR", false);
    }

    #[test]
    fn values_of_different_types_have_no_order() {
        check("1", r#""1""#, "no order");
        check(r#""n/a""#, r#""2024-01-01T00:00:00Z""#, "no order");
        check("true", "false", "no order");
        check("null", "1", "no order");
        check("[1]", "[1]", "no order");
    }

    #[test]
    fn values_keep_the_type_mark_of_dlt() {
        let like = |value: &str, before: &str| {
            OwnedOrderedValue::new(&Value::parse(value).unwrap())
                .unwrap()
                .to_value_with_mark_of(Some(&Value::from(before)))
                .to_plain_text()
        };
        assert_eq!(like(r#""2024-01-01T01:00:00.5+01:00""#, "\u{F027}2023"), "\u{F027}2024-01-01T00:00:00.500000+00:00");
        assert_eq!(like(r#""2024-01-02""#, "\u{F028}2024-01-01"), "\u{F028}2024-01-02");
        assert_eq!(like("1.5", "\u{F026}1"), "\u{F026}1.5");
        assert_eq!(like(r#""2024""#, "2023"), "2024");
        assert_eq!(like("2", "1"), "2");
    }
}
