//! Changes that were made to a dataset by hand.

use catchment_schema::{Column, Schema};

use super::existing_tables::ExistingTables;
use super::transaction::LoadWarnings;
use super::widen::other_type;

/// Warns of `tables` that are not what the schema says that was stored with them. They are loaded nevertheless: what is
/// missing is made again, and values are converted where they fit.
pub(super) fn warn_about_drift<'t>(
    stored: &Schema,
    existing: &ExistingTables,
    tables: impl IntoIterator<Item = &'t str>,
    warnings: &LoadWarnings,
) {
    for table in tables.into_iter().filter_map(|name| stored.tables.get(name)).filter(|table| table.has_seen_data()) {
        if !existing.has(&table.name) {
            warnings.add(format!("table `{}` was loaded before and is gone: it is created again", table.name));
            continue;
        }
        for column in table.complete_columns() {
            if let Some(found) = difference(column, existing.data_type(&table.name, &column.name)) {
                warnings.add(format!("column `{}` of table `{}` {found}", column.name, table.name));
            }
        }
    }
}

/// What is other about a column than the schema says, given what DuckDB calls its type.
fn difference(column: &Column, existing: Option<&str>) -> Option<String> {
    if existing.is_none() {
        return Some("was loaded before and is gone: it is added again, and earlier rows have no value for it".to_owned());
    }
    let (found, expected) = other_type(existing, column)?;
    Some(format!("was changed by hand: it is {found}, and the schema says {expected}"))
}

#[cfg(test)]
mod tests {
    use catchment_schema::{Column, DataType};

    use super::difference;

    #[test]
    fn columns_that_were_changed_by_hand_are_told() {
        let check = |data_type, existing: Option<&str>, expected: Option<&str>| {
            let found = difference(&Column::new("c", data_type), existing);
            assert_eq!(found.as_deref(), expected, "{data_type} {existing:?}");
        };
        check(DataType::Bigint, Some("BIGINT"), None);
        check(DataType::Double, Some("BIGINT"), None);
        let changed = "was changed by hand: it is UTINYINT, and the schema says BIGINT";
        check(DataType::Bigint, Some("UTINYINT"), Some(changed));
        check(DataType::Text, Some("BIGINT"), Some("was changed by hand: it is BIGINT, and the schema says VARCHAR"));
        check(DataType::Bigint, Some("DOUBLE"), Some("was changed by hand: it is DOUBLE, and the schema says BIGINT"));
        let gone = "was loaded before and is gone: it is added again, and earlier rows have no value for it";
        check(DataType::Text, None, Some(gone));
    }
}
