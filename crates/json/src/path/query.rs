//! What a path picks.

use super::filter::Filter;
use crate::node::{Kind, Node};

/// One segment of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) selectors: Vec<Selector>,
    /// Whether it picks from everything inside as well, as `..` says.
    pub(super) descends: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Selector {
    Key(String),
    /// Negative ones count from the end.
    Index(i64),
    Every,
    Slice(Slice),
    Filter(Filter),
}

/// `start:end:step`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slice {
    pub(super) start: Option<i64>,
    pub(super) end: Option<i64>,
    pub(super) step: i64,
}

impl Step {
    pub(super) fn key(key: String) -> Step {
        Step { selectors: vec![Selector::Key(key)], descends: false }
    }

    /// The selector, where there is one and it picks only from the value itself.
    pub(super) fn only_selector(&self) -> Option<&Selector> {
        match self.selectors.as_slice() {
            [selector] if !self.descends => Some(selector),
            _ => None,
        }
    }

    /// Whether it names something that a value, from which it picks nothing, should have had.
    fn misses(&self, node: Node<'_>) -> bool {
        let is_empty = match node.kind() {
            Kind::Null => true,
            Kind::Array => node.elements().next().is_none(),
            Kind::Object => node.entries().next().is_none(),
            _ => false,
        };
        let takes_some = |selector: &Selector| matches!(selector, Selector::Filter(_) | Selector::Slice(_));
        let has_key = self.selectors.iter().any(|selector| matches!(selector, Selector::Key(_)));
        // an object without keys lacks the one that is named, an empty list has no elements to lack it
        let may_be_empty = is_empty && !(has_key && node.kind() == Kind::Object);
        !may_be_empty && !self.selectors.iter().any(takes_some)
    }

    /// Whether it picks at most one value.
    pub(super) fn is_singular(&self) -> bool {
        matches!(self.only_selector(), Some(Selector::Key(_) | Selector::Index(_)))
    }
}

/// Is told of values, and says whether that is enough.
type Found<'f, 'd> = &'f mut dyn FnMut(Node<'d>) -> bool;

/// Tells of every value that `steps` lead to from `node`, until `found` says that it is enough. Filters may look at `root`.
pub(super) fn visit<'d>(steps: &[Step], root: Node<'d>, node: Node<'d>, found: Found<'_, 'd>) -> bool {
    match steps.split_first() {
        Some((step, rest)) => pick(step, root, node, &mut |next| visit(rest, root, next, found)),
        None => found(node),
    }
}

/// The first value that `steps` lead to from `node`.
pub(super) fn first<'d>(steps: &[Step], root: Node<'d>, node: Node<'d>) -> Option<Node<'d>> {
    let mut first = None;
    visit(steps, root, node, &mut |node| {
        first = Some(node);
        true
    });
    first
}

/// Whether the steps break off at values that have not what a step names.
pub(super) fn breaks_off(steps: &[Step], root: Node<'_>) -> bool {
    let mut nodes = vec![root];
    for step in steps {
        let mut next = Vec::new();
        for node in &nodes {
            pick(step, root, *node, &mut |found| {
                next.push(found);
                false
            });
        }
        if next.is_empty() {
            return nodes.into_iter().any(|node| step.misses(node));
        }
        nodes = next;
    }
    false
}

fn pick<'d>(step: &Step, root: Node<'d>, node: Node<'d>, found: Found<'_, 'd>) -> bool {
    step.selectors.iter().any(|selector| select(selector, root, node, found))
        || (step.descends && children(node).any(|child| pick(step, root, child, found)))
}

pub(super) fn select<'d>(selector: &Selector, root: Node<'d>, node: Node<'d>, found: Found<'_, 'd>) -> bool {
    match selector {
        Selector::Key(key) => node.get(key).is_some_and(found),
        Selector::Index(index) => element(node, *index).is_some_and(found),
        Selector::Every => children(node).any(found),
        Selector::Filter(filter) => children(node).filter(|child| filter.holds(root, *child)).any(found),
        Selector::Slice(slice) => {
            let elements: Vec<_> = node.elements().collect();
            slice.indices(elements.len()).filter_map(|index| elements.get(index).copied()).any(found)
        }
    }
}

pub(super) fn children(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    node.entries().map(|(_, value)| value).chain(node.elements())
}

fn element(node: Node<'_>, index: i64) -> Option<Node<'_>> {
    let index = match usize::try_from(index) {
        Ok(index) => index,
        Err(_) => {
            let from_end = usize::try_from(index.unsigned_abs()).ok()?;
            node.elements().count().checked_sub(from_end)?
        }
    };
    node.elements().nth(index)
}

impl Slice {
    /// The indices that it picks of `length` elements (RFC 9535, 2.3.4.2.2).
    fn indices(&self, length: usize) -> impl Iterator<Item = usize> {
        let length = i64::try_from(length).unwrap_or(i64::MAX);
        let from_start = |index: i64| if index < 0 { index.saturating_add(length) } else { index };
        let forward = self.step > 0;
        let (lowest, highest) = if forward { (0, length) } else { (-1, length.saturating_sub(1)) };
        let bound = |index: Option<i64>, default| index.map_or(default, |index| from_start(index).clamp(lowest, highest));
        let (start, end) = match forward {
            true => (bound(self.start, lowest), bound(self.end, highest)),
            false => (bound(self.start, highest), bound(self.end, lowest)),
        };
        let step = self.step;
        let inside = move |index: &i64| step != 0 && if forward { *index < end } else { *index > end };
        let indices = std::iter::successors(Some(start), move |index| index.checked_add(step));
        indices.take_while(inside).filter_map(|index| usize::try_from(index).ok())
    }
}
