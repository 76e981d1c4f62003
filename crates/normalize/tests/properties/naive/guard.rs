//! Naive schema contracts.

use std::collections::HashSet;

use catchment_schema::{ContractMode, SchemaContract};

use super::Naive;

/// The contract of a table. The first package may create tables and columns freely, and new tables may have any columns.
/// Data types are always subject to the contract, except that new columns may widen.
pub(super) struct Guard {
    contract: SchemaContract,
    /// The columns of the table before the package, if it had rows.
    previous: Option<HashSet<String>>,
    /// Whether the dataset was empty before the package.
    is_first: bool,
}

impl Naive {
    pub(super) fn guard(&self, table: &str) -> Guard {
        Guard { contract: self.settings.contract, previous: self.base.get(table).cloned(), is_first: self.base.is_empty() }
    }
}

impl Guard {
    pub(super) fn table(&self) -> ContractMode {
        if self.is_first || self.previous.is_some() { ContractMode::Evolve } else { self.contract.tables }
    }

    pub(super) fn column(&self, column: &str) -> ContractMode {
        match &self.previous {
            Some(columns) if !columns.contains(column) => self.contract.columns,
            _ => ContractMode::Evolve,
        }
    }

    pub(super) fn data_type(&self) -> ContractMode {
        self.contract.data_type
    }

    pub(super) fn may_widen(&self, column: &str) -> bool {
        let is_new = self.previous.as_ref().is_none_or(|columns| !columns.contains(column));
        is_new || self.contract.data_type == ContractMode::Evolve
    }
}
