//! The values of one batch, by table and column, before they have a type.

use catchment_json::Node;

/// The rows of one table.
#[derive(Default)]
pub(crate) struct TableCells<'d> {
    pub(crate) rows: usize,
    /// By column index; a column that is shorter than the rows is null in the rest.
    pub(crate) columns: Vec<Vec<Option<Node<'d>>>>,
    /// The columns that have a value, in the order of their first one.
    pub(crate) discovered: Vec<usize>,
    pub(crate) ids: Ids,
    pub(crate) parent_ids: Ids,
    pub(crate) root_ids: Ids,
    pub(crate) list_indices: Vec<i64>,
}

impl<'d> TableCells<'d> {
    /// Puts `node` into `column` of the row at hand, the last one. Nulls are left out.
    #[inline]
    pub(crate) fn put(&mut self, column: usize, node: Node<'d>) {
        if self.columns.len() <= column {
            self.columns.resize_with(column + 1, Vec::new);
        }
        let row = self.rows.saturating_sub(1);
        let Some(cells) = self.columns.get_mut(column) else { return };
        if cells.is_empty() {
            self.discovered.push(column);
        }
        cells.truncate(row);
        cells.resize(row, None);
        cells.push(Some(node));
    }

    /// Takes back what the row at hand has in `column`.
    pub(crate) fn take_back(&mut self, column: usize) {
        let row = self.rows.saturating_sub(1);
        let Some(cells) = self.columns.get_mut(column) else { return };
        cells.truncate(row);
        if cells.iter().all(Option::is_none) {
            cells.clear();
            self.discovered.retain(|known| *known != column);
        }
    }
}

/// Row ids, one after the other in one string.
#[derive(Default)]
pub(crate) struct Ids {
    text: String,
    ends: Vec<usize>,
}

impl Ids {
    pub(crate) fn push(&mut self, id: &str) {
        self.text.push_str(id);
        self.ends.push(self.text.len());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.text.get(start..*end).unwrap_or_default())
    }
}
