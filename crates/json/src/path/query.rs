//! Path segments and their evaluation.

use super::filter::Filter;
use super::search::{RESULT_COST, Search};
use crate::node::{Node, NodeKind};

/// One segment of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PathSegment {
    pub(super) selectors: Vec<Selector>,
    /// Whether the segment also applies to all descendants (`..`).
    pub(super) descends: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Selector {
    Name(String),
    /// An index; negative indexes count from the end.
    Index(i64),
    Wildcard,
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

impl PathSegment {
    pub(super) fn key(key: String) -> PathSegment {
        PathSegment { selectors: vec![Selector::Name(key)], descends: false }
    }

    /// Returns the selector if the segment has only one and no `..`.
    pub(super) fn only_selector(&self) -> Option<&Selector> {
        match self.selectors.as_slice() {
            [selector] if !self.descends => Some(selector),
            _ => None,
        }
    }

    /// Returns whether `node`, in which the segment matched nothing, lacks something that the segment names.
    fn misses(&self, node: Node<'_>) -> bool {
        let is_empty = match node.kind() {
            NodeKind::Null => true,
            NodeKind::Array => node.elements().next().is_none(),
            NodeKind::Object => node.entries().next().is_none(),
            _ => false,
        };
        let takes_some = |selector: &Selector| matches!(selector, Selector::Filter(_) | Selector::Slice(_));
        let has_key = self.selectors.iter().any(|selector| matches!(selector, Selector::Name(_)));
        // an object without keys lacks the named key; an empty list has no elements that could lack it
        let may_be_empty = is_empty && !(has_key && node.kind() == NodeKind::Object);
        !may_be_empty && !self.selectors.iter().any(takes_some)
    }

    /// Returns whether the segment may reach a value in several ways.
    fn has_several_ways(&self) -> bool {
        self.descends || self.selectors.len() > 1
    }

    /// Returns whether the segment selects at most one value.
    pub(super) fn is_singular(&self) -> bool {
        matches!(self.only_selector(), Some(Selector::Name(_) | Selector::Index(_)))
    }
}

/// A callback that receives values and returns true to stop.
type Found<'f, 'd> = &'f mut dyn FnMut(Node<'d>) -> bool;

/// Calls `found` for each value that `steps` select from `node`, until it returns true or the work limit is reached. Returns
/// whether the visit stopped early.
pub(super) fn visit<'d>(search: &Search<'d>, steps: &[PathSegment], node: Node<'d>, found: Found<'_, 'd>) -> bool {
    match steps.split_first() {
        Some((step, rest)) if step.has_several_ways() => visit_once(search, step, rest, node, found),
        Some((step, rest)) => pick(search, step, node, &mut |next| visit(search, rest, next, found)),
        None => search.consume_budget(RESULT_COST) || found(node),
    }
}

/// Visits the values that `step` selects, and records where it matched nothing.
fn visit_once<'d>(search: &Search<'d>, step: &PathSegment, rest: &[PathSegment], node: Node<'d>, found: Found<'_, 'd>) -> bool {
    if search.is_dead_end(step, node) {
        return search.consume_budget(1);
    }
    let mut is_barren = true;
    let is_enough = pick(search, step, node, &mut |next| {
        visit(search, rest, next, &mut |result| {
            is_barren = false;
            found(result)
        })
    });
    if is_barren && step.descends {
        search.mark_dead_end(step, node.containers());
    } else if is_barren {
        search.mark_dead_end(step, [node]);
    }
    is_enough
}

/// Returns the first value that `steps` select from `node`.
pub(super) fn first<'d>(search: &Search<'d>, steps: &[PathSegment], node: Node<'d>) -> Option<Node<'d>> {
    let mut first = None;
    visit(search, steps, node, &mut |node| {
        first = Some(node);
        true
    });
    first
}

/// Returns whether the path ends at values that lack the key named by a segment.
pub(super) fn breaks_off(steps: &[PathSegment], root: Node<'_>) -> bool {
    let search = Search::unlimited(root);
    let mut nodes = vec![root];
    for step in steps {
        let (mut next, mut covered) = (Vec::new(), None);
        for node in &nodes {
            // descendants of a value that was already visited
            if step.descends && covered.is_some_and(|covered| node.id() < covered) {
                continue;
            }
            covered = Some(node.end());
            pick(&search, step, *node, &mut |found| {
                next.push(found);
                false
            });
        }
        if next.is_empty() {
            return nodes.into_iter().any(|node| step.misses(node));
        }
        next.sort_unstable_by_key(|node| node.id());
        next.dedup_by_key(|node| node.id());
        nodes = next;
    }
    false
}

fn pick<'d>(search: &Search<'d>, step: &PathSegment, node: Node<'d>, found: Found<'_, 'd>) -> bool {
    let mut pick_from = |node| step.selectors.iter().any(|selector| select(search, selector, node, found));
    if !step.descends {
        return pick_from(node);
    }
    // iterates over the tape, which lists outer values first; no recursion, because documents may be deeply nested
    let mut next = Some(node);
    while let Some(inside) = next {
        if search.consume_budget(1) {
            return true;
        }
        if search.is_dead_end(step, inside) {
            next = node.next_container(inside.end());
            continue;
        }
        if pick_from(inside) {
            return true;
        }
        next = node.next_container(inside.next_id());
    }
    false
}

pub(super) fn select<'d>(search: &Search<'d>, selector: &Selector, node: Node<'d>, found: Found<'_, 'd>) -> bool {
    let mut found = |node| search.consume_budget(1) || found(node);
    match selector {
        Selector::Name(key) => get(search, node, key).is_some_and(found),
        Selector::Index(index) => element(search, node, *index).is_some_and(found),
        Selector::Wildcard => children(node).any(found),
        Selector::Filter(filter) => children(node).any(|child| filter.holds(search, child) && found(child)),
        Selector::Slice(slice) => {
            let elements: Vec<_> = node.elements().collect();
            let is_exhausted = search.consume_budget(elements.len() as u64);
            is_exhausted || slice.indices(elements.len()).filter_map(|index| elements.get(index).copied()).any(found)
        }
    }
}

pub(super) fn children(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    node.entries().map(|(_, value)| value).chain(node.elements())
}

/// Returns the value of a key; the last of several equal keys takes precedence.
fn get<'d>(search: &Search<'d>, node: Node<'d>, key: &str) -> Option<Node<'d>> {
    let (mut value, mut passed) = (None, 0);
    for (found, of_key) in node.entries() {
        passed += 1;
        if found.is(key) {
            value = Some(of_key);
        }
    }
    search.consume_budget(passed);
    value
}

fn element<'d>(search: &Search<'d>, node: Node<'d>, index: i64) -> Option<Node<'d>> {
    let index = match usize::try_from(index) {
        Ok(index) => index,
        Err(_) => {
            let from_end = usize::try_from(index.unsigned_abs()).ok()?;
            let length = node.elements().count();
            search.consume_budget(length as u64);
            length.checked_sub(from_end)?
        }
    };
    let mut passed = 0;
    let found = node.elements().inspect(|_| passed += 1).nth(index);
    search.consume_budget(passed);
    found
}

impl Slice {
    /// Returns the indexes that the slice selects from `length` elements (RFC 9535, section 2.3.4.2.2).
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
