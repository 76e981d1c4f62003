//! The planner of loads.

use std::collections::BTreeSet;

use catchment_load_package::SealedPackage;
use catchment_schema::{Schema, Table, WriteDisposition};
use catchment_state::State;

use super::columns::migrate;
use super::drift::drift_warnings;
use super::existing_tables::ExistingTables;
use super::facts::{Fact, Facts};
use super::merge::Merge;
use super::rows::{RowPlanner, StagingTables};
use super::snapshot::DatasetSnapshot;
use super::tree_changes::TreeChanges;
use super::widen::widen;
use super::{ApplyStep, LoadPlan, cursor_entries, system_tables};
use crate::sql::{DatasetName, Statement, TableLayout, TargetTable, drop_table};
use crate::{Capabilities, Dialect, LoadError};

/// Plans the load of a package. Does no IO.
pub(crate) struct Planner<'p> {
    pub(crate) dialect: &'static dyn Dialect,
    pub(crate) capabilities: &'static Capabilities,
    pub(crate) dataset: &'p DatasetName,
    /// The location of the destination, for messages.
    pub(crate) location: &'p str,
    pub(crate) package: &'p SealedPackage,
    /// The root tables that earlier transactions of the load have changed.
    pub(crate) applied: &'p BTreeSet<String>,
}

/// The reason why there is no plan.
#[derive(Debug)]
pub(crate) enum PlanError {
    /// The plan depends on these facts.
    UnknownFacts(BTreeSet<Fact>),
    /// The package cannot be loaded.
    Failed(LoadError),
}

impl<E: Into<LoadError>> From<E> for PlanError {
    fn from(error: E) -> PlanError {
        PlanError::Failed(error.into())
    }
}

impl Planner<'_> {
    /// Plans the load into a dataset with the contents `snapshot`.
    pub(crate) fn plan(&self, snapshot: &DatasetSnapshot, facts: &Facts) -> Result<LoadPlan, PlanError> {
        let plan = self.plan_with(snapshot, facts)?;
        let unknown = facts.take_unknown();
        if unknown.is_empty() { Ok(plan) } else { Err(PlanError::UnknownFacts(unknown)) }
    }

    fn plan_with(&self, snapshot: &DatasetSnapshot, facts: &Facts) -> Result<LoadPlan, LoadError> {
        let (dialect, dataset, package) = (self.dialect, self.dataset, self.package);
        let here = (dialect, dataset);
        let mut schema = self.current_schema(snapshot.schema.as_ref())?;
        let state = self.current_state(snapshot.state.as_ref())?;
        let refresh = &package.header().refresh;
        let (dropped, kept) = self.dropped_tables(&schema, &snapshot.tables);
        let existing = snapshot.tables.clone().without(dropped.iter().copied());
        let (with_rows, merged_into) = (self.tables_with_rows(), self.tables_merged_into(&schema, &existing));
        let mut warnings = Vec::new();
        if let Some(stored) = &snapshot.schema {
            // Tables dropped by the refresh are not reported as missing.
            let tables = with_rows.iter().filter(|table| !refresh.dropped.contains(table));
            warnings.extend(drift_warnings(dialect, stored, &existing, tables.map(String::as_str)));
        }
        let mut evolve = self.drop_tables(&dropped);
        let mut emptied = self.empty_refreshed(&existing, &kept);
        if self.capabilities.transactional_ddl {
            // Emptied before columns are added and widened, which depends on existing rows.
            evolve.extend(emptied.drain(..).map(|(_, statement)| statement));
        }
        let widened = widen(here, &mut schema, with_rows.iter().map(String::as_str), &existing, facts);
        let (widened, splits) = widened.map_err(|(step, reason)| self.refused(step, reason))?;
        evolve.extend(widened);
        let migrated = with_rows.union(&merged_into).map(String::as_str);
        let migration = migrate(here, &schema, migrated, &existing, facts);
        let migration = migration.map_err(|(step, reason)| self.refused(step, reason))?;
        evolve.extend(migration.evolve);
        warnings.extend(migration.warnings);
        let mut trees = TreeChanges::new(&schema);
        for (table, statement) in emptied.into_iter().chain(migration.fill) {
            trees.of(&table).steps.push(ApplyStep::Execute(statement));
        }
        self.empty_replaced(&schema, &existing, &with_rows, facts, (&mut trees, &mut warnings));
        let stage = StagingTables::default();
        let load_id = &package.header().load_id;
        let mut rows = RowPlanner { dialect, dataset, load_id, existing: &existing, splits: &splits, stage };
        self.add_rows(&schema, &mut rows, &mut trees)?;
        for root in self.roots(&schema) {
            let (declared, merge) = self.merge(root, &schema, &rows, &mut warnings)?;
            if !merge.is_empty() {
                trees.of(root).declare.extend(declared);
                trees.of(root).steps.extend(merge.into_iter().map(ApplyStep::Execute));
            }
        }
        for table in self.changed_tables(&schema, &existing, &with_rows | &merged_into) {
            trees.of(&table).tables.insert(table);
        }
        let (created, of_cursors) = cursor_entries::store(&mut rows, package);
        evolve.extend(created);
        let apply = trees.into_all().into_iter().chain([of_cursors]);
        let apply = apply.filter(|tree| !tree.steps.is_empty() && !self.applied.contains(&tree.root)).collect();
        let prepare = system_tables::create_missing(dialect, dataset, snapshot);
        let mut confirm = Vec::new();
        if self.capabilities.transactional_ddl {
            confirm.extend(rows.stage.drop_all());
        }
        confirm.extend(system_tables::insert_rows(here, package, snapshot, &schema, state.as_ref())?);
        Ok(LoadPlan { stage: rows.stage.tables, prepare, evolve, apply, confirm, warnings })
    }

    /// Returns the schema of the package, merged with the schema that other runs have stored meanwhile.
    fn current_schema(&self, stored: Option<&Schema>) -> Result<Schema, LoadError> {
        let ours = &self.package.footer().schema;
        let stored_hash = stored.and_then(|schema| schema.version_hash.as_ref());
        match stored {
            Some(theirs)
                if stored_hash != self.package.header().base_schema.as_ref() && stored_hash != ours.version_hash.as_ref() =>
            {
                theirs.merge(ours).map_err(|conflict| LoadError::Stale { reason: conflict.to_string() })
            }
            _ => Ok(ours.clone()),
        }
    }

    /// Returns the state to store, or `None` if the package does not change it. Compares the stored state with the base
    /// state of the package, which detects packages of a stale or copied working directory.
    fn current_state(&self, stored: Option<&State>) -> Result<Option<State>, LoadError> {
        let (base, ours) = (&self.package.header().base_state, &self.package.footer().state);
        let refresh = &self.package.header().refresh;
        let is_refresh = !refresh.dropped.is_empty() || !refresh.emptied.is_empty();
        if ours.hash() == base.hash() {
            return match stored {
                // The rows of the other run would be deleted, but its cursors kept.
                Some(theirs) if is_refresh && theirs.hash() != base.hash() => Err(LoadError::Stale {
                    reason: "another run has changed the state of the pipeline since the refresh began".to_owned(),
                }),
                _ => Ok(None),
            };
        }
        match stored {
            Some(theirs) if theirs.hash() != base.hash() => Ok(Some(ours.merge(base, theirs)?)),
            _ => Ok(Some(ours.clone())),
        }
    }

    /// Returns the root tables of the package: those of its resources and those of its rows, because lists can be loaded
    /// into separate root tables.
    fn roots<'s>(&'s self, schema: &'s Schema) -> BTreeSet<&'s str> {
        let of_resources = self.package.header().resources.iter().map(|(_, root)| root.as_str());
        let of_rows = self.package.segments().iter().map(|segment| schema.root_of(&segment.table));
        of_resources.chain(of_rows).collect()
    }

    fn tables_with_rows(&self) -> BTreeSet<String> {
        self.package.segments().iter().map(|segment| segment.table.clone()).collect()
    }

    /// Returns the existing tables that merging deletes from, with or without new rows.
    fn tables_merged_into(&self, schema: &Schema, existing: &ExistingTables) -> BTreeSet<String> {
        let roots = self.roots(schema).into_iter().filter(|root| self.write_disposition(root) == WriteDisposition::Merge);
        let chains = roots.flat_map(|root| schema.table_tree(root));
        chains.filter(|table| existing.has(&table.name)).map(|table| table.name.clone()).collect()
    }

    /// Returns the tables whose rows change, without those of cursors: `with_rows`, and those that are emptied or replaced.
    fn changed_tables(&self, schema: &Schema, existing: &ExistingTables, with_rows: BTreeSet<String>) -> BTreeSet<String> {
        let mut changed = with_rows;
        let refresh = &self.package.header().refresh;
        let refreshed = refresh.emptied.iter().chain(&refresh.dropped);
        let roots = self.roots(schema).into_iter();
        let replaced = roots.filter(|root| self.write_disposition(root) == WriteDisposition::Replace);
        let replaced = replaced.flat_map(|root| schema.table_tree(root)).map(|table| &table.name);
        changed.extend(refreshed.chain(replaced).filter(|table| existing.has(table)).cloned());
        changed
    }

    /// Returns the tables of the refresh that are dropped, and those that are only emptied. Without transactional DDL, a
    /// failed load must not lose rows, so a table is dropped only if it cannot store the new rows or is partitioned otherwise.
    fn dropped_tables<'s>(&'s self, schema: &Schema, existing: &ExistingTables) -> (Vec<&'s String>, Vec<&'s String>) {
        let has_layout = |table: &Table| match self.dialect.layout(schema, table) {
            // Engines may not list pseudocolumns.
            Ok(TableLayout { partition: Some(column), .. }) if table.columns.contains_key(&column.name) => {
                existing.partition(&table.name) == Some(&column)
            }
            _ => true,
        };
        let can_take = |table: &Table| existing.takes_rows_of(self.dialect, table) && has_layout(table);
        let can_keep = |name: &str| schema.tables.get(name).is_none_or(can_take);
        let is_dropped = |name: &&String| self.capabilities.transactional_ddl || !can_keep(name);
        let dropped = self.package.header().refresh.dropped.iter();
        dropped.filter(|name| !self.applied.contains(schema.root_of(name))).partition(is_dropped)
    }

    fn drop_tables(&self, tables: &[&String]) -> Vec<Statement> {
        let drop = |table: &&String| {
            Statement::new(format!("drop table `{table}`"), drop_table(&self.dataset.table(self.dialect, table)))
        };
        tables.iter().map(drop).collect()
    }

    fn empty_refreshed(&self, existing: &ExistingTables, kept: &[&String]) -> Vec<(String, Statement)> {
        let emptied = self.package.header().refresh.emptied.iter().chain(kept.iter().copied());
        emptied.filter(|table| existing.has(table)).map(|table| (table.clone(), self.empty(existing, table))).collect()
    }

    fn empty(&self, existing: &ExistingTables, table: &str) -> Statement {
        let target = existing.target(self.dialect, self.dataset, table);
        let sql = match target.any_partition(self.dialect, "") {
            Some(any) => format!("DELETE FROM {target} WHERE {any}"),
            None => self.dialect.empty_table(&target.name),
        };
        Statement::new(format!("empty table `{table}`"), sql)
    }

    /// Empties the tables of replaced resources, with or without new rows.
    fn empty_replaced(
        &self,
        schema: &Schema,
        existing: &ExistingTables,
        with_rows: &BTreeSet<String>,
        facts: &Facts,
        (trees, warnings): (&mut TreeChanges<'_>, &mut Vec<String>),
    ) {
        for root in self.roots(schema).into_iter().filter(|root| self.write_disposition(root) == WriteDisposition::Replace) {
            for table in schema.table_tree(root).into_iter().filter(|table| existing.has(&table.name)) {
                let gets_none = table.name == root && !with_rows.contains(root);
                if gets_none && facts.is_true(Fact::HasRows { table: root.to_owned() }) {
                    warnings.push(format!(
                        "table `{root}` was emptied: its write disposition is `replace` and this load has no rows for it"
                    ));
                }
                trees.of(root).steps.push(ApplyStep::Execute(self.empty(existing, &table.name)));
            }
        }
    }

    /// Adds the rows of the package: appended, or staged for a merge.
    fn add_rows(&self, schema: &Schema, rows: &mut RowPlanner<'_>, trees: &mut TreeChanges<'_>) -> Result<(), LoadError> {
        let mut planned = BTreeSet::new();
        for segment in self.package.segments().iter().filter(|segment| segment.rows > 0) {
            let name = &segment.table;
            let Some(table) = schema.tables.get(name) else {
                return Err(self.refused(format!("insert rows into table `{name}`"), "its schema has no such table".to_owned()));
            };
            if !planned.insert(name) {
                continue;
            }
            match self.write_disposition(schema.root_of(name)) {
                WriteDisposition::Skip => {}
                WriteDisposition::Merge => rows.stage(table, true),
                WriteDisposition::Append | WriteDisposition::Replace => trees.of(name).steps.push(rows.append(table)),
            }
        }
        Ok(())
    }

    /// Merges the staged rows of `root` and its child tables, if any: declares variables, and changes rows.
    fn merge(
        &self,
        root: &str,
        schema: &Schema,
        rows: &RowPlanner<'_>,
        warnings: &mut Vec<String>,
    ) -> Result<(Vec<Statement>, Vec<Statement>), LoadError> {
        // The merge strategy of the package counts, even if another run has stored a different one meanwhile.
        let (Some(table), Some(staged)) = (self.package.footer().schema.tables.get(root), rows.stage.rows(root)) else {
            return Ok(Default::default());
        };
        if self.write_disposition(root) != WriteDisposition::Merge {
            return Ok(Default::default());
        }
        let target = |name: &str| self.target(schema, rows.existing, name);
        let exists = |name: &str| rows.existing.has(name) || rows.stage.rows(name).is_some();
        let children = schema.table_tree(root).into_iter().filter(|child| child.name != root && exists(&child.name));
        let children = children.map(|child| (target(&child.name), rows.stage.rows(&child.name)));
        let merge = Merge {
            dialect: self.dialect,
            capabilities: self.capabilities,
            table,
            root: target(root),
            rows: staged,
            children: children.collect(),
            created_at: self.package.header().created_at,
            number: rows.stage.tables.iter().position(|table| table.rows.table == root).unwrap_or_default(),
        };
        let step = format!("merge rows into table `{root}`");
        let (declarations, statements) = merge.statements(warnings).map_err(|reason| self.refused(step.clone(), reason))?;
        let all = |sql: Vec<String>| sql.into_iter().map(|sql| Statement::new(step.clone(), sql)).collect();
        Ok((all(declarations), all(statements)))
    }

    /// Returns a table, which exists or is created, as the target of statements.
    fn target(&self, schema: &Schema, existing: &ExistingTables, name: &str) -> TargetTable {
        let mut target = existing.target(self.dialect, self.dataset, name);
        if !existing.has(name) {
            let layout = schema.tables.get(name).and_then(|table| self.dialect.layout(schema, table).ok());
            target.partition = layout.and_then(|layout| layout.partition);
        }
        target
    }

    /// Returns the write disposition of a root table in the package, even if another run has stored a different one
    /// meanwhile.
    fn write_disposition(&self, root: &str) -> WriteDisposition {
        self.package.footer().schema.write_disposition(root)
    }

    fn refused(&self, step: String, reason: String) -> LoadError {
        LoadError::Statement { step, location: self.location.to_owned(), reason, terminal: true }
    }
}
