//! Schemas as text, for people and other tools: pure functions, a file for each format.

mod dbml;
mod mermaid;
mod relations;
#[cfg(test)]
mod render_tests;
mod sql;

use crate::{Column, Schema, Table, is_system_name};

/// How a schema is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SchemaFormat {
    /// The stored form, with a line for each value.
    Json,
    /// The stored form as it is exported to files: [`Schema::to_yaml`].
    Yaml,
    /// Statements that make the tables, as DuckDB reads them.
    Sql,
    /// A Mermaid diagram of entities and relations.
    Mermaid,
    /// DBML, the database markup language.
    Dbml,
}

impl SchemaFormat {
    /// All of them.
    pub const ALL: [SchemaFormat; 5] =
        [SchemaFormat::Json, SchemaFormat::Yaml, SchemaFormat::Sql, SchemaFormat::Mermaid, SchemaFormat::Dbml];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            SchemaFormat::Json => "json",
            SchemaFormat::Yaml => "yaml",
            SchemaFormat::Sql => "sql",
            SchemaFormat::Mermaid => "mermaid",
            SchemaFormat::Dbml => "dbml",
        }
    }

    /// The format of that name.
    pub fn from_name(name: &str) -> Option<SchemaFormat> {
        SchemaFormat::ALL.into_iter().find(|format| format.name() == name)
    }
}

impl std::fmt::Display for SchemaFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// `schema` in `format`, with a newline at the end.
///
/// SQL and diagrams show what a destination has: tables and columns without a type are left out. The tables of the
/// system come last.
///
/// ```
/// use catchment_schema::{Column, DataType, Schema, SchemaDelta, SchemaFormat, TableDelta, render};
///
/// let mut schema = Schema::new("rivers");
/// schema.apply(&SchemaDelta::from(TableDelta::root("gauges", vec![Column::new("level", DataType::Double)])));
/// let sql = render(&schema, SchemaFormat::Sql);
/// assert!(sql.starts_with("CREATE TABLE \"gauges\" (\n  \"level\" DOUBLE\n);\n"));
/// ```
pub fn render(schema: &Schema, format: SchemaFormat) -> String {
    match format {
        SchemaFormat::Json => format!("{:#}\n", schema.to_value()),
        SchemaFormat::Yaml => schema.to_yaml(),
        SchemaFormat::Sql => sql::render(schema),
        SchemaFormat::Mermaid => mermaid::render(schema),
        SchemaFormat::Dbml => dbml::render(schema),
    }
}

/// The tables that a destination has, those of the system last.
fn tables(schema: &Schema) -> impl Iterator<Item = &Table> {
    let of_kind = |system: bool| {
        let has_columns = |table: &&Table| table.complete_columns().next().is_some();
        schema.tables.values().filter(move |table| is_system_name(&table.name) == system).filter(has_columns)
    };
    of_kind(false).chain(of_kind(true))
}

/// The columns of the primary key that a destination has.
fn primary_key(table: &Table) -> Vec<&str> {
    table.complete_columns().filter(|column| column.has_hint("primary_key")).map(|column| column.name.as_str()).collect()
}

/// What a table or column says of itself.
fn description(hints: &catchment_json::Object) -> Option<&str> {
    hints.get("description").and_then(catchment_json::Value::as_str).filter(|text| !text.trim().is_empty())
}

/// A whole number under `hint`.
fn number(column: &Column, hint: &str) -> Option<i64> {
    column.hints.get(hint).and_then(catchment_json::Value::as_i64)
}

/// `text` in one line.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
