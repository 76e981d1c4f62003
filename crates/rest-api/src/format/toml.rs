//! Parses specs in TOML, with the locations of keys.

use std::ops::Range;

use catchment_json::Value;
use toml_edit::{ImDocument, Item, Key, TableLike, Value as TomlValue};

use super::KeyLocations;
use crate::key_path::join;

pub(super) fn parse(text: &str, locations: &mut KeyLocations) -> Result<Value, String> {
    let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let mut reader = Reader { text, lines, locations };
    let document = ImDocument::parse(text).map_err(|error| {
        // the message without the source line, which may contain a secret
        let (line, column) = reader.location(error.span().map_or(0, |span| span.start)).unwrap_or((1, 1));
        let problem = Some(error.message().replace('\n', ", ")).filter(|problem| !problem.is_empty());
        format!(
            "invalid TOML at line {line}, column {column}: {}",
            problem.as_deref().unwrap_or("expected a value, a key or a table")
        )
    })?;
    Ok(reader.table(document.as_table(), ""))
}

struct Reader<'r> {
    text: &'r str,
    /// The byte offset of each line.
    lines: Vec<usize>,
    locations: &'r mut KeyLocations,
}

impl Reader<'_> {
    fn table(&mut self, table: &dyn TableLike, path: &str) -> Value {
        let entries = table.iter().map(|(name, item)| {
            let path = join(path, name);
            self.note(&path, table.key(name).and_then(Key::span).or_else(|| item.span()));
            (name.to_owned(), self.item(item, &path))
        });
        Value::object(entries)
    }

    fn item(&mut self, item: &Item, path: &str) -> Value {
        match item {
            Item::None => Value::Null,
            Item::Value(value) => self.value(value, path),
            Item::Table(table) => self.table(table, path),
            Item::ArrayOfTables(tables) => {
                let tables = tables.iter().enumerate().map(|(index, table)| {
                    let path = format!("{path}[{index}]");
                    self.note(&path, table.span());
                    self.table(table, &path)
                });
                Value::Array(tables.collect())
            }
        }
    }

    fn value(&mut self, value: &TomlValue, path: &str) -> Value {
        match value {
            TomlValue::String(text) => Value::from(text.value().as_str()),
            TomlValue::Integer(n) => Value::from(*n.value()),
            TomlValue::Float(n) => Value::from(*n.value()),
            TomlValue::Boolean(b) => Value::from(*b.value()),
            TomlValue::Datetime(at) => Value::from(at.value().to_string()),
            TomlValue::Array(elements) => {
                let elements = elements.iter().enumerate().map(|(index, element)| {
                    let path = format!("{path}[{index}]");
                    self.note(&path, element.span());
                    self.value(element, &path)
                });
                Value::Array(elements.collect())
            }
            TomlValue::InlineTable(table) => self.table(table, path),
        }
    }

    fn note(&mut self, path: &str, span: Option<Range<usize>>) {
        if let Some(location) = span.and_then(|span| self.location(span.start)) {
            self.locations.note(path.to_owned(), location);
        }
    }

    /// Returns the line and column of a byte offset.
    fn location(&self, start: usize) -> Option<(usize, usize)> {
        let line = self.lines.partition_point(|begin| *begin <= start);
        let begin = line.checked_sub(1).and_then(|line| self.lines.get(line)).copied()?;
        Some((line, self.text.get(begin..start)?.chars().count() + 1))
    }
}
