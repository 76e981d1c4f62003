//! The work limit and the caches of one search.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use super::filter::Query;
use super::query::{self, PathSegment};
use crate::node::Node;

/// The minimum number of values that a search may visit, in any document. More than any page needs; takes at most a second.
const MIN_BUDGET: u64 = 10_000_000;

/// The average number of visits per value of the document that a search may make.
const BUDGET_PER_VALUE: u64 = 100;

/// The cost of a result in visits, which limits results to four per value in a large document.
pub(super) const RESULT_COST: u64 = 25;

/// A search in one document.
///
/// A path such as `$..a..a` can reach a value in many ways. Values from which a segment matched nothing are not visited
/// again by this segment, so only visits that yield results are repeated.
pub(super) struct Search<'d> {
    pub(super) root: Node<'d>,
    /// The remaining visits, or `None` for an unlimited search.
    left: Option<Cell<u64>>,
    /// Per segment, keyed by its address: a bit set of the values from which it and the following segments match nothing.
    barren: RefCell<HashMap<usize, Vec<u64>>>,
    /// Results of filter queries that start at the root, keyed by address. They are the same for all values.
    absolute: RefCell<HashMap<usize, Option<Node<'d>>>>,
}

impl<'d> Search<'d> {
    /// Creates a search without a work limit.
    pub(super) fn unlimited(root: Node<'d>) -> Search<'d> {
        Search { root, left: None, barren: RefCell::default(), absolute: RefCell::default() }
    }

    /// Creates a search with a work limit proportional to the size of the document.
    pub(super) fn limited(root: Node<'d>) -> Search<'d> {
        Search { left: Some(Cell::new(budget(root))), ..Search::unlimited(root) }
    }

    /// Counts visited values. Returns true if the limit is reached and the search must stop.
    pub(super) fn consume_budget(&self, values: u64) -> bool {
        let Some(left) = &self.left else { return false };
        left.set(left.get().saturating_sub(values));
        left.get() == 0
    }

    /// Returns whether the search stopped at its limit.
    pub(super) fn is_exhausted(&self) -> bool {
        self.left.as_ref().is_some_and(|left| left.get() == 0)
    }

    /// Returns whether `step` is known to match nothing from `node`.
    pub(super) fn is_dead_end(&self, step: &PathSegment, node: Node<'_>) -> bool {
        let (word, bit) = bit_position(node);
        let barren = self.barren.borrow();
        barren.get(&address(step)).and_then(|words| words.get(word)).is_some_and(|word| word & bit != 0)
    }

    /// Records that `step` matches nothing from any of `nodes`. Does nothing if the limit was reached, because the search
    /// was then incomplete.
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

    /// Returns the first value that a filter query selects from the root.
    pub(super) fn absolute(&self, query: &Query) -> Option<Node<'d>> {
        let known = self.absolute.borrow().get(&address(query)).copied();
        known.unwrap_or_else(|| {
            let found = query::first(self, &query.steps, self.root);
            self.absolute.borrow_mut().insert(address(query), found);
            found
        })
    }
}

/// Returns the number of values that a search in the document of `root` may visit.
pub(super) fn budget(root: Node<'_>) -> u64 {
    MIN_BUDGET.max(root.document_len() as u64 * BUDGET_PER_VALUE)
}

/// Returns the address of a path segment or query as its identity. They do not move during a search.
fn address<T>(part: &T) -> usize {
    std::ptr::from_ref(part).addr()
}

fn bit_position(node: Node<'_>) -> (usize, u64) {
    let at = node.id().0;
    (at as usize / 64, 1 << (at % 64))
}
