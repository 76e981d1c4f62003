//! The work of one search, and what it has learned on the way.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use super::filter::Query;
use super::query::{self, PathSegment};
use crate::node::Node;

/// Values that a search may look at, whatever the size of the document. More than any page needs: a second of work at most.
const MIN_BUDGET: u64 = 10_000_000;

/// How often a search may look at each value of a document, on average.
const BUDGET_PER_VALUE: u64 = 100;

/// What a result counts for, so that there are at most four results for each value of a large document.
pub(super) const RESULT_COST: u64 = 25;

/// One search in one document.
///
/// `$..a..a` can come to a value by many ways. A value from which a step led to nothing is not entered by that step again:
/// what is repeated is only what has results.
pub(super) struct Search<'d> {
    pub(super) root: Node<'d>,
    /// How many values it may still look at; nothing where it has no limit.
    left: Option<Cell<u64>>,
    /// For each step, by its address: the values from which it and the steps after it lead to nothing, a bit each.
    barren: RefCell<HashMap<usize, Vec<u64>>>,
    /// What the paths of filters that begin at the root lead to, by their addresses: the same for all values.
    absolute: RefCell<HashMap<usize, Option<Node<'d>>>>,
}

impl<'d> Search<'d> {
    /// A search that ends by itself only.
    pub(super) fn unlimited(root: Node<'d>) -> Search<'d> {
        Search { root, left: None, barren: RefCell::default(), absolute: RefCell::default() }
    }

    /// A search whose work is proportional to the size of the document.
    pub(super) fn limited(root: Node<'d>) -> Search<'d> {
        Search { left: Some(Cell::new(budget(root))), ..Search::unlimited(root) }
    }

    /// Counts values that were looked at. Returns whether that was too much: then the search is over.
    pub(super) fn consume_budget(&self, values: u64) -> bool {
        let Some(left) = &self.left else { return false };
        left.set(left.get().saturating_sub(values));
        left.get() == 0
    }

    /// Whether it was given up.
    pub(super) fn is_exhausted(&self) -> bool {
        self.left.as_ref().is_some_and(|left| left.get() == 0)
    }

    /// Whether `step` is known to lead to nothing from `node`.
    pub(super) fn is_dead_end(&self, step: &PathSegment, node: Node<'_>) -> bool {
        let (word, bit) = bit_position(node);
        let barren = self.barren.borrow();
        barren.get(&address(step)).and_then(|words| words.get(word)).is_some_and(|word| word & bit != 0)
    }

    /// Notes that `step` leads to nothing from any of `nodes`. A search that was given up knows nothing of that.
    pub(super) fn mark_dead_end<'n>(&self, step: &PathSegment, nodes: impl IntoIterator<Item = Node<'n>>) {
        if self.is_exhausted() {
            return;
        }
        let mut barren = self.barren.borrow_mut();
        let words = barren.entry(address(step)).or_insert_with(|| vec![0; self.root.document_len() / 64 + 1]);
        for node in nodes {
            let (word, bit) = bit_position(node);
            if let Some(word) = words.get_mut(word) {
                *word |= bit;
            }
        }
    }

    /// The first value that the path of a filter leads to from the root.
    pub(super) fn absolute(&self, query: &Query) -> Option<Node<'d>> {
        let known = self.absolute.borrow().get(&address(query)).copied();
        known.unwrap_or_else(|| {
            let found = query::first(self, &query.steps, self.root);
            self.absolute.borrow_mut().insert(address(query), found);
            found
        })
    }
}

/// How many values a search in a document may look at.
pub(super) fn budget(root: Node<'_>) -> u64 {
    MIN_BUDGET.max(root.document_len() as u64 * BUDGET_PER_VALUE)
}

/// What tells the parts of a path from each other, which do not move during a search.
fn address<T>(part: &T) -> usize {
    std::ptr::from_ref(part).addr()
}

fn bit_position(node: Node<'_>) -> (usize, u64) {
    let at = node.id().0;
    (at as usize / 64, 1 << (at % 64))
}
