//! What all rows of a package are normalised by.

use catchment_schema::{Column, ColumnRules, ContractEntity, ContractMode, DataType, Schema, SchemaContract, Table, naming};

use crate::columns::Coercion;
use crate::{IdSeed, NormalizeError, NormalizeOptions};

/// What all rows of a package are normalised by: shared by all that shred it, and the same from its first row to its
/// last. So what a schema contract lets through does not depend on the order of the rows.
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

/// What is looked for in text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TextDetection {
    pub(crate) iso_timestamp: bool,
    pub(crate) iso_date: bool,
}

impl NormalizeRules {
    /// The rules for the package `load_id` of a dataset that has `base`; ids of root rows are drawn from `seed`.
    ///
    /// # Errors
    ///
    /// Where the settings of the schema cannot be followed.
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

    /// Whether new columns of some names are JSON.
    pub(crate) fn prefers_json(&self) -> bool {
        self.prefers_json
    }

    /// The path of the key `name` below `path` in rows of `table`, before shortening: the readable one, but where the
    /// dataset has the key under the name that dlt gives it, that one stays.
    pub(crate) fn key_path(&self, table: &str, path: &str, name: &str) -> String {
        let of_reference = naming::join(path, &naming::normalize_key(name), None);
        if name.is_ascii() || !self.options.transliterate {
            return of_reference;
        }
        let readable = naming::join(path, &naming::transliterate_key(name), None);
        let has = |path: &str| {
            self.base.tables.get(table).is_some_and(|table| table.has_key(path))
                || self.base.tables.contains_key(&naming::join(table, path, None))
        };
        if has(&of_reference) && !has(&readable) { of_reference } else { readable }
    }

    /// What rows of the package may change of `table`, whose parents up to the root are `above`.
    pub(crate) fn guard<'r>(&'r self, table: &str, ancestors: &[&str]) -> TableContract<'r> {
        let known = self.base.tables.get(table).filter(|table| table.complete_columns().next().is_some());
        let nearest = std::iter::once(table).chain(ancestors.iter().copied()).find(|name| self.base.tables.contains_key(*name));
        let contract = nearest.map_or_else(|| self.base.contract(table), |name| self.base.contract(name));
        let is_ours = self.options.quarantine_table.as_deref() == Some(table);
        let is_admitted =
            is_ours || known.is_some() || self.is_first_load(ancestors.last().copied().unwrap_or(table), ancestors.is_empty());
        TableContract {
            contract,
            previous: known.filter(|table| table.has_stable_columns() && !is_ours),
            allows_new: is_admitted,
        }
    }

    /// The first load of a resource makes what tables it needs. A contract for the whole schema guards the resources
    /// that it has, so it is asked for one that comes later.
    fn is_first_load(&self, root: &str, is_root: bool) -> bool {
        let is_new = !self.base.tables.get(root).is_some_and(Table::has_stable_columns);
        let is_asked =
            is_root && self.base.declared_contract(root).is_none() && self.base.data_tables().any(Table::has_stable_columns);
        is_new && !is_asked
    }
}

/// What the rows of a package may change of one table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TableContract<'r> {
    contract: SchemaContract,
    /// The table as it was, where it had rows.
    previous: Option<&'r Table>,
    allows_new: bool,
}

impl TableContract<'_> {
    /// What happens to the rows of the table as a whole.
    pub(crate) fn table(&self) -> ContractMode {
        if self.allows_new { ContractMode::Evolve } else { self.contract.mode(ContractEntity::Tables) }
    }

    /// What happens to values of a column that the dataset may not have.
    pub(crate) fn column(&self, column: &str) -> ContractMode {
        match self.previous {
            Some(table) if table.columns.get(column).is_none_or(|column| column.data_type.is_none()) => {
                self.contract.mode(ContractEntity::Columns)
            }
            _ => ContractMode::Evolve,
        }
    }

    /// What happens to values that their column has no room for.
    pub(crate) fn data_type(&self) -> ContractMode {
        self.contract.mode(ContractEntity::DataType)
    }

    /// Whether values may widen the type of the column: not one that was declared, nor one that a contract keeps.
    pub(crate) fn may_widen(&self, column: &Column) -> bool {
        let is_new = self.previous.is_none_or(|table| !table.columns.contains_key(&column.name));
        !column.is_declared() && (is_new || self.data_type() == ContractMode::Evolve)
    }
}
