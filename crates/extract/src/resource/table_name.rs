//! The table of a row.

use std::fmt;
use std::sync::Arc;

use catchment_json::Node;

/// The table that the rows of a resource are loaded into, before normalization.
#[derive(Clone, Default)]
pub enum TableName {
    /// The name of the resource.
    #[default]
    Resource,
    /// The same table for all rows.
    Fixed(String),
    /// A function of the row. All its tables have the keys, columns and write disposition of the resource.
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
