//! Tables.

use catchment_json::{Object, Value};
use indexmap::IndexMap;

use crate::Column;
use crate::naming::{self, SEPARATOR};

/// What a load does with the rows that a table has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum WriteDisposition {
    /// Keeps them and adds the new ones.
    #[default]
    Append,
    /// Puts the new ones in their place.
    Replace,
    /// Replaces the ones with the keys of the new ones.
    Merge,
    /// Leaves the table alone: for system tables, and resources that are not to be loaded.
    Skip,
}

impl WriteDisposition {
    /// Its name in specs and stored schemas.
    pub fn name(self) -> &'static str {
        match self {
            WriteDisposition::Append => "append",
            WriteDisposition::Replace => "replace",
            WriteDisposition::Merge => "merge",
            WriteDisposition::Skip => "skip",
        }
    }

    /// The disposition of that name.
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
    /// Its normalised name.
    pub name: String,
    /// The table whose rows its rows belong to; none for a root table.
    pub parent: Option<String>,
    /// The resource that its rows come from; root tables only.
    pub resource: Option<String>,
    /// What a load does with the rows that it has; root tables only.
    pub write_disposition: Option<WriteDisposition>,
    /// Its columns by name, in the order of the destination.
    pub columns: IndexMap<String, Column>,
    /// Everything else that is known of it: `x-normalizer`, `description`, and keys that only other tools
    /// know.
    pub hints: Object,
}

impl Table {
    /// A root table without columns, appended to.
    pub fn root(name: impl Into<String>, resource: impl Into<String>) -> Table {
        let (resource, write_disposition) = (Some(resource.into()), Some(WriteDisposition::Append));
        Table { name: name.into(), parent: None, resource, write_disposition, columns: IndexMap::new(), hints: Object::new() }
    }

    /// A table of the lists in the rows of `parent`.
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

    /// The columns that values or declarations have given a type.
    pub fn complete_columns(&self) -> impl Iterator<Item = &Column> {
        self.columns.values().filter(|column| column.data_type.is_some())
    }

    /// The names of the columns with the flag `hint`.
    pub fn columns_with(&self, hint: &str) -> Vec<&str> {
        self.columns.values().filter(|column| column.has_hint(hint)).map(|column| column.name.as_str()).collect()
    }

    /// Whether it has columns for values under a normalised key, or under keys below it.
    pub fn has_key(&self, path: &str) -> bool {
        let is_below = |name: &String| name.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with(SEPARATOR));
        self.columns.keys().any(is_below)
    }

    /// The name of a key of its rows: by [`naming::transliterate_path`], but where the table has it under the name that dlt gives
    /// it, that one stays.
    pub fn column_name_for(&self, key: &str, transliterate: bool) -> String {
        let name = naming::normalize_path(key);
        let readable = if transliterate { naming::transliterate_path(key) } else { return name };
        if self.has_key(&name) && !self.has_key(&readable) { name } else { readable }
    }

    /// Whether rows were ever loaded into it.
    pub fn has_seen_data(&self) -> bool {
        self.normalizer_hint("seen-data").and_then(Value::as_bool).unwrap_or(false)
    }

    /// Whether rows were loaded, so that its columns are settled. Not while a flag of the reference says that its
    /// first rows have yet to come.
    pub fn has_stable_columns(&self) -> bool {
        let once = self.normalizer_hint("evolve-columns-once").and_then(Value::as_bool).unwrap_or(false);
        self.has_seen_data() && !once
    }

    /// Notes that it has rows.
    pub fn set_seen_data(&mut self) {
        self.set_normalizer_hint("seen-data", Value::Bool(true));
        if let Some(normalizer) = self.hints.get_mut("x-normalizer").and_then(Value::as_object_mut) {
            normalizer.shift_remove("evolve-columns-once");
        }
    }

    /// Forgets that it has rows.
    pub(crate) fn forget_seen_data(&mut self) {
        if let Some(normalizer) = self.hints.get_mut("x-normalizer").and_then(Value::as_object_mut) {
            normalizer.shift_remove("seen-data");
        }
    }

    /// What `x-normalizer` says under `key`.
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
