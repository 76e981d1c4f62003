//! TOML to a value and the places of its keys.

use std::ops::Range;

use catchment_json::Value;
use toml_edit::{ImDocument, Item, Key, TableLike, TomlError, Value as TomlValue};

use super::Places;
use crate::key_path::join;

/// How many characters of a line an error shows.
const MAX_LINE: usize = 200;

pub(super) fn parse(text: &str, places: &mut Places) -> Result<Value, String> {
    let document = ImDocument::parse(text).map_err(|error| format!("invalid TOML: {}", shown(&error)))?;
    let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let mut reader = Reader { text, lines, places };
    Ok(reader.table(document.as_table(), ""))
}

/// An error with the line that it is in, as far as that is not too long.
fn shown(error: &TomlError) -> String {
    let shorten = |line: &str| match line.char_indices().nth(MAX_LINE) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line.to_owned(),
    };
    error.to_string().trim_end().lines().map(shorten).collect::<Vec<_>>().join("\n")
}

struct Reader<'r> {
    text: &'r str,
    /// Where each line begins.
    lines: Vec<usize>,
    places: &'r mut Places,
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
        let Some(start) = span.map(|span| span.start) else { return };
        let line = self.lines.partition_point(|begin| *begin <= start);
        let begin = line.checked_sub(1).and_then(|line| self.lines.get(line)).copied().unwrap_or_default();
        if let Some(before) = self.text.get(begin..start) {
            self.places.note(path.to_owned(), (line, before.chars().count() + 1));
        }
    }
}
