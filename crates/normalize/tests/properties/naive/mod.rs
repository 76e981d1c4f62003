//! The normaliser as plainly as it can be said: row after row, nothing remembered but tables. It is the judge.
//!
//! What it adds to the reference:
//!
//! - A column of bigint, double or decimal takes what fits it exactly as it is. Where a number does not fit, the column
//!   becomes what both types join to; where they do not join, or the column has a variant of that type already, the value
//!   goes to the variant. What was placed never moves. Without widening the first value says the type once and for all.
//! - Integers are bigint up to 64 bits, decimal up to 38 digits, text beyond. NaN and the infinities are doubles.
//! - Of the keys of one object with one name, the one that is spelt like the name has it, else the first by its bytes; the
//!   others have a tag at the end. Where two values at different depths have one name, the one in fewer objects has it,
//!   then the same counts. So have lists. The tag is that of all keys of the row that lead to the value.
//! - New columns stand in the order of the first rows that have values for them: in a row its values, then the system's
//!   columns, then variants by name.
//! - A contract guards what is there before the package; see [`TableContract`].

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

/// What a load is to make of rows.
#[derive(Debug, Clone)]
pub(crate) struct Naive {
    pub(crate) tables: IndexMap<String, Table>,
    pub(crate) discarded: BTreeMap<String, Discarded>,
    /// Table, key and column.
    pub(crate) renamed: BTreeSet<(String, String, String)>,
    /// Table and column of nulls.
    nulls: BTreeSet<(String, String)>,
    pub(crate) settings: Settings,
    /// The columns of the tables that had rows before the package.
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

/// Why rows cannot be loaded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// A contract freezes what they would change.
    Frozen,
    /// A table would have rows below rows of two tables.
    TwoParents,
    /// A value fits neither its column nor the variant.
    Misfit,
    /// Nothing says what becomes of a value beside a variant that has its name, nor of a name that has a tag by chance.
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

    /// Begins the next package: what is there now has had rows.
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

    /// Takes in rows of table `t`, which have ids.
    pub(crate) fn load(&mut self, rows: &[Value]) -> Result<(), Refused> {
        let level = self.settings.max_nesting;
        rows.iter().try_for_each(|row| self.row("t", None, row, "value", level))
    }

    /// The columns that had nothing but null, as table and column; with a policy they come to be, in the order of names.
    pub(crate) fn finish(&mut self) -> BTreeSet<(String, String)> {
        // What stands below a name came from objects, or from keys that are paths themselves.
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

    /// A name that has room in the destination.
    fn short(&self, path: &str) -> String {
        naming::shorten(path, path, self.settings.max_length)
    }
}

impl Table {
    /// Makes doubles of the integers of columns that have become columns of doubles.
    fn cast(&mut self) {
        for (column, cell) in self.rows.iter_mut().flatten() {
            if let (ColumnType::Double, Cell::Integer(n)) = (self.columns[column], &*cell) {
                *cell = Cell::double(*n as f64);
            }
        }
    }
}
