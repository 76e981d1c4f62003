//! The SQL dialect of BigQuery.

use arrow::datatypes::DataType as ArrowType;
use catchment_load::Dialect;
use catchment_load::sql::{DatasetName, PartitionColumn, QualifiedName, TableLayout};
use catchment_schema::{Column, ColumnType, Schema, Table, short_digest};

use crate::{layout, partitions, types};

/// The prefix of the names of staging tables.
pub(crate) const STAGING_PREFIX: &str = "_catchment_staging_";

/// The table whose row all first loads of a dataset update, so that BigQuery ends all but one of them. It expires.
pub(crate) const LOCK_TABLE: &str = "_catchment_staging_lock";

/// The SQL dialect of BigQuery.
#[derive(Debug)]
pub(crate) struct BigQueryDialect;

impl Dialect for BigQueryDialect {
    fn quote(&self, name: &str) -> String {
        format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`"))
    }

    fn text_literal(&self, text: &str) -> String {
        let mut literal = String::with_capacity(text.len() + 2);
        literal.push('\'');
        for character in text.chars() {
            match character {
                '\\' => literal.push_str("\\\\"),
                '\'' => literal.push_str("\\'"),
                '\n' => literal.push_str("\\n"),
                '\r' => literal.push_str("\\r"),
                '\0' => literal.push_str("\\x00"),
                other => literal.push(other),
            }
        }
        literal.push('\'');
        literal
    }

    fn column_type(&self, column: &Column) -> String {
        types::column_type(column)
    }

    fn number_type(&self, type_name: &str) -> Option<ColumnType> {
        types::number_type(type_name)
    }

    fn arrow_type(&self, type_name: &str) -> Option<ArrowType> {
        types::arrow_type(type_name)
    }

    fn columns_query(&self, dataset: &DatasetName) -> String {
        format!(
            "SELECT table_name, column_name, data_type, is_nullable, is_partitioning_column, \
             IF(clustering_ordinal_position IS NULL, 'NO', 'YES') \
             FROM {dataset}.INFORMATION_SCHEMA.COLUMNS \
             WHERE NOT STARTS_WITH(table_name, '{STAGING_PREFIX}') AND column_name != '_PARTITIONDATE' \
             ORDER BY table_name, ordinal_position"
        )
    }

    fn micros_as_text(&self, timestamp: &str) -> String {
        format!("CAST(UNIX_MICROS({timestamp}) AS STRING)")
    }

    fn staging_table(&self, dataset: &DatasetName, load_id: &str, number: usize) -> String {
        dataset.table(self, &staging_table(load_id, number)).to_string()
    }

    fn staging_type(&self, column: &Column) -> String {
        types::staging_type(column)
    }

    /// Casts to text without a length: an insert rejects longer values, which a cast could cut.
    fn cast(&self, value: &str, type_name: &str) -> String {
        match types::base(type_name) {
            // Numbers that a double cannot represent are rounded, as everywhere in JSON.
            "JSON" => format!("PARSE_JSON(CAST({value} AS STRING), wide_number_mode=>'round')"),
            base @ ("STRING" | "BYTES") => format!("CAST({value} AS {base})"),
            _ => format!("CAST({value} AS {type_name})"),
        }
    }

    /// Compares values as text, in which null equals null: BigQuery joins only by equality.
    fn equal_or_both_null(&self, left: &str, right: &str) -> String {
        format!("IFNULL(TO_JSON_STRING({left}), 'null') = IFNULL(TO_JSON_STRING({right}), 'null')")
    }

    /// Windows cannot be partitioned by doubles.
    fn group_doubles(&self, column: &str) -> String {
        format!("TO_JSON_STRING({column})")
    }

    fn layout(&self, schema: &Schema, table: &Table) -> Result<TableLayout, String> {
        layout::layout(schema, table)
    }

    fn column_options(&self, column: &Column) -> String {
        layout::column_options(column)
    }

    fn declare_partitions(&self, variable: &str, column: &PartitionColumn, value: &str, staged: &str) -> Vec<String> {
        partitions::declare(variable, column, value, staged)
    }

    fn in_partitions(&self, variable: &str, column: &PartitionColumn, value: &str) -> String {
        partitions::contains(variable, column, value)
    }

    fn empty_table(&self, table: &QualifiedName) -> String {
        format!("TRUNCATE TABLE {table}")
    }

    fn adds_required_columns(&self) -> bool {
        false
    }

    fn adds_columns_at_once(&self) -> bool {
        true
    }

    fn add_column_clause(&self) -> &'static str {
        "ADD COLUMN IF NOT EXISTS"
    }

    fn drop_not_null(&self, table: &QualifiedName, column: &Column) -> Option<String> {
        Some(format!("ALTER TABLE {table} ALTER COLUMN {} DROP NOT NULL", self.quote(&column.name)))
    }

    fn alter_type(&self, table: &QualifiedName, column: &Column) -> String {
        format!("ALTER TABLE {table} ALTER COLUMN {} SET DATA TYPE {}", self.quote(&column.name), types::column_type(column))
    }
}

/// Returns the name of the staging table of a load with this number.
pub(crate) fn staging_table(load_id: &str, number: usize) -> String {
    let plain = |character: char| if character.is_ascii_alphanumeric() { character } else { '_' };
    let load_id: String = load_id.chars().map(plain).collect();
    format!("{STAGING_PREFIX}{load_id}_{number}")
}

/// Returns a hash for names, of 20 hexadecimal digits.
pub(crate) fn name_hash(text: &str) -> String {
    short_digest::<10>(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted() {
        fn check(text: &str, expected: &str) {
            assert_eq!(BigQueryDialect.text_literal(text), expected);
        }
        check("it's", r"'it\'s'");
        check("a\\b\nc\r\"d\"", r#"'a\\b\nc\r"d"'"#);
        // An octal escape needs three digits.
        check("\u{0}1", r"'\x001'");
        assert_eq!(BigQueryDialect.quote("a`b\\"), r"`a\`b\\`");
    }

    #[test]
    fn values_are_cast_without_cutting_them() {
        fn check(type_name: &str, expected: &str) {
            assert_eq!(BigQueryDialect.cast("s.`a`", type_name), expected);
        }
        check("JSON", "PARSE_JSON(CAST(s.`a` AS STRING), wide_number_mode=>'round')");
        check("STRING(3)", "CAST(s.`a` AS STRING)");
        check("NUMERIC(10,2)", "CAST(s.`a` AS NUMERIC(10,2))");
    }

    #[test]
    fn staging_tables_are_named_by_their_load() {
        assert_eq!(staging_table("1732780000.25", 3), "_catchment_staging_1732780000_25_3");
        assert_eq!(name_hash("a").len(), 20);
    }
}
