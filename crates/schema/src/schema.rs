//! The schema of a dataset.

use catchment_json::{Object, Value};
use indexmap::IndexMap;

use crate::{
    DLT_ID_COLUMN, DLT_ROOT_ID_COLUMN, InvalidHints, SchemaDelta, StoredSchemaError, Table, TableDelta, TableHints,
    WriteDisposition, hash, hints, storage, system,
};

/// Two versions of a schema that disagree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("another run has given column `{column}` of table `{table}` another type in the meantime")]
pub struct SchemaConflict {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
}

/// The tables of one source, their columns, and how they came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// Its name: the normalised name of the source.
    pub name: String,
    /// Counts the changes, from 1.
    pub version: u64,
    /// The hash of the content as of the last [`Schema::update_version`].
    pub version_hash: Option<String>,
    /// Up to ten hashes that it had before, newest first.
    pub previous_hashes: Vec<String>,
    /// Its tables by name, in the order in which they appeared.
    pub tables: IndexMap<String, Table>,
    /// Type detection and default hints.
    pub settings: Object,
    /// Naming convention and nesting.
    pub normalizers: Object,
    /// Keys that only other tools know.
    pub extra: Object,
}

impl Schema {
    /// The engine version of the stored form that is read and written.
    pub const ENGINE_VERSION: i64 = 11;

    /// A schema with nothing in it but the system's tables.
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

    /// Reads the stored form.
    ///
    /// # Errors
    ///
    /// Where a key is missing, has a wrong kind of value, or the engine version is another one.
    pub fn from_value(value: &Value) -> Result<Schema, StoredSchemaError> {
        storage::read(value)
    }

    /// The stored form; `version_hash` is that of the last [`Schema::update_version`].
    pub fn to_value(&self) -> Value {
        storage::write(self)
    }

    /// Brings hash and version up to date with the content. Says whether it had changed.
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

    /// Adds what `delta` has and the schema has not: tables and columns at the end, and types for incomplete
    /// columns, which move to the end with it.
    pub fn apply(&mut self, delta: &SchemaDelta) {
        delta.apply_to(self);
    }

    /// This schema with what `extra`, which began as an older version of it, has added since. Columns of both have the
    /// type that their types join to.
    ///
    /// # Errors
    ///
    /// Where both have a column whose types do not join.
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

    /// Declares a root table and what is known of it before any row has come.
    ///
    /// # Errors
    ///
    /// Where a column is declared with a type that the rows which are there do not fit.
    pub fn declare(&mut self, table: &str, resource: &str, hints: &TableHints) -> Result<(), InvalidHints> {
        hints::declare(self, table, resource, hints)
    }

    /// Declares the root table `table` to be like the root table `like`, where it is not known yet.
    pub fn declare_like(&mut self, table: &str, like: &str) {
        hints::declare_like(self, table, like);
    }

    /// The tables that the rows of a resource go to, with those below them.
    pub fn tables_of<'s>(&'s self, resource: &'s str) -> impl Iterator<Item = &'s Table> {
        let is_root = move |table: &&Table| table.parent.is_none() && table.resource.as_deref() == Some(resource);
        self.tables.values().filter(is_root).flat_map(|root| self.table_tree(&root.name))
    }

    /// Returns the resource that the rows of `table` come from, for a child table that of its root; none where it is not known.
    pub fn resource_of(&self, table: &str) -> Option<&str> {
        self.tables.get(self.root_of(table))?.resource.as_deref()
    }

    /// The tables that are not the system's own.
    pub fn data_tables(&self) -> impl Iterator<Item = &Table> {
        self.tables.values().filter(|table| !system::is_system_name(&table.name))
    }

    /// What a load does with the rows that the root table `root` has.
    pub fn write_disposition(&self, root: &str) -> WriteDisposition {
        self.tables.get(root).and_then(|table| table.write_disposition).unwrap_or_default()
    }

    /// The root of the tables that `table` belongs to; itself where it is one, or is not known.
    pub fn root_of<'s>(&'s self, table: &'s str) -> &'s str {
        let mut name = table;
        // A chain is never longer than the number of tables; a foreign schema could hold a ring.
        for _ in 0..self.tables.len() {
            match self.tables.get(name).and_then(|t| t.parent.as_deref()) {
                Some(parent) => name = parent,
                None => break,
            }
        }
        name
    }

    /// `root` and all tables below it, parents first.
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

    /// Whether the rows below `root` carry the id of their root row: the configuration of the normaliser says so, for
    /// it or for all roots, or a table below it has the column already.
    pub fn propagates_root_id(&self, root: &str) -> bool {
        let propagation = self.normalizer_config().and_then(|config| config.get("propagation"));
        let of_table = propagation.and_then(|p| p.get("tables")).and_then(|tables| tables.get(root));
        let of_all = propagation.and_then(|p| p.get("root"));
        let is_mapped = |mapping: &Value| mapping.get(DLT_ID_COLUMN).and_then(Value::as_str) == Some(DLT_ROOT_ID_COLUMN);
        of_table.is_some_and(is_mapped)
            || of_all.is_some_and(is_mapped)
            || self.table_tree(root).iter().skip(1).any(|table| table.columns.contains_key(DLT_ROOT_ID_COLUMN))
    }

    /// How deep the rows of `root` are taken apart: what the table says, else the schema, else 1000 levels.
    pub fn max_nesting(&self, root: &str) -> i64 {
        let of_table = self.tables.get(root).and_then(|table| table.normalizer_hint("max_nesting"));
        let of_all = || self.normalizer_config().and_then(|config| config.get("max_nesting"));
        of_table.and_then(Value::as_i64).or_else(|| of_all().and_then(Value::as_i64)).unwrap_or(1000)
    }

    /// The configuration of the relational normaliser.
    fn normalizer_config(&self) -> Option<&Value> {
        self.normalizers.get("json")?.get("config")
    }
}
