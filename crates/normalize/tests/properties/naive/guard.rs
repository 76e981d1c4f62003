//! What a contract lets through.

use std::collections::HashSet;

use catchment_schema::{ContractMode, SchemaContract};

use super::Naive;

/// What the contract of a package says of one table. Tables and columns are free where there was nothing before, columns
/// also in tables that are new; types are kept everywhere, but that columns which are new may widen.
pub(super) struct Guard {
    contract: SchemaContract,
    /// The columns that the table had, where it had rows.
    settled: Option<HashSet<String>>,
    /// Whether there was anything before.
    is_first: bool,
}

impl Naive {
    pub(super) fn guard(&self, table: &str) -> Guard {
        Guard { contract: self.settings.contract, settled: self.base.get(table).cloned(), is_first: self.base.is_empty() }
    }
}

impl Guard {
    pub(super) fn table(&self) -> ContractMode {
        if self.is_first || self.settled.is_some() { ContractMode::Evolve } else { self.contract.tables }
    }

    pub(super) fn column(&self, column: &str) -> ContractMode {
        match &self.settled {
            Some(columns) if !columns.contains(column) => self.contract.columns,
            _ => ContractMode::Evolve,
        }
    }

    pub(super) fn data_type(&self) -> ContractMode {
        self.contract.data_type
    }

    pub(super) fn may_widen(&self, column: &str) -> bool {
        let is_new = self.settled.as_ref().is_none_or(|columns| !columns.contains(column));
        is_new || self.contract.data_type == ContractMode::Evolve
    }
}
