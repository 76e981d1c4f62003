//! Pages without rows that lead to further ones.

use catchment_json::{Node, NodeKind};

use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::response::Response;

/// Filters of an API may leave many pages empty, but hardly so many in a row.
const MAX_EMPTY_PAGES: u32 = 100;

/// A data selector may leave out all that a page has. Such pages have to end too.
const MAX_PAGES_WITHOUT_ROWS: u32 = 10_000;

/// How deep a body is searched for a list.
const MAX_DEPTH: usize = 5;

/// Counts pages without rows in a row, which links and tokens that never end lead to.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct EmptyPageGuard {
    without_rows: u32,
    /// Those whose body has no other list either.
    empty: u32,
}

impl EmptyPageGuard {
    /// How many pages without rows came one after the other.
    pub(super) fn in_a_row(&self) -> u32 {
        self.without_rows
    }

    /// Shown every page that is not the last one.
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

/// Whether a body has no list with anything in it, but for links.
fn is_bare(node: Node<'_>, depth: usize) -> bool {
    if node.kind() == NodeKind::Array {
        return node.elements().next().is_none();
    }
    let mut inner = node.entries().filter(|(key, _)| !key.is("links") && !key.is("link"));
    depth > MAX_DEPTH || inner.all(|(_, value)| is_bare(value, depth + 1))
}
