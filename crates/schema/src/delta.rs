//! What a batch of rows adds to a schema.

use crate::{Column, Schema, Table};

/// Tables and columns that rows showed and a schema did not have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SchemaDelta {
    /// In the order in which their first rows came.
    pub tables: Vec<TableDelta>,
}

/// Columns that rows showed and a table did not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableDelta {
    /// The table.
    pub name: String,
    /// Its parent, where it is a child table.
    pub parent: Option<String>,
    /// Its new columns, complete, in the order in which their first values came, and known ones that need a wider type.
    pub columns: Vec<Column>,
}

impl TableDelta {
    /// New columns of a root table.
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
    /// Whether there is nothing new.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// The first column whose type does not join with the one that `schema` has for it, as table and column name.
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
