//! Rendering of schemas as text, with one module per format.

mod dbml;
mod mermaid;
mod relations;
#[cfg(test)]
mod render_tests;
mod sql;

use crate::{Column, Schema, Table, is_system_name};

/// An output format of [`render`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SchemaFormat {
    /// The stored format as indented JSON.
    Json,
    /// The stored format as YAML, see [`Schema::to_yaml`].
    Yaml,
    /// `CREATE TABLE` statements in DuckDB's dialect.
    Sql,
    /// A Mermaid entity relationship diagram.
    Mermaid,
    /// DBML, the database markup language.
    Dbml,
}

impl SchemaFormat {
    /// All formats.
    pub const ALL: [SchemaFormat; 5] =
        [SchemaFormat::Json, SchemaFormat::Yaml, SchemaFormat::Sql, SchemaFormat::Mermaid, SchemaFormat::Dbml];

    /// Returns the name used on the command line.
    pub fn name(self) -> &'static str {
        match self {
            SchemaFormat::Json => "json",
            SchemaFormat::Yaml => "yaml",
            SchemaFormat::Sql => "sql",
            SchemaFormat::Mermaid => "mermaid",
            SchemaFormat::Dbml => "dbml",
        }
    }

    /// Returns the format with the name `name`.
    pub fn from_name(name: &str) -> Option<SchemaFormat> {
        SchemaFormat::ALL.into_iter().find(|format| format.name() == name)
    }
}

impl std::fmt::Display for SchemaFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Renders `schema` in `format`, with a trailing newline.
///
/// SQL and diagrams omit columns without a type and tables without typed columns, because destinations do not have them.
/// System tables come last.
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

/// Returns the tables with typed columns, system tables last.
fn tables(schema: &Schema) -> impl Iterator<Item = &Table> {
    let of_kind = |system: bool| {
        let has_columns = |table: &&Table| table.complete_columns().next().is_some();
        schema.tables.values().filter(move |table| is_system_name(&table.name) == system).filter(has_columns)
    };
    of_kind(false).chain(of_kind(true))
}

/// Returns the typed columns of the primary key.
fn primary_key(table: &Table) -> Vec<&str> {
    table.complete_columns().filter(|column| column.has_hint("primary_key")).map(|column| column.name.as_str()).collect()
}

/// Returns the description of a table or column.
fn description(hints: &catchment_json::Object) -> Option<&str> {
    hints.get("description").and_then(catchment_json::Value::as_str).filter(|text| !text.trim().is_empty())
}

/// Returns the hint `hint` as an integer.
fn number(column: &Column, hint: &str) -> Option<i64> {
    column.hints.get(hint).and_then(catchment_json::Value::as_i64)
}

/// Collapses white space and control characters of `text` to single spaces.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
