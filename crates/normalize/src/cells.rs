//! The values of one batch, by table and column, before they have a type.

use std::collections::{BTreeSet, HashMap, HashSet};

use catchment_json::Node;

use crate::shape::KeyIndex;

/// What a row takes besides its values: its node, the ids of it, of its parent and of its root, its place.
const ROW_BYTES: usize = 128;

/// What a value takes: a cell and an element of an array.
const VALUE_BYTES: usize = size_of::<Option<Node<'_>>>() + 8;

/// The rows of one table.
#[derive(Default)]
pub(crate) struct TableCells<'d> {
    pub(crate) rows: usize,
    /// The place in its page of the source row that each row is from.
    source_rows: Vec<u64>,
    /// What each row was made of.
    pub(crate) nodes: Vec<Node<'d>>,
    /// By column index; a column that is shorter than the rows is null in the rest.
    pub(crate) columns: Vec<Vec<Option<Node<'d>>>>,
    /// The columns that have a value, in the order of their first one.
    pub(crate) discovered: Vec<usize>,
    /// How many values and nulls its columns have, of those that the schema has and those that were discovered.
    pub(crate) values: usize,
    /// How many columns the schema has for it.
    pub(crate) known_columns: usize,
    pub(crate) ids: Ids,
    pub(crate) parent_ids: Ids,
    pub(crate) root_ids: Ids,
    pub(crate) list_indices: Vec<i64>,
    /// Which root row each row belongs to; of merged tables only.
    pub(crate) root_rows: Vec<i128>,
    /// Which key the last value came from, of columns that several keys lead to.
    holders: HashMap<usize, KeyIndex>,
}

impl<'d> TableCells<'d> {
    pub(crate) fn begin_row(&mut self, node: Node<'d>, source_row: u64) {
        self.rows += 1;
        self.values += self.known_columns + self.discovered.len();
        self.source_rows.push(source_row);
        self.nodes.push(node);
    }

    /// About how many bytes of memory the rows take, as cells and as arrays. A column that the schema has counts twice where
    /// it has values.
    pub(crate) fn memory(&self) -> usize {
        self.rows * ROW_BYTES + self.values * VALUE_BYTES
    }

    /// The number of the source row, counted from 1, for messages.
    pub(crate) fn source_row(&self, row: usize) -> usize {
        self.source_rows.get(row).and_then(|row| usize::try_from(*row).ok()).unwrap_or(0) + 1
    }

    /// Puts `node` into `column` of the row at hand, the last one. Nulls are left out.
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

    /// Puts `node` where several keys lead to, and the row at hand has no value yet.
    pub(crate) fn set_shared(&mut self, column: usize, node: Node<'d>, from: KeyIndex) {
        self.set(column, node);
        self.holders.insert(column, from);
    }

    /// What the row at hand has in `column`.
    pub(crate) fn current(&self, column: usize) -> Option<Node<'d>> {
        self.columns.get(column)?.get(self.rows.checked_sub(1)?).copied().flatten()
    }

    /// The key that the last value of `column`, which several lead to, came from.
    pub(crate) fn source_key(&self, column: usize) -> Option<KeyIndex> {
        self.holders.get(&column).copied()
    }

    /// Takes back all that the row at hand has.
    pub(crate) fn clear_row(&mut self) {
        for column in 0..self.columns.len() {
            if self.current(column).is_some() {
                self.clear(column);
            }
        }
    }

    /// Takes back what the row at hand has in `column`.
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

    /// The places of those that are in `ids`.
    pub(crate) fn positions(&self, ids: &HashSet<String>) -> BTreeSet<usize> {
        if ids.is_empty() {
            return BTreeSet::new();
        }
        self.iter().enumerate().filter(|(_, id)| ids.contains(*id)).map(|(place, _)| place).collect()
    }

    /// The one at `place`.
    pub(crate) fn get(&self, place: usize) -> Option<&str> {
        let start = place.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(start..*self.ends.get(place)?)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.text.get(start..*end).unwrap_or_default())
    }
}
