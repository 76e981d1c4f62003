//! Findings about keys.

use catchment_schema::Schema;

use crate::findings::{NullOnlyColumn, RenamedKey};
use crate::shape::{KeyIndex, ShapeCache};

pub(super) fn renamed(shapes: &ShapeCache, at: KeyIndex) -> Option<RenamedKey> {
    let table = shapes.tables.get(at.table)?.name.to_string();
    let (key, column) = shapes.spelling(at)?;
    Some(RenamedKey { table, key: key.to_owned(), column: column.to_owned() })
}

pub(super) fn null_only(shapes: &ShapeCache, at: KeyIndex) -> Option<NullOnlyColumn> {
    let column = shapes.column_name(at)?;
    Some(NullOnlyColumn { table: shapes.tables.get(at.table)?.name.to_string(), column })
}

/// Returns the column for scalars of a list.
pub(super) fn null_element(shapes: &ShapeCache, table: usize) -> Option<NullOnlyColumn> {
    Some(NullOnlyColumn { table: shapes.tables.get(table)?.name.to_string(), column: "value".to_owned() })
}

pub(super) fn has_type(schema: &Schema, null: &NullOnlyColumn) -> bool {
    schema.tables.get(&null.table).and_then(|table| table.columns.get(&null.column)).is_some_and(|c| c.data_type.is_some())
}
