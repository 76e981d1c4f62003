//! Schema additions of a batch of rows.

use crate::{Column, Schema, Table};

/// Tables and columns found in rows and missing in a schema.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SchemaDelta {
    /// The tables, in the order of their first rows.
    pub tables: Vec<TableDelta>,
}

/// Columns found in rows and missing in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableDelta {
    /// The table name.
    pub name: String,
    /// The parent table, if this is a child table.
    pub parent: Option<String>,
    /// New columns with their types, in the order of their first values, and existing columns that need a wider type.
    pub columns: Vec<Column>,
}

impl TableDelta {
    /// Creates the delta of a root table.
    pub fn root(name: impl Into<String>, columns: Vec<Column>) -> TableDelta {
        TableDelta { name: name.into(), parent: None, columns }
    }
}

impl From<TableDelta> for SchemaDelta {
    fn from(table: TableDelta) -> Self {
        SchemaDelta { tables: vec![table] }
    }
}

impl SchemaDelta {
    /// Returns true if the delta adds nothing.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// Returns the table and name of the first column that has no common type with its column in `schema`.
    pub fn conflict(&self, schema: &Schema) -> Option<(&str, &str)> {
        self.tables.iter().find_map(|table| {
            let known = schema.tables.get(&table.name)?;
            let is_disjoint = |found: &&Column| {
                let known = known.columns.get(&found.name).and_then(Column::column_type);
                known.zip(found.column_type()).is_some_and(|(known, found)| known.common_type(found).is_none())
            };
            table.columns.iter().find(is_disjoint).map(|column| (table.name.as_str(), column.name.as_str()))
        })
    }

    pub(crate) fn apply_to(&self, schema: &mut Schema) {
        for delta in &self.tables {
            let table = schema.tables.entry(delta.name.clone()).or_insert_with(|| match &delta.parent {
                Some(parent) => Table::child(&delta.name, parent),
                None => Table::root(&delta.name, &delta.name),
            });
            for found in &delta.columns {
                let known = table.columns.get_mut(&found.name).and_then(|known| Some((known.column_type()?, known)));
                if let Some((known_type, known)) = known {
                    if let Some(joined) = found.column_type().and_then(|found| known_type.common_type(found)) {
                        known.set_type(joined);
                    }
                    continue;
                }
                let mut column = table.columns.shift_remove(&found.name).unwrap_or_else(|| found.clone());
                column.complete_with(found);
                table.columns.insert(column.name.clone(), column);
            }
        }
    }
}
