//! The schema of a dataset.

use catchment_json::{Object, Value};
use indexmap::IndexMap;

use crate::{
    DLT_ID_COLUMN, DLT_ROOT_ID_COLUMN, InvalidHints, SchemaDelta, StoredSchemaError, Table, TableDelta, TableHints,
    WriteDisposition, hash, hints, storage, system,
};

/// Incompatible column types in two versions of a schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("another run gave column `{column}` of table `{table}` an incompatible type")]
pub struct SchemaConflict {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
}

/// The schema of a source: its tables with their columns, and the settings for new ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// The normalized name of the source.
    pub name: String,
    /// The version number, which starts at 1 and increases with each change.
    pub version: u64,
    /// The content hash as of the last [`Schema::update_version`].
    pub version_hash: Option<String>,
    /// Up to ten previous hashes, newest first.
    pub previous_hashes: Vec<String>,
    /// The tables by name, in the order of their creation.
    pub tables: IndexMap<String, Table>,
    /// Type detections, preferred types and default hints.
    pub settings: Object,
    /// The naming convention and nesting settings.
    pub normalizers: Object,
    /// Keys of other tools.
    pub extra: Object,
}

impl Schema {
    /// The engine version of the stored format.
    pub const ENGINE_VERSION: i64 = 11;

    /// Creates a schema that contains only system tables.
    pub fn new(name: impl Into<String>) -> Schema {
        let tables = [system::version_table(), system::loads_table()];
        Schema {
            name: name.into(),
            version: 1,
            version_hash: None,
            previous_hashes: Vec::new(),
            tables: tables.into_iter().map(|table| (table.name.clone(), table)).collect(),
            settings: storage::default_settings(),
            normalizers: storage::default_normalizers(),
            extra: Object::new(),
        }
    }

    /// Reads the stored format.
    ///
    /// # Errors
    ///
    /// Returns an error if a required key is missing, a value has the wrong type or the engine version is not supported.
    pub fn from_value(value: &Value) -> Result<Schema, StoredSchemaError> {
        storage::read(value)
    }

    /// Converts the schema to the stored format. `version_hash` is as of the last [`Schema::update_version`].
    pub fn to_value(&self) -> Value {
        storage::write(self)
    }

    /// Updates hash and version to the content. Returns true if the content has changed.
    pub fn update_version(&mut self) -> bool {
        let hash = hash::version_hash(self);
        match self.version_hash.replace(hash.clone()) {
            Some(old) if old == hash => return false,
            Some(old) => {
                self.version += 1;
                self.keep_previous_hash(old);
            }
            None => {}
        }
        true
    }

    /// Adds the tables and columns of `delta` at the end, widens column types, and completes incomplete columns, which move
    /// to the end.
    pub fn apply(&mut self, delta: &SchemaDelta) {
        delta.apply_to(self);
    }

    /// Returns this schema with the additions of `other`, which started from an older version of it. Columns of both schemas
    /// get the common type.
    ///
    /// # Errors
    ///
    /// Returns an error if a column of both schemas has no common type.
    pub fn merge(&self, other: &Schema) -> Result<Schema, SchemaConflict> {
        let tables = other.tables.values().map(|table| TableDelta {
            name: table.name.clone(),
            parent: table.parent.clone(),
            columns: table.complete_columns().cloned().collect(),
        });
        let delta = SchemaDelta { tables: tables.collect() };
        if let Some((table, column)) = delta.conflict(self) {
            return Err(SchemaConflict { table: table.to_owned(), column: column.to_owned() });
        }
        let mut joined = self.clone();
        joined.apply(&delta);
        for (name, table) in &mut joined.tables {
            if !self.tables.contains_key(name)
                && let Some(theirs) = other.tables.get(name)
            {
                table.clone_from(theirs);
            }
        }
        joined.update_version();
        Ok(joined)
    }

    /// Declares a root table with `hints`.
    ///
    /// # Errors
    ///
    /// Returns an error if existing rows do not fit the declared type of a column, or the merge options are invalid.
    pub fn declare(&mut self, table: &str, resource: &str, hints: &TableHints) -> Result<(), InvalidHints> {
        hints::declare(self, table, resource, hints)
    }

    /// Declares the root table `table` with the properties of the root table `like`, unless it exists.
    pub fn declare_like(&mut self, table: &str, like: &str) {
        hints::declare_like(self, table, like);
    }

    /// Returns the root tables of a resource with their child tables.
    pub fn tables_of<'s>(&'s self, resource: &'s str) -> impl Iterator<Item = &'s Table> {
        let is_root = move |table: &&Table| table.parent.is_none() && table.resource.as_deref() == Some(resource);
        self.tables.values().filter(is_root).flat_map(|root| self.table_tree(&root.name))
    }

    /// Returns the resource of `table`, or of the root table if `table` is a child table.
    pub fn resource_of(&self, table: &str) -> Option<&str> {
        self.tables.get(self.root_of(table))?.resource.as_deref()
    }

    /// Returns the tables that are not system tables.
    pub fn data_tables(&self) -> impl Iterator<Item = &Table> {
        self.tables.values().filter(|table| !system::is_system_name(&table.name))
    }

    /// Returns the write disposition of the root table `root`.
    pub fn write_disposition(&self, root: &str) -> WriteDisposition {
        self.tables.get(root).and_then(|table| table.write_disposition).unwrap_or_default()
    }

    /// Returns the root table of `table`, or `table` itself if it is a root table or unknown.
    pub fn root_of<'s>(&'s self, table: &'s str) -> &'s str {
        let mut name = table;
        // Bounded by the number of tables: a schema of another tool may contain a cycle.
        for _ in 0..self.tables.len() {
            match self.tables.get(name).and_then(|t| t.parent.as_deref()) {
                Some(parent) => name = parent,
                None => break,
            }
        }
        name
    }

    /// Returns `root` and all tables below it, parents first.
    pub fn table_tree(&self, root: &str) -> Vec<&Table> {
        let mut chain: Vec<&Table> = self.tables.get(root).into_iter().collect();
        let mut next = 0;
        while let Some(parent) = chain.get(next).map(|table| table.name.as_str()) {
            chain.extend(self.tables.values().filter(|table| table.parent.as_deref() == Some(parent)));
            next += 1;
            if next > self.tables.len() {
                break;
            }
        }
        chain
    }

    /// Returns true if rows below `root` carry the id of their root row: if the normalizer configuration enables it for this
    /// table or for all root tables, or if a table below already has the column.
    pub fn propagates_root_id(&self, root: &str) -> bool {
        let propagation = self.normalizer_config().and_then(|config| config.get("propagation"));
        let of_table = propagation.and_then(|p| p.get("tables")).and_then(|tables| tables.get(root));
        let of_all = propagation.and_then(|p| p.get("root"));
        let is_mapped = |mapping: &Value| mapping.get(DLT_ID_COLUMN).and_then(Value::as_str) == Some(DLT_ROOT_ID_COLUMN);
        of_table.is_some_and(is_mapped)
            || of_all.is_some_and(is_mapped)
            || self.table_tree(root).iter().skip(1).any(|table| table.columns.contains_key(DLT_ROOT_ID_COLUMN))
    }

    /// Returns the number of nesting levels to normalize for `root`: the limit of the table, else of the schema, else 1000.
    pub fn max_nesting(&self, root: &str) -> i64 {
        let of_table = self.tables.get(root).and_then(|table| table.normalizer_hint("max_nesting"));
        let of_all = || self.normalizer_config().and_then(|config| config.get("max_nesting"));
        of_table.and_then(Value::as_i64).or_else(|| of_all().and_then(Value::as_i64)).unwrap_or(1000)
    }

    /// Returns the configuration of the relational normalizer.
    fn normalizer_config(&self) -> Option<&Value> {
        self.normalizers.get("json")?.get("config")
    }
}
