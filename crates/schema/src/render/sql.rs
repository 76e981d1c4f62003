//! Rendering as `CREATE TABLE` statements.

use std::fmt::Write as _;

use super::relations::{Relation, relations};
use super::{description, number, one_line, primary_key, tables};
use crate::{Column, ColumnType, DataType, Schema, Table, TimestampUnit};

/// Renders the tables. Keys are comments, because tables of a dataset have no constraints except `NOT NULL`.
pub(super) fn render(schema: &Schema) -> String {
    let relations = relations(schema);
    tables(schema).map(|table| statements(table, &relations)).collect::<Vec<_>>().join("\n")
}

fn statements(table: &Table, relations: &[Relation<'_>]) -> String {
    let name = quote(&table.name);
    let mut out = String::new();
    let key = primary_key(table);
    if !key.is_empty() {
        comment(&format!("primary key: {}", list(&key)), &mut out);
    }
    for relation in relations.iter().filter(|relation| relation.table == table.name) {
        let (columns, referenced) = (list(&relation.columns), list(&relation.referenced_columns));
        comment(&format!("{columns} refers to {} ({referenced})", quote(relation.referenced_table)), &mut out);
    }
    let columns: Vec<String> = table.complete_columns().map(definition).collect();
    let _ = writeln!(out, "CREATE TABLE {name} (\n  {}\n);", columns.join(",\n  "));
    if let Some(text) = description(&table.hints) {
        let _ = writeln!(out, "COMMENT ON TABLE {name} IS {};", literal(text));
    }
    for column in table.complete_columns() {
        if let Some(text) = description(&column.hints) {
            let _ = writeln!(out, "COMMENT ON COLUMN {name}.{} IS {};", quote(&column.name), literal(text));
        }
    }
    out
}

/// Writes a line comment. A name may contain newlines, which would end the comment.
fn comment(text: &str, out: &mut String) {
    let _ = writeln!(out, "-- {}", one_line(text));
}

fn definition(column: &Column) -> String {
    let not_null = if column.is_nullable() { "" } else { " NOT NULL" };
    format!("{} {}{not_null}", quote(&column.name), data_type(column))
}

/// Returns the SQL type of the column.
fn data_type(column: &Column) -> String {
    let name = match column.data_type {
        Some(DataType::Text) | None => "VARCHAR",
        Some(DataType::Double) => "DOUBLE",
        Some(DataType::Bool) => "BOOLEAN",
        Some(DataType::Timestamp) => match column.column_type() {
            Some(ColumnType::Timestamp { timezone: false, unit }) => match unit {
                TimestampUnit::Second => "TIMESTAMP_S",
                TimestampUnit::Millisecond => "TIMESTAMP_MS",
                TimestampUnit::Microsecond => "TIMESTAMP",
                TimestampUnit::Nanosecond => "TIMESTAMP_NS",
            },
            _ => "TIMESTAMP WITH TIME ZONE",
        },
        Some(DataType::Bigint) => match number(column, "precision").unwrap_or(64) {
            ..=8 => "TINYINT",
            9..=16 => "SMALLINT",
            17..=32 => "INTEGER",
            33..=64 => "BIGINT",
            _ => "HUGEINT",
        },
        Some(DataType::Binary) => "BLOB",
        Some(DataType::Json) => "JSON",
        Some(DataType::Decimal) => {
            let (precision, scale) = (number(column, "precision").unwrap_or(38), number(column, "scale").unwrap_or(9));
            return format!("DECIMAL({precision},{scale})");
        }
        Some(DataType::Wei) => "DECIMAL(38,0)",
        Some(DataType::Date) => "DATE",
        Some(DataType::Time) => "TIME",
    };
    name.to_owned()
}

/// Quotes a name, because it may be a keyword.
fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| quote(name)).collect::<Vec<_>>().join(", ")
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
