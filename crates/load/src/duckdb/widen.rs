//! Columns of numbers that rows of the package need a wider type for.

use std::collections::HashMap;

use catchment_schema::{Column, ColumnType, DataType, Schema, naming};

use super::column_type::{column_type, number_type};
use super::connect::Session;
use super::existing_tables::ExistingTables;
use crate::LoadError;
use crate::sql::{DatasetName, VariantSplit, alter_type, select_beyond_double};

/// Columns that could not be made wider, by their table.
pub(super) type VariantSplits = HashMap<String, Vec<VariantSplit>>;

/// Makes the columns of `tables` as wide as `schema` has them.
///
/// Integers become doubles only where all that are there have a double that is equal to them. Where they do not, which
/// only the dataset knows, the column stays as it is, in `schema` too, and the fractions of the package go to a variant
/// beside it.
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

/// Whether the dataset has the column with a type that is part of the one that it is to have.
pub(super) fn is_narrower(existing: Option<&str>, column: &Column) -> bool {
    let Some(existing) = existing.filter(|existing| **existing != *column_type(column)) else { return false };
    let (existing, wanted) = (number_type(existing), column.column_type());
    existing.zip(wanted).is_some_and(|(existing, wanted)| existing.common_type(wanted) == Some(wanted))
}

/// The type that the dataset has for the column and the one that it is to have, where that is another and stays so.
pub(super) fn other_type<'e>(existing: Option<&'e str>, column: &Column) -> Option<(&'e str, String)> {
    let (found, expected) = (existing?, column_type(column));
    (found != expected && !is_narrower(existing, column)).then_some((found, expected))
}

/// Leaves the column one of integers in the schema, with a variant for fractions.
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
