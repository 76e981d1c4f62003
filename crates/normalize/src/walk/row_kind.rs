//! Kinds of rows: root or child, merged or not.

use catchment_schema::WriteDisposition;

use super::RowWalker;

/// The kind of the rows of a table.
#[derive(Clone, Copy)]
pub(super) struct RowKind {
    /// Whether the rows are child rows. False if the table is a root table in the schema.
    pub(super) is_linked: bool,
    /// Whether the rows are merged. Relevant for root rows only.
    pub(super) is_merged: bool,
}

impl RowWalker<'_, '_> {
    /// Returns the kind of the rows of a table.
    pub(super) fn kind(&mut self, table: usize) -> RowKind {
        if let Some(Some(known)) = self.kinds.get(table) {
            return *known;
        }
        let shape = self.shapes.tables.get(table);
        let known = shape.and_then(|shape| self.schema.tables.get(&*shape.name));
        let is_child = shape.is_none_or(|shape| shape.parent.is_some());
        let kind = RowKind {
            is_linked: is_child && known.is_none_or(|table| table.parent.is_some()),
            is_merged: known.is_some_and(|table| table.write_disposition == Some(WriteDisposition::Merge)),
        };
        if self.kinds.len() <= table {
            self.kinds.resize(table + 1, None);
        }
        if let Some(slot) = self.kinds.get_mut(table) {
            *slot = Some(kind);
        }
        kind
    }
}
