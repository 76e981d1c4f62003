//! A naive implementation of the normalizer, row by row and without caches: the oracle of the property tests.
//!
//! Rules beyond those of dlt:
//!
//! - A numeric column accepts values that fit exactly. If a number does not fit, the column widens to the common type. If
//!   there is no common type, or the column already has a variant of that type, the value goes to the variant column. Values
//!   never move later. Without widening, the first value determines the type for good.
//! - Integers are bigint up to 64 bits, decimal up to 38 digits, else text. NaN and the infinities are doubles.
//! - If keys of an object have the same normalized name, the key that equals the name gets it, else the first key in byte
//!   order; the others get a hash tag as suffix. If values at different depths have the same name, the one with the lower
//!   depth gets it, then the same order applies. The same holds for lists. The tag is the hash of the path of keys.
//! - New columns are in the order of the first rows with values, and within a row: values, system columns, variants by name.
//! - A contract protects the data before the package; see [`guard::Guard`].

mod guard;
mod place;
mod walk;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use catchment_json::Value;
use catchment_normalize::{Discarded, NullColumnPolicy};
use catchment_schema::{ColumnType, SchemaContract, naming};
use indexmap::IndexMap;

use crate::cell::Cell;
use crate::load::Row;

/// The expected result of a load.
#[derive(Debug, Clone)]
pub(crate) struct Naive {
    pub(crate) tables: IndexMap<String, Table>,
    pub(crate) discarded: BTreeMap<String, Discarded>,
    /// Renamed keys: table, key and column.
    pub(crate) renamed: BTreeSet<(String, String, String)>,
    /// Columns with nulls: table and column.
    nulls: BTreeSet<(String, String)>,
    pub(crate) settings: Settings,
    /// The columns of the tables with rows before the package.
    base: IndexMap<String, HashSet<String>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) widening: bool,
    pub(crate) max_length: Option<usize>,
    pub(crate) max_nesting: i64,
    pub(crate) null_only: NullColumnPolicy,
    pub(crate) contract: SchemaContract,
}

impl Default for Settings {
    fn default() -> Settings {
        let (null_only, contract) = (NullColumnPolicy::Drop, SchemaContract::default());
        Settings { widening: true, max_length: None, max_nesting: 1000, null_only, contract }
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    pub(crate) parent: Option<String>,
    pub(crate) columns: IndexMap<String, ColumnType>,
    pub(crate) rows: Vec<Row>,
}

/// The reason why rows cannot be loaded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The rows violate a frozen contract.
    Frozen,
    /// A table would have two parent tables.
    TwoParents,
    /// A value fits neither its column nor the variant column.
    Misfit,
    /// The result is undefined: a variant column, or a name with a hash tag, collides with another key.
    Undecided,
}

impl Naive {
    pub(crate) fn new(settings: Settings) -> Naive {
        Naive {
            tables: IndexMap::new(),
            discarded: BTreeMap::new(),
            renamed: BTreeSet::new(),
            nulls: BTreeSet::new(),
            settings,
            base: IndexMap::new(),
        }
    }

    /// Begins the next package. All current tables count as having rows.
    pub(crate) fn settle(&mut self, contract: SchemaContract) {
        self.settings.contract = contract;
        let columns = |table: &Table| table.columns.keys().cloned().collect();
        self.base = self.tables.iter().map(|(name, table)| (name.clone(), columns(table))).collect();
        for table in self.tables.values_mut() {
            table.rows.clear();
        }
        (self.discarded, self.renamed) = Default::default();
        self.nulls.clear();
    }

    /// Loads rows with ids into table `t`.
    pub(crate) fn load(&mut self, rows: &[Value]) -> Result<(), Refused> {
        let level = self.settings.max_nesting;
        rows.iter().try_for_each(|row| self.row("t", None, row, "value", level))
    }

    /// Returns the table and name of each null-only column. The policy may create these columns, in the order of names.
    pub(crate) fn finish(&mut self) -> BTreeSet<(String, String)> {
        // Columns below the name come from objects, or from keys that are paths.
        let is_null_only = |(table, column): &&(String, String)| {
            let below = format!("{column}__");
            let has_column = |t: &Table| t.columns.keys().any(|known| known == column || known.starts_with(&below));
            !self.tables.get(table).is_some_and(has_column) && !self.tables.contains_key(&format!("{table}__{column}"))
        };
        let nulls: BTreeSet<_> = self.nulls.iter().filter(is_null_only).cloned().collect();
        let column_type = match self.settings.null_only {
            NullColumnPolicy::Drop => None,
            NullColumnPolicy::Text => Some(ColumnType::Text),
            NullColumnPolicy::Json => Some(ColumnType::Json),
        };
        for (table, column) in &nulls {
            let is_admitted = self.guard(table).column(column) == catchment_schema::ContractMode::Evolve;
            if let Some((column_type, table)) = column_type.filter(|_| is_admitted).zip(self.tables.get_mut(table)) {
                table.columns.insert(column.clone(), column_type);
            }
        }
        for table in self.tables.values_mut() {
            table.cast();
        }
        nulls
    }

    /// Shortens a name to the limit of the destination.
    fn short(&self, path: &str) -> String {
        naming::shorten(path, path, self.settings.max_length)
    }
}

impl Table {
    /// Converts integers in double columns to doubles.
    fn cast(&mut self) {
        for (column, cell) in self.rows.iter_mut().flatten() {
            if let (ColumnType::Double, Cell::Integer(n)) = (self.columns[column], &*cell) {
                *cell = Cell::double(*n as f64);
            }
        }
    }
}
