//! Widening of numeric columns.

use std::collections::HashMap;

use catchment_schema::{Column, ColumnType, DataType, Schema, naming};

use super::column_type::{column_type, number_type};
use super::connect::Session;
use super::existing_tables::ExistingTables;
use crate::LoadError;
use crate::sql::{DatasetName, VariantSplit, alter_type, select_beyond_double};

/// Columns that cannot be widened, by table.
pub(super) type VariantSplits = HashMap<String, Vec<VariantSplit>>;

/// Widens the columns of `tables` to the types of `schema`.
///
/// An integer column becomes a double column only if a double represents every existing value exactly, which must be checked
/// in the dataset. Otherwise the column keeps its type, also in `schema`, and fractions of the package go to a variant
/// column.
pub(super) fn widen<'t>(
    session: &Session,
    dataset: DatasetName<'_>,
    schema: &mut Schema,
    tables: impl IntoIterator<Item = &'t str>,
    existing: &ExistingTables,
) -> Result<VariantSplits, LoadError> {
    let mut splits = VariantSplits::new();
    for name in tables {
        let Some(table) = schema.tables.get(name) else { continue };
        let narrow = |column: &&Column| is_narrower(existing.data_type(name, &column.name), column);
        let narrow: Vec<Column> = table.complete_columns().filter(narrow).cloned().collect();
        for column in narrow {
            let step = format!("widen column `{}` of table `{name}`", column.name);
            let qualified = dataset.table(name);
            let keeps_integers = column.data_type == Some(DataType::Double)
                && !session.texts(&step, &select_beyond_double(qualified, &column.name))?.is_empty();
            if keeps_integers {
                splits.entry(name.to_owned()).or_default().push(split(schema, name, &column.name));
            } else {
                session.execute(&step, &alter_type(qualified, &column, column_type))?;
            }
        }
    }
    if !splits.is_empty() {
        schema.update_version();
    }
    Ok(splits)
}

/// Returns true if the existing type of the column is narrower than the type of the schema.
pub(super) fn is_narrower(existing: Option<&str>, column: &Column) -> bool {
    let Some(existing) = existing.filter(|existing| **existing != *column_type(column)) else { return false };
    let (existing, wanted) = (number_type(existing), column.column_type());
    existing.zip(wanted).is_some_and(|(existing, wanted)| existing.common_type(wanted) == Some(wanted))
}

/// Returns the existing and the expected type of a column if they differ and widening does not resolve it.
pub(super) fn other_type<'e>(existing: Option<&'e str>, column: &Column) -> Option<(&'e str, String)> {
    let (found, expected) = (existing?, column_type(column));
    (found != expected && !is_narrower(existing, column)).then_some((found, expected))
}

/// Sets the column in the schema back to integers and adds a variant column for fractions.
fn split(schema: &mut Schema, table: &str, column: &str) -> VariantSplit {
    let variant = naming::join(column, "v_double", None);
    if let Some(table) = schema.tables.get_mut(table) {
        if let Some(column) = table.columns.get_mut(column) {
            column.set_type(ColumnType::Bigint { bits: 64, beyond_double: true });
        }
        let new = || Column::new(&variant, DataType::Double).with_hint("variant");
        table.columns.entry(variant.clone()).or_insert_with(new);
    }
    VariantSplit { column: column.to_owned(), variant }
}
