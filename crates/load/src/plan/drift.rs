//! Detection of tables and columns that were changed outside the pipeline.

use catchment_schema::{Column, Schema};

use super::existing_tables::ExistingTables;
use super::widen::other_type;
use crate::Dialect;

/// Returns warnings about `tables` that differ from the stored schema. They are loaded nevertheless: missing tables and
/// columns are created again, and values are converted if the column can store them.
pub(super) fn drift_warnings<'t>(
    dialect: &dyn Dialect,
    stored: &Schema,
    existing: &ExistingTables,
    tables: impl IntoIterator<Item = &'t str>,
) -> Vec<String> {
    let mut warnings = Vec::new();
    for table in tables.into_iter().filter_map(|name| stored.tables.get(name)).filter(|table| table.has_seen_data()) {
        if !existing.has(&table.name) {
            warnings.push(format!("table `{}` is missing although earlier runs loaded it; it was created again", table.name));
            continue;
        }
        for column in table.complete_columns() {
            if let Some(found) = difference(dialect, column, existing.data_type(&table.name, &column.name)) {
                warnings.push(format!("column `{}` of table `{}` {found}", column.name, table.name));
            }
        }
    }
    warnings
}

/// Describes how a column differs from the schema. `existing` is its type in the dataset, or `None` if it is missing.
fn difference(dialect: &dyn Dialect, column: &Column, existing: Option<&str>) -> Option<String> {
    if existing.is_none() {
        return Some(
            "is missing although earlier runs loaded it; it was added again, without values for existing rows".to_owned(),
        );
    }
    let (found, expected) = other_type(dialect, existing, column)?;
    Some(format!("was changed outside the pipeline: it has type {found} but the schema expects {expected}"))
}

#[cfg(test)]
mod tests {
    use catchment_schema::{Column, DataType};

    use super::difference;
    use crate::testing::StandardSql;

    #[test]
    fn changed_columns_are_described() {
        let check = |data_type, existing: Option<&str>, expected: Option<&str>| {
            let found = difference(&StandardSql, &Column::new("c", data_type), existing);
            assert_eq!(found.as_deref(), expected, "{data_type} {existing:?}");
        };
        check(DataType::Bigint, Some("BIGINT"), None);
        check(DataType::Double, Some("BIGINT"), None);
        let changed = "was changed outside the pipeline: it has type UTINYINT but the schema expects BIGINT";
        check(DataType::Bigint, Some("UTINYINT"), Some(changed));
        let changed = "was changed outside the pipeline: it has type BIGINT but the schema expects TEXT";
        check(DataType::Text, Some("BIGINT"), Some(changed));
        let changed = "was changed outside the pipeline: it has type DOUBLE but the schema expects BIGINT";
        check(DataType::Bigint, Some("DOUBLE"), Some(changed));
        let missing = "is missing although earlier runs loaded it; it was added again, without values for existing rows";
        check(DataType::Text, None, Some(missing));
    }
}
