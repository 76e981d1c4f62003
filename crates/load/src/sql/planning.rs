//! Plans of loads from what a dataset contains.

use std::collections::BTreeSet;
use std::sync::Arc;

use catchment_load_package::SealedPackage;
use catchment_schema::{LOADS_TABLE, STATE_TABLE, VERSION_TABLE};

use super::name::DatasetName;
use super::queries::{select_last_schema_at, select_load, select_schema, select_state};
use super::restore::{first_cell, parse_schema, parse_state};
use super::session::Statement;
use super::{Dialect, SqlReader};
use crate::plan::{DatasetSnapshot, ExistingTables, Facts, LoadPlan, PlanError, Planner};
use crate::{Capabilities, LoadError};

/// Plans the load of a package: reads what the plan depends on, and then plans without IO.
#[derive(Debug, Clone, Copy)]
pub struct Planning<'p> {
    /// The dialect of the engine.
    pub dialect: &'static dyn Dialect,
    /// What the engine can do.
    pub capabilities: &'static Capabilities,
    /// The dataset.
    pub dataset: &'p DatasetName,
    /// The package.
    pub package: &'p Arc<SealedPackage>,
    /// The root tables that earlier transactions of this load have changed. Empty if a load is one transaction.
    pub applied: &'p BTreeSet<String>,
}

impl Planning<'_> {
    /// Plans the load. Returns `None` if the package is loaded already.
    ///
    /// # Errors
    ///
    /// Returns an error if the dataset cannot be read, or if the package cannot be loaded into it.
    pub async fn plan<R: SqlReader>(&self, reader: &mut R) -> Result<Option<LoadPlan>, LoadError> {
        let (dialect, dataset) = (self.dialect, self.dataset);
        let snapshot = self.inspect(reader).await?;
        if snapshot.is_loaded {
            return Ok(None);
        }
        let location = reader.location().to_owned();
        let Planning { capabilities, package, applied, .. } = *self;
        let planner = Planner { dialect, capabilities, dataset, location: &location, package, applied };
        // Without transactional DDL, columns are changed before tables are emptied.
        let emptied: &[String] = if capabilities.transactional_ddl { &package.header().refresh.emptied } else { &[] };
        let mut facts = Facts::with_emptied(emptied);
        loop {
            match planner.plan(&snapshot, &facts) {
                Ok(plan) => return Ok(Some(plan)),
                Err(PlanError::Failed(error)) => return Err(error),
                Err(PlanError::UnknownFacts(unknown)) => {
                    for fact in unknown {
                        let Statement { step, sql } = fact.query(dialect, dataset, &snapshot.tables);
                        let rows = reader.read(&step, &[sql]).await?;
                        facts.insert(fact, rows.first().is_some_and(|rows| !rows.is_empty()));
                    }
                }
            }
        }
    }

    /// Returns true if the load of the package is logged in the dataset.
    ///
    /// # Errors
    ///
    /// Returns an error if the dataset cannot be read.
    pub async fn is_loaded<R: SqlReader>(&self, reader: &mut R) -> Result<bool, LoadError> {
        let query = select_load(self.dialect, self.dataset, &self.package.header().load_id);
        let rows = reader.read_existing("look up the load", &[query]).await?;
        Ok(rows.into_iter().flatten().any(|rows| !rows.is_empty()))
    }

    /// Reads the contents of the dataset that the plan depends on.
    async fn inspect<R: SqlReader>(&self, reader: &mut R) -> Result<DatasetSnapshot, LoadError> {
        let (dialect, dataset) = (self.dialect, self.dataset);
        let definitions = reader.definitions(dataset).await?;
        let tables = ExistingTables::from_rows(definitions.columns, self.capabilities.identifiers.case);
        let mut snapshot = DatasetSnapshot { has_dataset: definitions.has_dataset, ..DatasetSnapshot::default() };
        let footer = self.package.footer();
        let mut queries = Vec::new();
        let [has_loads, has_schemas, has_states] = [LOADS_TABLE, VERSION_TABLE, STATE_TABLE].map(|table| tables.has(table));
        if has_loads {
            queries.push(select_load(dialect, dataset, &self.package.header().load_id));
        }
        if has_schemas {
            queries.push(select_schema(dialect, dataset, &footer.schema.name));
            queries.push(select_last_schema_at(dialect, dataset));
        }
        if has_loads && has_states {
            queries.push(select_state(dialect, dataset, footer.state.pipeline_name()));
        }
        let found =
            if queries.is_empty() { Vec::new() } else { reader.read("read the stored state and schema", &queries).await? };
        let mut found = found.into_iter();
        let mut next = || found.next().unwrap_or_default();
        if has_loads {
            snapshot.is_loaded = !next().is_empty();
        }
        if has_schemas {
            let mut cells = next().into_iter().next().unwrap_or_default().into_iter();
            let text = cells.next().flatten();
            snapshot.schema_hash = cells.next().flatten();
            snapshot.schema = text.map(|text| parse_schema(reader.location(), &text)).transpose()?;
            snapshot.last_schema_at = first_cell(next()).and_then(|micros| micros.parse().ok());
        }
        if has_loads && has_states {
            snapshot.state = first_cell(next()).map(|packed| parse_state(reader.location(), &packed)).transpose()?;
        }
        snapshot.tables = tables;
        Ok(snapshot)
    }
}
