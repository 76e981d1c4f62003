//! Limits for consecutive empty pages.

use catchment_json::{Node, NodeKind};

use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::response::Response;

/// The maximum number of consecutive empty pages. Filters of an API may leave pages empty, but hardly so many.
const MAX_EMPTY_PAGES: u32 = 100;

/// The maximum number of consecutive pages without selected rows. A data selector may match no rows of a page.
const MAX_PAGES_WITHOUT_ROWS: u32 = 10_000;

/// The maximum depth of the search for a list in a body.
const MAX_DEPTH: usize = 5;

/// Counts consecutive pages without rows, to end paginations whose links or tokens never end.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct EmptyPageGuard {
    without_rows: u32,
    /// Consecutive pages whose body contains no other list either.
    empty: u32,
}

impl EmptyPageGuard {
    /// Returns the number of consecutive pages without rows.
    pub(super) fn in_a_row(&self) -> u32 {
        self.without_rows
    }

    /// Counts a page that is not the last one.
    ///
    /// # Errors
    ///
    /// Returns an error if the page reaches a limit.
    pub(super) fn check(&mut self, response: &Response) -> Result<(), Error> {
        if !response.rows().ids.is_empty() {
            *self = EmptyPageGuard::default();
            return Ok(());
        }
        let is_empty = response.document().is_ok_and(|document| is_bare(document.root(), 0));
        self.without_rows = self.without_rows.saturating_add(1);
        self.empty = if is_empty { self.empty.saturating_add(1) } else { 0 };
        let reached = [(self.empty, MAX_EMPTY_PAGES), (self.without_rows, MAX_PAGES_WITHOUT_ROWS)];
        match reached.into_iter().find(|(count, max)| count >= max) {
            Some((pages, _)) => Err(response.error(ErrorKind::EmptyPages { pages })),
            None => Ok(()),
        }
    }
}

/// Returns whether a body contains no non-empty list, except for links.
fn is_bare(node: Node<'_>, depth: usize) -> bool {
    if node.kind() == NodeKind::Array {
        return node.elements().next().is_none();
    }
    let mut inner = node.entries().filter(|(key, _)| !key.is("links") && !key.is("link"));
    depth > MAX_DEPTH || inner.all(|(_, value)| is_bare(value, depth + 1))
}
