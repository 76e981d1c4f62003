//! Rows and values rejected by a contract.

use catchment_json::Node;

use crate::cells::TableCells;

/// A rejected row, or a rejected value of a row.
pub(super) struct Rejection<'d> {
    pub(super) row: usize,
    column: Option<String>,
    reason: &'static str,
    /// The value, or `None` if the row is rejected.
    value: Option<Node<'d>>,
}

impl<'d> Rejection<'d> {
    pub(super) fn row(row: usize, column: Option<&str>, reason: &'static str) -> Self {
        Rejection { row, column: column.map(str::to_owned), reason, value: None }
    }

    pub(super) fn value(row: usize, column: &str, reason: &'static str, value: Node<'d>) -> Self {
        Rejection { row, column: Some(column.to_owned()), reason, value: Some(value) }
    }

    /// Creates the quarantine entry.
    pub(super) fn entry(&self, table: &str, cells: &TableCells<'_>) -> QuarantineEntry {
        let mut content = String::new();
        if let Some(node) = self.value.or_else(|| cells.nodes.get(self.row).copied()) {
            node.write_json(&mut content);
        }
        QuarantineEntry {
            table: table.to_owned(),
            column: self.column.clone(),
            reason: self.reason,
            content,
            row_id: cells.ids.get(self.row).unwrap_or_default().to_owned(),
        }
    }
}

/// A row of the quarantine table.
pub(super) struct QuarantineEntry {
    pub(super) table: String,
    pub(super) column: Option<String>,
    pub(super) reason: &'static str,
    /// The row or value as JSON.
    pub(super) content: String,
    pub(super) row_id: String,
}
