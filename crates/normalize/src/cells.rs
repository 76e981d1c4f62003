//! The untyped values of a batch, by table and column.

use std::collections::{BTreeSet, HashMap, HashSet};

use catchment_json::Node;

use crate::shape::KeyIndex;

/// The memory of a row without its values, in bytes: node, row id, parent id, root id and position.
const ROW_BYTES: usize = 128;

/// The memory of a value, in bytes: a cell and an array element.
const VALUE_BYTES: usize = size_of::<Option<Node<'_>>>() + 8;

/// The rows of one table.
#[derive(Default)]
pub(crate) struct TableCells<'d> {
    pub(crate) rows: usize,
    /// The position in the page of the source row of each row.
    source_rows: Vec<u64>,
    /// The JSON node of each row.
    pub(crate) nodes: Vec<Node<'d>>,
    /// The cells by column index. Missing cells at the end of a column are null.
    pub(crate) columns: Vec<Vec<Option<Node<'d>>>>,
    /// The columns with values, in the order of their first value.
    pub(crate) discovered: Vec<usize>,
    /// The number of values and nulls in the columns of the schema and the discovered columns.
    pub(crate) values: usize,
    /// The number of columns of the table in the schema.
    pub(crate) known_columns: usize,
    pub(crate) ids: Ids,
    pub(crate) parent_ids: Ids,
    pub(crate) root_ids: Ids,
    pub(crate) list_indices: Vec<i64>,
    /// The number of the root row of each row. Empty unless the table is merged.
    pub(crate) root_rows: Vec<i128>,
    /// The key of the last value, for columns shared by several keys.
    holders: HashMap<usize, KeyIndex>,
}

impl<'d> TableCells<'d> {
    pub(crate) fn begin_row(&mut self, node: Node<'d>, source_row: u64) {
        self.rows += 1;
        self.values += self.known_columns + self.discovered.len();
        self.source_rows.push(source_row);
        self.nodes.push(node);
    }

    /// Estimates the memory of the rows as cells and arrays, in bytes. A column of the schema with values counts twice.
    pub(crate) fn memory(&self) -> usize {
        self.rows * ROW_BYTES + self.values * VALUE_BYTES
    }

    /// Returns the number of the source row in its page, counted from 1, for messages.
    pub(crate) fn source_row(&self, row: usize) -> usize {
        self.source_rows.get(row).and_then(|row| usize::try_from(*row).ok()).unwrap_or(0) + 1
    }

    /// Sets `column` in the current (last) row. Nulls are not stored, so callers skip them.
    #[inline]
    pub(crate) fn set(&mut self, column: usize, node: Node<'d>) {
        if self.columns.len() <= column {
            self.columns.resize_with(column + 1, Vec::new);
        }
        let row = self.rows.saturating_sub(1);
        let Some(cells) = self.columns.get_mut(column) else { return };
        if cells.is_empty() {
            self.discovered.push(column);
            self.values += self.rows;
        }
        if cells.len() != row {
            cells.resize(row, None);
        }
        cells.push(Some(node));
    }

    /// Sets `column`, which several keys share and which has no value in the current row, and records the key.
    pub(crate) fn set_shared(&mut self, column: usize, node: Node<'d>, from: KeyIndex) {
        self.set(column, node);
        self.holders.insert(column, from);
    }

    /// Returns the value of `column` in the current row.
    pub(crate) fn current(&self, column: usize) -> Option<Node<'d>> {
        self.columns.get(column)?.get(self.rows.checked_sub(1)?).copied().flatten()
    }

    /// Returns the key of the last value of the shared column `column`.
    pub(crate) fn source_key(&self, column: usize) -> Option<KeyIndex> {
        self.holders.get(&column).copied()
    }

    /// Removes all values of the current row.
    pub(crate) fn clear_row(&mut self) {
        for column in 0..self.columns.len() {
            if self.current(column).is_some() {
                self.clear(column);
            }
        }
    }

    /// Removes the value of `column` in the current row.
    pub(crate) fn clear(&mut self, column: usize) {
        let row = self.rows.saturating_sub(1);
        let Some(cells) = self.columns.get_mut(column) else { return };
        cells.truncate(row);
        if cells.iter().all(Option::is_none) {
            cells.clear();
            self.discovered.retain(|known| *known != column);
        }
    }
}

/// Row ids, concatenated in one string.
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

    /// Returns the positions of the ids contained in `ids`.
    pub(crate) fn positions(&self, ids: &HashSet<String>) -> BTreeSet<usize> {
        if ids.is_empty() {
            return BTreeSet::new();
        }
        self.iter().enumerate().filter(|(_, id)| ids.contains(*id)).map(|(index, _)| index).collect()
    }

    /// Returns the id at `index`.
    pub(crate) fn get(&self, index: usize) -> Option<&str> {
        let start = index.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(start..*self.ends.get(index)?)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.text.get(start..*end).unwrap_or_default())
    }
}
