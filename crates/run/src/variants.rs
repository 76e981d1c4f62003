//! Variant columns that rows have added.

use catchment_schema::{Column, Schema};

use crate::report::Warning;

/// A warning for each variant column that `schema` has and `known`, from before the rows, has not: whoever queries the column
/// beside it does not see these values.
pub(crate) fn new_variants(known: &Schema, schema: &Schema) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for table in schema.data_tables() {
        let before = known.tables.get(&table.name);
        for column in table.complete_columns().filter(|column| column.has("variant")) {
            if before.and_then(|before| before.columns.get(&column.name)).is_none() {
                warnings.push(Warning::of(&table.name, message(column)));
            }
        }
    }
    warnings
}

fn message(column: &Column) -> String {
    let data_type = column.data_type.map_or_else(String::new, |data_type| format!(" of type {data_type}"));
    let name = &column.name;
    format!("some values do not fit the type of their column; they are in the new variant column `{name}`{data_type}")
}

#[cfg(test)]
mod tests {
    use catchment_schema::{Column, DataType, Schema, Table};

    use super::new_variants;

    fn schema(columns: &[&Column]) -> Schema {
        let mut schema = Schema::new("s");
        let mut table = Table::root("orders", "orders");
        table.columns.extend(columns.iter().map(|column| (column.name.clone(), (*column).clone())));
        schema.tables.insert(table.name.clone(), table);
        schema
    }

    #[track_caller]
    fn check(known: &[&Column], now: &[&Column], expected: &[&str]) {
        let warnings = new_variants(&schema(known), &schema(now));
        assert_eq!(warnings.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn only_new_variant_columns_are_warned_of() {
        let plain = &Column::new("amount", DataType::Bigint);
        let variant = &Column::new("amount__v_text", DataType::Text).with("variant");
        let expected = "orders: some values do not fit the type of their column; they are in the new variant column \
                        `amount__v_text` of type text";
        check(&[], &[plain, variant], &[expected]);
        check(&[plain], &[plain, variant], &[expected]);
        check(&[plain, variant], &[plain, variant], &[]);
        check(&[], &[plain], &[]);
    }
}
