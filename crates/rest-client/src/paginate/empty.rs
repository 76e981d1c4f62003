//! Pages without rows that lead to further ones.

use catchment_json::{Kind, Node};

use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::response::Response;

/// Filters of an API may leave many pages empty, but hardly so many in a row.
const MAX_EMPTY_PAGES: u32 = 100;

/// How deep a body is searched for a list.
const MAX_DEPTH: usize = 5;

/// Counts empty pages in a row, which links and tokens that never end lead to.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct EmptyPages {
    in_a_row: u32,
}

impl EmptyPages {
    /// Shown every page that is not the last one.
    pub(super) fn check(&mut self, response: &Response) -> Result<(), Error> {
        // a data selector may have left out all that a page has
        let is_empty = response.rows().ids.is_empty() && response.document().is_ok_and(|document| is_bare(document.root(), 0));
        self.in_a_row = if is_empty { self.in_a_row.saturating_add(1) } else { 0 };
        if self.in_a_row < MAX_EMPTY_PAGES {
            return Ok(());
        }
        Err(response.error(ErrorKind::EmptyPages { pages: MAX_EMPTY_PAGES }))
    }
}

/// Whether a body has no list with anything in it, but for links.
fn is_bare(node: Node<'_>, depth: usize) -> bool {
    if node.kind() == Kind::Array {
        return node.elements().next().is_none();
    }
    let mut inner = node.entries().filter(|(key, _)| !key.is("links") && !key.is("link"));
    depth > MAX_DEPTH || inner.all(|(_, value)| is_bare(value, depth + 1))
}
