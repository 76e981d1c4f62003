//! Widening of numeric columns.

use std::collections::HashMap;

use catchment_schema::{Column, ColumnType, DataType, Schema, naming};

use super::existing_tables::ExistingTables;
use super::facts::{Fact, Facts};
use super::row_target::VariantSplit;
use crate::Dialect;
use crate::sql::{DatasetName, Statement};

/// Columns that cannot be widened, by table.
pub(super) type VariantSplits = HashMap<String, Vec<VariantSplit>>;

/// Plans to widen the columns of `tables` to the types of `schema`.
///
/// An integer column becomes a double column only if a double represents every existing value exactly, and the table is neither
/// partitioned nor clustered by it. Otherwise the column
/// keeps its type, also in `schema`, and fractions of the package go to a variant column. The error is a step and the reason why
/// it is impossible: a key cannot be in two columns.
pub(super) fn widen<'t>(
    (dialect, dataset): (&dyn Dialect, &DatasetName),
    schema: &mut Schema,
    tables: impl IntoIterator<Item = &'t str>,
    existing: &ExistingTables,
    facts: &Facts,
) -> Result<(Vec<Statement>, VariantSplits), (String, String)> {
    let (mut statements, mut splits) = (Vec::new(), VariantSplits::new());
    for name in tables {
        let Some(table) = schema.tables.get(name) else { continue };
        let narrow = |column: &&Column| is_narrower(dialect, existing.data_type(name, &column.name), column);
        let narrow: Vec<Column> = table.complete_columns().filter(narrow).cloned().collect();
        for column in narrow {
            let exceeds = || Fact::ExceedsDouble { table: name.to_owned(), column: column.name.clone() };
            // Tables cannot be partitioned or clustered by doubles.
            let is_of_layout = existing.is_of_layout(name, &column.name);
            let step = format!("widen column `{}` of table `{name}`", column.name);
            let is_double = column.data_type == Some(DataType::Double);
            if is_double && is_of_layout && (column.has_hint("primary_key") || column.has_hint("merge_key")) {
                let reason = "the key has fractions, but the table is partitioned or clustered by its integers; create the table \
                              again with `--refresh drop_resources`, and the column with `data_type: double`";
                return Err((step, reason.to_owned()));
            }
            if is_double && (is_of_layout || facts.is_true(exceeds())) {
                splits.entry(name.to_owned()).or_default().push(split(schema, name, &column.name));
            } else {
                statements.push(Statement::new(step, dialect.alter_type(&dataset.table(dialect, name), &column)));
            }
        }
    }
    if !splits.is_empty() {
        schema.update_version();
    }
    Ok((statements, splits))
}

/// Returns true if the existing type of the column is narrower than the type of the schema.
pub(super) fn is_narrower(dialect: &dyn Dialect, existing: Option<&str>, column: &Column) -> bool {
    let Some(existing) = existing.filter(|existing| **existing != *dialect.column_type(column)) else { return false };
    let (existing, wanted) = (dialect.number_type(existing), column.column_type());
    existing.zip(wanted).is_some_and(|(existing, wanted)| existing.common_type(wanted) == Some(wanted))
}

/// Returns the existing and the expected type of a column if they differ and widening does not resolve it.
pub(super) fn other_type<'e>(dialect: &dyn Dialect, existing: Option<&'e str>, column: &Column) -> Option<(&'e str, String)> {
    let (found, expected) = (existing?, dialect.column_type(column));
    (found != expected && !is_narrower(dialect, existing, column)).then_some((found, expected))
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
