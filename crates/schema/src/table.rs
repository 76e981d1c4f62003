//! Tables.

use catchment_json::{Object, Value};
use indexmap::IndexMap;

use crate::Column;
use crate::naming::{self, SEPARATOR};

/// How a load treats the existing rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum WriteDisposition {
    /// Keeps existing rows and adds the new rows.
    #[default]
    Append,
    /// Replaces all existing rows with the new rows.
    Replace,
    /// Merges the new rows into existing rows by key, see [`MergeStrategy`](crate::MergeStrategy).
    Merge,
    /// Does not load the table. Used for system tables and resources that should not be loaded.
    Skip,
}

impl WriteDisposition {
    /// Returns the name used in specs and stored schemas.
    pub fn name(self) -> &'static str {
        match self {
            WriteDisposition::Append => "append",
            WriteDisposition::Replace => "replace",
            WriteDisposition::Merge => "merge",
            WriteDisposition::Skip => "skip",
        }
    }

    /// Returns the disposition with the name `name`.
    pub fn from_name(name: &str) -> Option<WriteDisposition> {
        use WriteDisposition::{Append, Merge, Replace, Skip};
        [Append, Replace, Merge, Skip].into_iter().find(|d| d.name() == name)
    }
}

impl std::fmt::Display for WriteDisposition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A table of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The normalized name.
    pub name: String,
    /// The parent table, or `None` for a root table.
    pub parent: Option<String>,
    /// The resource of the rows. Only root tables have one.
    pub resource: Option<String>,
    /// The write disposition. Only root tables have one.
    pub write_disposition: Option<WriteDisposition>,
    /// The columns by name, in the order of the destination.
    pub columns: IndexMap<String, Column>,
    /// All other properties: `x-normalizer`, `description`, and keys of other tools.
    pub hints: Object,
}

impl Table {
    /// Creates a root table without columns and with write disposition append.
    pub fn root(name: impl Into<String>, resource: impl Into<String>) -> Table {
        let (resource, write_disposition) = (Some(resource.into()), Some(WriteDisposition::Append));
        Table { name: name.into(), parent: None, resource, write_disposition, columns: IndexMap::new(), hints: Object::new() }
    }

    /// Creates a child table for lists in the rows of `parent`.
    pub fn child(name: impl Into<String>, parent: impl Into<String>) -> Table {
        let parent = Some(parent.into());
        Table {
            name: name.into(),
            parent,
            resource: None,
            write_disposition: None,
            columns: IndexMap::new(),
            hints: Object::new(),
        }
    }

    /// Returns the columns with a type.
    pub fn complete_columns(&self) -> impl Iterator<Item = &Column> {
        self.columns.values().filter(|column| column.data_type.is_some())
    }

    /// Returns the names of the columns with the flag `hint`.
    pub fn columns_with(&self, hint: &str) -> Vec<&str> {
        self.columns.values().filter(|column| column.has_hint(hint)).map(|column| column.name.as_str()).collect()
    }

    /// Returns true if the table has a column for the normalized key `path` or a key below it.
    pub fn has_key(&self, path: &str) -> bool {
        let is_below = |name: &String| name.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with(SEPARATOR));
        self.columns.keys().any(is_below)
    }

    /// Returns the column name for `key`: by [`naming::transliterate_path`], unless `transliterate` is false or the table
    /// already has the column under dlt's name.
    pub fn column_name_for(&self, key: &str, transliterate: bool) -> String {
        let name = naming::normalize_path(key);
        let readable = if transliterate { naming::transliterate_path(key) } else { return name };
        if self.has_key(&name) && !self.has_key(&readable) { name } else { readable }
    }

    /// Returns true if rows were ever loaded into the table.
    pub fn has_seen_data(&self) -> bool {
        self.normalizer_hint("seen-data").and_then(Value::as_bool).unwrap_or(false)
    }

    /// Returns true if rows were loaded, so that new columns are subject to the contract. dlt's flag `evolve-columns-once`
    /// allows new columns for one more load.
    pub fn has_stable_columns(&self) -> bool {
        let once = self.normalizer_hint("evolve-columns-once").and_then(Value::as_bool).unwrap_or(false);
        self.has_seen_data() && !once
    }

    /// Records that the table has rows.
    pub fn set_seen_data(&mut self) {
        self.set_normalizer_hint("seen-data", Value::Bool(true));
        if let Some(normalizer) = self.hints.get_mut("x-normalizer").and_then(Value::as_object_mut) {
            normalizer.shift_remove("evolve-columns-once");
        }
    }

    /// Records that the table has no rows.
    pub(crate) fn forget_seen_data(&mut self) {
        if let Some(normalizer) = self.hints.get_mut("x-normalizer").and_then(Value::as_object_mut) {
            normalizer.shift_remove("seen-data");
        }
    }

    /// Returns the value of `key` in `x-normalizer`.
    pub(crate) fn normalizer_hint(&self, key: &str) -> Option<&Value> {
        self.hints.get("x-normalizer")?.get(key)
    }

    pub(crate) fn set_normalizer_hint(&mut self, key: &str, value: Value) {
        let normalizer = self.hints.entry("x-normalizer".to_owned()).or_insert_with(|| Value::Object(Object::new()));
        if let Some(normalizer) = normalizer.as_object_mut() {
            normalizer.insert(key.to_owned(), value);
        }
    }
}
