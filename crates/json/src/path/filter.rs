//! Conditions on values.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;

use super::query::{self, Step};
use super::search::Search;
use crate::node::{Kind, Node};

/// What stands after `?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Filter {
    Any(Vec<Filter>),
    All(Vec<Filter>),
    Not(Box<Filter>),
    /// There is such a value.
    Exists(Query),
    Compare(Operand, Operator, Operand),
}

/// A path inside a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Query {
    /// Whether it begins at the root of the document, not at the value in question.
    pub(super) from_root: bool,
    pub(super) steps: Vec<Step>,
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Operand {
    Null,
    Bool(bool),
    /// As it was written.
    Number(String),
    Text(String),
    /// Leads to at most one value.
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
    /// Whether it is so for `node`.
    pub(super) fn holds<'d>(&self, search: &Search<'d>, node: Node<'d>) -> bool {
        search.spend(1);
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
    /// Whether it leads to at most one value.
    pub(super) fn is_singular(&self) -> bool {
        self.steps.iter().all(Step::is_singular)
    }

    fn first<'d>(&self, search: &Search<'d>, node: Node<'d>) -> Option<Node<'d>> {
        if self.from_root { search.absolute(self) } else { query::first(search, &self.steps, node) }
    }
}

impl Operand {
    fn value<'v, 'd: 'v>(&'v self, search: &Search<'d>, node: Node<'d>) -> Compared<'v> {
        match self {
            Operand::Null => Compared::Null,
            Operand::Bool(bool) => Compared::Bool(*bool),
            Operand::Number(number) => Compared::Number(number),
            Operand::Text(text) => Compared::Text(Cow::Borrowed(text)),
            Operand::Query(query) => query.first(search, node).map_or(Compared::Nothing, Compared::of),
        }
    }
}

/// A value as comparisons see it.
enum Compared<'v> {
    Nothing,
    Null,
    Bool(bool),
    Number(&'v str),
    Text(Cow<'v, str>),
    Container(Node<'v>),
}

impl<'v> Compared<'v> {
    fn of(node: Node<'v>) -> Compared<'v> {
        match node.kind() {
            Kind::Null => Compared::Null,
            Kind::Bool => Compared::Bool(node.bool().unwrap_or_default()),
            Kind::Integer | Kind::Fraction => Compared::Number(node.number().unwrap_or_default()),
            Kind::Text => Compared::Text(node.text().unwrap_or_default()),
            Kind::Array | Kind::Object => Compared::Container(node),
        }
    }

    fn is_equal(&self, search: &Search<'_>, other: &Compared<'_>) -> bool {
        match (self, other) {
            (Compared::Nothing, Compared::Nothing) | (Compared::Null, Compared::Null) => true,
            (Compared::Bool(left), Compared::Bool(right)) => left == right,
            (Compared::Container(left), Compared::Container(right)) => are_equal(search, *left, *right),
            _ => self.order(other) == Some(Ordering::Equal),
        }
    }

    /// The order of two numbers or two texts; there is none of anything else.
    fn order(&self, other: &Compared<'_>) -> Option<Ordering> {
        match (self, other) {
            (Compared::Number(left), Compared::Number(right)) => order(left, right),
            (Compared::Text(left), Compared::Text(right)) => Some(left.cmp(right)),
            _ => None,
        }
    }
}

impl Operator {
    fn holds(self, search: &Search<'_>, left: &Compared<'_>, right: &Compared<'_>) -> bool {
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

/// Integers exactly, up to 38 digits, all else as doubles.
fn order(left: &str, right: &str) -> Option<Ordering> {
    match (left.parse::<i128>(), right.parse::<i128>()) {
        (Ok(left), Ok(right)) => Some(left.cmp(&right)),
        _ => left.parse::<f64>().ok()?.partial_cmp(&right.parse().ok()?),
    }
}

/// Whether two lists have the same elements, or two objects the same values under the same keys.
fn are_equal(search: &Search<'_>, left: Node<'_>, right: Node<'_>) -> bool {
    if search.spend(1) || left.kind() != right.kind() || query::children(left).count() != query::children(right).count() {
        return false;
    }
    let same = |left, right| Compared::of(left).is_equal(search, &Compared::of(right));
    if left.kind() == Kind::Array {
        return left.elements().zip(right.elements()).all(|(left, right)| !search.spend(1) && same(left, right));
    }
    let by_key: HashMap<_, _> = right.entries().map(|(key, right)| (key.name(), right)).collect();
    left.entries().all(|(key, left)| !search.spend(1) && by_key.get(&key.name()).is_some_and(|right| same(left, *right)))
}
