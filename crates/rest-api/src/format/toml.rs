//! TOML to a value and the places of its keys.

use std::ops::Range;

use catchment_json::Value;
use toml_edit::{ImDocument, Item, Key, TableLike, Value as TomlValue};

use super::KeyLocations;
use crate::key_path::join;

pub(super) fn parse(text: &str, places: &mut KeyLocations) -> Result<Value, String> {
    let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let mut reader = Reader { text, lines, places };
    let document = ImDocument::parse(text).map_err(|error| {
        // without its line, which may have a secret
        let (line, column) = reader.place(error.span().map_or(0, |span| span.start)).unwrap_or((1, 1));
        let problem = Some(error.message().replace('\n', ", ")).filter(|problem| !problem.is_empty());
        format!(
            "invalid TOML at line {line}, column {column}: {}",
            problem.as_deref().unwrap_or("no value, key or table is there")
        )
    })?;
    Ok(reader.table(document.as_table(), ""))
}

struct Reader<'r> {
    text: &'r str,
    /// Where each line begins.
    lines: Vec<usize>,
    places: &'r mut KeyLocations,
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
        if let Some(place) = span.and_then(|span| self.place(span.start)) {
            self.places.note(path.to_owned(), place);
        }
    }

    /// Line and column of a byte.
    fn place(&self, start: usize) -> Option<(usize, usize)> {
        let line = self.lines.partition_point(|begin| *begin <= start);
        let begin = line.checked_sub(1).and_then(|line| self.lines.get(line)).copied()?;
        Some((line, self.text.get(begin..start)?.chars().count() + 1))
    }
}
