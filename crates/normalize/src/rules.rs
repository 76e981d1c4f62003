//! Normalization rules of a package.

use catchment_schema::{Column, ColumnRules, ContractEntity, ContractMode, DataType, Schema, SchemaContract, Table, naming};

use crate::columns::Coercion;
use crate::{IdSeed, NormalizeError, NormalizeOptions};

/// The rules by which all rows of a package are normalized. All shredders share them, and they do not change during a
/// package, so that the effect of a schema contract does not depend on the order of rows.
#[derive(Debug, Clone)]
pub struct NormalizeRules {
    pub(crate) load_id: String,
    pub(crate) seed: IdSeed,
    pub(crate) options: NormalizeOptions,
    pub(crate) columns: ColumnRules,
    pub(crate) detections: TextDetection,
    pub(crate) coercion: Coercion,
    /// The schema before the package.
    base: Schema,
    prefers_json: bool,
}

/// The types to detect in text values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TextDetection {
    pub(crate) iso_timestamp: bool,
    pub(crate) iso_date: bool,
}

impl NormalizeRules {
    /// Creates the rules for package `load_id` of a dataset with schema `base`. Ids of root rows are derived from `seed`.
    ///
    /// # Errors
    ///
    /// Returns an error if the settings of the schema are invalid.
    pub fn new(
        base: &Schema,
        load_id: impl Into<String>,
        seed: IdSeed,
        options: NormalizeOptions,
    ) -> Result<NormalizeRules, NormalizeError> {
        let columns = ColumnRules::from_schema(base)?;
        let detections = TextDetection { iso_timestamp: columns.detects("iso_timestamp"), iso_date: columns.detects("iso_date") };
        let prefers_json = columns.prefers(DataType::Json);
        let (load_id, coercion) = (load_id.into(), Coercion::of(&options));
        Ok(NormalizeRules { load_id, seed, options, columns, detections, coercion, base: base.clone(), prefers_json })
    }

    /// Returns true if the schema prefers JSON for some column names.
    pub(crate) fn prefers_json(&self) -> bool {
        self.prefers_json
    }

    /// Returns the normalized path of key `name` below `path` in `table`, before shortening. The name is transliterated,
    /// unless the dataset already has the key under dlt's name.
    pub(crate) fn key_path(&self, table: &str, path: &str, name: &str) -> String {
        let dlt_path = naming::join(path, &naming::normalize_key(name), None);
        if name.is_ascii() || !self.options.transliterate {
            return dlt_path;
        }
        let readable = naming::join(path, &naming::transliterate_key(name), None);
        let has = |path: &str| {
            self.base.tables.get(table).is_some_and(|table| table.has_key(path))
                || self.base.tables.contains_key(&naming::join(table, path, None))
        };
        if has(&dlt_path) && !has(&readable) { dlt_path } else { readable }
    }

    /// Returns the contract of `table`. `ancestors` are its parent tables up to the root, nearest first.
    pub(crate) fn guard<'r>(&'r self, table: &str, ancestors: &[&str]) -> TableContract<'r> {
        let known = self.base.tables.get(table).filter(|table| table.complete_columns().next().is_some());
        let nearest = std::iter::once(table).chain(ancestors.iter().copied()).find(|name| self.base.tables.contains_key(*name));
        let contract = nearest.map_or_else(|| self.base.contract(table), |name| self.base.contract(name));
        let is_quarantine = self.options.quarantine_table.as_deref() == Some(table);
        let allows_new = is_quarantine
            || known.is_some()
            || self.is_first_load(ancestors.last().copied().unwrap_or(table), ancestors.is_empty());
        TableContract { contract, previous: known.filter(|table| table.has_stable_columns() && !is_quarantine), allows_new }
    }

    /// Returns true for the first load of a resource, which may create any table. A contract of the schema itself, however,
    /// also applies to root tables of resources added to a dataset with rows.
    fn is_first_load(&self, root: &str, is_root: bool) -> bool {
        let is_new = !self.base.tables.get(root).is_some_and(Table::has_stable_columns);
        let is_restricted =
            is_root && self.base.declared_contract(root).is_none() && self.base.data_tables().any(Table::has_stable_columns);
        is_new && !is_restricted
    }
}

/// The schema contract of one table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TableContract<'r> {
    contract: SchemaContract,
    /// The table before the package, if it had rows.
    previous: Option<&'r Table>,
    /// Whether the table may be created.
    allows_new: bool,
}

impl TableContract<'_> {
    /// Returns the mode for creating the table.
    pub(crate) fn table(&self) -> ContractMode {
        if self.allows_new { ContractMode::Evolve } else { self.contract.mode(ContractEntity::Tables) }
    }

    /// Returns the mode for values of `column`, which may be new.
    pub(crate) fn column(&self, column: &str) -> ContractMode {
        match self.previous {
            Some(table) if table.columns.get(column).is_none_or(|column| column.data_type.is_none()) => {
                self.contract.mode(ContractEntity::Columns)
            }
            _ => ContractMode::Evolve,
        }
    }

    /// Returns the mode for values that do not fit the type of their column.
    pub(crate) fn data_type(&self) -> ContractMode {
        self.contract.mode(ContractEntity::DataType)
    }

    /// Returns true if values may widen the type of the column. Declared types never widen, and columns that existed before
    /// the package widen only if the contract lets data types evolve.
    pub(crate) fn may_widen(&self, column: &Column) -> bool {
        let is_new = self.previous.is_none_or(|table| !table.columns.contains_key(&column.name));
        !column.is_declared() && (is_new || self.data_type() == ContractMode::Evolve)
    }
}
