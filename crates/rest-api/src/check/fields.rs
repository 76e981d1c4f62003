//! The fields of the rows of a page.

use catchment_extract::CursorFormat;
use catchment_json::{Node, NodeKind, Value};
use indexmap::IndexMap;

/// A field of the rows of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckedField {
    /// The name, as in the response.
    pub name: String,
    /// The types of its values: `text`, `bigint`, `double`, `bool`, `timestamp`, `date`, `object` or `list`. Empty if all
    /// values are null.
    pub types: Vec<&'static str>,
}

/// Returns the fields of rows, in the order of their first occurrence.
pub(super) fn fields(rows: &[Node<'_>]) -> Vec<CheckedField> {
    let mut found: IndexMap<String, Vec<&'static str>> = IndexMap::new();
    for row in rows {
        for (key, value) in row.entries() {
            let types = found.entry(key.name().into_owned()).or_default();
            if let Some(name) = type_name(value).filter(|name| !types.contains(name)) {
                types.push(name);
            }
        }
    }
    found.into_iter().map(|(name, types)| CheckedField { name, types }).collect()
}

/// Returns the type of a value, or `None` for null.
fn type_name(value: Node<'_>) -> Option<&'static str> {
    Some(match value.kind() {
        NodeKind::Null => return None,
        NodeKind::Bool => "bool",
        NodeKind::Integer => "bigint",
        NodeKind::Float => "double",
        NodeKind::String => text_type(&value.as_str().unwrap_or_default()),
        NodeKind::Array => "list",
        NodeKind::Object => "object",
    })
}

fn text_type(text: &str) -> &'static str {
    match CursorFormat::of(&Value::from(text)) {
        Some(CursorFormat::Date) => "date",
        Some(CursorFormat::Timestamp) => "timestamp",
        Some(CursorFormat::Seconds | CursorFormat::Milliseconds) | None => "text",
    }
}
