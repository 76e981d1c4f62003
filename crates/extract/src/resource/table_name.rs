//! Which table rows go to.

use std::fmt;
use std::sync::Arc;

use catchment_json::Node;

/// The table that the rows of a resource go to, as the source spells it.
#[derive(Clone, Default)]
pub enum TableName {
    /// That of the resource's name.
    #[default]
    Resource,
    /// One for all rows.
    Fixed(String),
    /// What a function says of each row. All tables are like that of the resource: its keys, columns and disposition.
    PerRow(Arc<dyn Fn(Node<'_>) -> String + Send + Sync>),
}

impl From<Option<String>> for TableName {
    fn from(name: Option<String>) -> TableName {
        name.map_or(TableName::Resource, TableName::Fixed)
    }
}

impl fmt::Debug for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TableName::Resource => f.write_str("Resource"),
            TableName::Fixed(name) => f.debug_tuple("Fixed").field(name).finish(),
            TableName::PerRow(_) => f.write_str("PerRow"),
        }
    }
}
