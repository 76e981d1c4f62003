//! Filters: conditions on values.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;

use super::query::{self, PathSegment};
use super::search::Search;
use crate::node::{Node, NodeKind};

/// The expression after `?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Filter {
    Any(Vec<Filter>),
    All(Vec<Filter>),
    Not(Box<Filter>),
    /// The query selects at least one value.
    Exists(Query),
    Compare(Operand, Operator, Operand),
}

/// A path inside a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Query {
    /// Whether the query starts at the root (`$`), not at the current value (`@`).
    pub(super) from_root: bool,
    pub(super) steps: Vec<PathSegment>,
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Operand {
    Null,
    Bool(bool),
    /// The number as written.
    Number(String),
    Text(String),
    /// A query that selects at most one value.
    Query(Query),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Filter {
    /// Returns whether the filter matches `node`.
    pub(super) fn holds<'d>(&self, search: &Search<'d>, node: Node<'d>) -> bool {
        search.consume_budget(1);
        match self {
            Filter::Any(filters) => filters.iter().any(|filter| filter.holds(search, node)),
            Filter::All(filters) => filters.iter().all(|filter| filter.holds(search, node)),
            Filter::Not(filter) => !filter.holds(search, node),
            Filter::Exists(query) => query.first(search, node).is_some(),
            Filter::Compare(left, operator, right) => {
                operator.holds(search, &left.value(search, node), &right.value(search, node))
            }
        }
    }
}

impl Query {
    /// Returns whether the query selects at most one value.
    pub(super) fn is_singular(&self) -> bool {
        self.steps.iter().all(PathSegment::is_singular)
    }

    fn first<'d>(&self, search: &Search<'d>, node: Node<'d>) -> Option<Node<'d>> {
        if self.from_root { search.absolute(self) } else { query::first(search, &self.steps, node) }
    }
}

impl Operand {
    fn value<'v, 'd: 'v>(&'v self, search: &Search<'d>, node: Node<'d>) -> Comparable<'v> {
        match self {
            Operand::Null => Comparable::Null,
            Operand::Bool(bool) => Comparable::Bool(*bool),
            Operand::Number(number) => Comparable::Number(number),
            Operand::Text(text) => Comparable::Text(Cow::Borrowed(text)),
            Operand::Query(query) => query.first(search, node).map_or(Comparable::Nothing, Comparable::of),
        }
    }
}

/// An operand of a comparison, evaluated.
enum Comparable<'v> {
    Nothing,
    Null,
    Bool(bool),
    Number(&'v str),
    Text(Cow<'v, str>),
    Container(Node<'v>),
}

impl<'v> Comparable<'v> {
    fn of(node: Node<'v>) -> Comparable<'v> {
        match node.kind() {
            NodeKind::Null => Comparable::Null,
            NodeKind::Bool => Comparable::Bool(node.as_bool().unwrap_or_default()),
            NodeKind::Integer | NodeKind::Float => Comparable::Number(node.as_number().unwrap_or_default()),
            NodeKind::String => Comparable::Text(node.as_str().unwrap_or_default()),
            NodeKind::Array | NodeKind::Object => Comparable::Container(node),
        }
    }

    fn is_equal(&self, search: &Search<'_>, other: &Comparable<'_>) -> bool {
        match (self, other) {
            (Comparable::Nothing, Comparable::Nothing) | (Comparable::Null, Comparable::Null) => true,
            (Comparable::Bool(left), Comparable::Bool(right)) => left == right,
            (Comparable::Container(left), Comparable::Container(right)) => are_equal(search, *left, *right),
            _ => self.order(other) == Some(Ordering::Equal),
        }
    }

    /// Compares two numbers or two strings; other values have no order.
    fn order(&self, other: &Comparable<'_>) -> Option<Ordering> {
        match (self, other) {
            (Comparable::Number(left), Comparable::Number(right)) => order(left, right),
            (Comparable::Text(left), Comparable::Text(right)) => Some(left.cmp(right)),
            _ => None,
        }
    }
}

impl Operator {
    fn holds(self, search: &Search<'_>, left: &Comparable<'_>, right: &Comparable<'_>) -> bool {
        match self {
            Operator::Equal => left.is_equal(search, right),
            Operator::NotEqual => !left.is_equal(search, right),
            Operator::Less => left.order(right) == Some(Ordering::Less),
            Operator::Greater => left.order(right) == Some(Ordering::Greater),
            Operator::LessOrEqual => left.order(right) == Some(Ordering::Less) || left.is_equal(search, right),
            Operator::GreaterOrEqual => left.order(right) == Some(Ordering::Greater) || left.is_equal(search, right),
        }
    }
}

/// Compares integers of up to 38 digits exactly, and other numbers as doubles.
fn order(left: &str, right: &str) -> Option<Ordering> {
    match (left.parse::<i128>(), right.parse::<i128>()) {
        (Ok(left), Ok(right)) => Some(left.cmp(&right)),
        _ => left.parse::<f64>().ok()?.partial_cmp(&right.parse().ok()?),
    }
}

/// Returns whether two lists have equal elements, or two objects have equal values under the same keys.
fn are_equal(search: &Search<'_>, left: Node<'_>, right: Node<'_>) -> bool {
    if search.consume_budget(1) || left.kind() != right.kind() || query::children(left).count() != query::children(right).count()
    {
        return false;
    }
    let same = |left, right| Comparable::of(left).is_equal(search, &Comparable::of(right));
    if left.kind() == NodeKind::Array {
        return left.elements().zip(right.elements()).all(|(left, right)| !search.consume_budget(1) && same(left, right));
    }
    let by_key: HashMap<_, _> = right.entries().map(|(key, right)| (key.name(), right)).collect();
    left.entries().all(|(key, left)| !search.consume_budget(1) && by_key.get(&key.name()).is_some_and(|right| same(left, *right)))
}
