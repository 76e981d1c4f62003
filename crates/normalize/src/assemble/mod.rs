//! Assembly of cells to record batches and schema deltas.

mod batch;
mod contract;
mod new_column;
mod nulls;
mod quarantine;
mod rejected;
mod reported_keys;
mod system;
mod typing;
mod variants;

use std::collections::BTreeSet;

use catchment_schema::{ContractEntity, ContractMode, Schema, TableDelta};

use crate::cells::TableCells;
use crate::rules::NormalizeRules;
use crate::shape::ShapeCache;
use crate::walk::WalkResult;
use crate::{NormalizeError, TableBatch};

pub(crate) use batch::BatchResult;
use rejected::Rejection;
use typing::{ColumnTyper, TypingOutcome};

/// Assembles the tables of a batch, parent tables first.
pub(crate) struct TableAssembler<'a> {
    pub(crate) shapes: &'a ShapeCache,
    pub(crate) schema: &'a Schema,
    pub(crate) rules: &'a NormalizeRules,
}

impl TableAssembler<'_> {
    /// Assembles the tables and records findings.
    pub(crate) fn tables(&self, walked: WalkResult<'_>, result: &mut BatchResult) -> Result<(), NormalizeError> {
        for index in walked.order {
            if let Some(cells) = walked.tables.get(index) {
                self.table(index, cells, result)?;
            }
        }
        self.check_column_limit(result)?;
        let shapes = self.shapes;
        let elements = walked.null_elements.iter().filter_map(|table| reported_keys::null_element(shapes, *table));
        let nulls = walked.nulls.iter().filter_map(|at| reported_keys::null_only(shapes, *at)).chain(elements);
        let renamed = walked.renamed.iter().filter_map(|at| reported_keys::renamed(shapes, *at));
        // Tables without remaining rows have no findings.
        let has_rows = |table: &String| result.batches.iter().any(|batch| batch.table == *table);
        let renamed: Vec<_> = renamed.filter(|key| has_rows(&key.table)).collect();
        let nulls: Vec<_> = nulls.filter(|null| has_rows(&null.table) && !reported_keys::has_type(self.schema, null)).collect();
        result.findings.renamed_keys.extend(renamed);
        result.findings.null_only_columns.extend(nulls);
        Ok(())
    }

    /// Returns an error if the new tables exceed the table limit.
    fn check_column_limit(&self, result: &BatchResult) -> Result<(), NormalizeError> {
        let new = || result.delta.tables.iter().filter(|table| !self.schema.tables.contains_key(&table.name));
        let (Some(limit), Some(last), Some(root)) =
            (self.rules.options.max_columns, new().next_back(), self.shapes.tables.first())
        else {
            return Ok(());
        };
        if self.schema.table_tree(&root.name).len() + new().count() <= limit {
            return Ok(());
        }
        Err(NormalizeError::TooManyTables { table: last.name.clone(), limit })
    }

    /// Assembles a table, and rejects the rows and values that its contract discards.
    fn table(&self, index: usize, cells: &TableCells<'_>, result: &mut BatchResult) -> Result<(), NormalizeError> {
        let Some(shape) = self.shapes.tables.get(index) else { return Ok(()) };
        let parents: Vec<&str> = self.parents(index);
        let known = self.schema.tables.get(&*shape.name);
        self.check_parent(index, &shape.name, parents.first().copied(), result)?;
        let guard = self.rules.guard(&shape.name, &parents);
        // Child rows of discarded rows are discarded.
        let mut dropped: BTreeSet<usize> = cells.parent_ids.positions(&result.dropped_ids);
        let mut rejected = Vec::new();
        match guard.table() {
            ContractMode::Evolve => {}
            ContractMode::Freeze => {
                if let Some((row, node)) = (0..).zip(&cells.nodes).find(|(row, _)| !dropped.contains(row)) {
                    let change = "new table".to_owned();
                    return Err(NormalizeError::frozen(
                        &shape.name,
                        ContractEntity::Tables,
                        change,
                        cells.source_row(row),
                        *node,
                    ));
                }
            }
            ContractMode::DiscardRow | ContractMode::DiscardValue => {
                let own = (0..cells.rows).filter(|row| !dropped.contains(row));
                rejected.extend(own.map(|row| Rejection::row(row, None, "new table")));
                dropped.extend(0..cells.rows);
            }
        }
        let typed = loop {
            if dropped.len() == cells.rows {
                break None;
            }
            match ColumnTyper::new(&shape.name, shape, cells, known, guard, self.rules, &dropped).run()? {
                // Records only the first rejection of a row.
                TypingOutcome::RejectRows(rows) => {
                    rejected.extend(rows.into_iter().filter(|rejected| dropped.insert(rejected.row)))
                }
                TypingOutcome::Done(typed) => break Some(*typed),
            }
        };
        if !dropped.is_empty() || typed.as_ref().is_some_and(|typed| typed.has_misfits) {
            result.depends_on_tables.push((shape.name.to_string(), known.cloned()));
        }
        result.drop_rows(&shape.name, cells, &dropped);
        if let Some(typed) = typed {
            result.depends_on_order |= typed.depends_on_order;
            result.findings.discard_values(&shape.name, typed.rejected.len());
            result.findings.new_variants.extend(typed.new_variants);
            rejected.extend(typed.rejected);
            let batch = batch::remove_rows(typed.batch, &dropped)
                .map_err(|source| NormalizeError::Arrow { table: shape.name.to_string(), source })?;
            let is_new = known.is_none() || !typed.columns.is_empty();
            let parent = parents.first().filter(|_| known.is_none_or(|table| table.parent.is_some()));
            let parent = parent.map(|parent| (*parent).to_owned());
            result.delta.tables.extend(is_new.then(|| TableDelta {
                name: shape.name.to_string(),
                parent,
                columns: typed.columns,
            }));
            result.batches.push(TableBatch { table: shape.name.to_string(), batch });
            result.parents.insert(shape.name.to_string(), parents.first().unwrap_or(&"no table").to_string());
        }
        if self.rules.options.quarantine_table.is_some() {
            result.quarantine.extend(rejected.iter().map(|rejected| rejected.entry(&shape.name, cells)));
        }
        Ok(())
    }

    /// Assembles the quarantine table, if it is configured and has rows.
    pub(crate) fn quarantine(&self, result: &mut BatchResult) -> Result<(), NormalizeError> {
        match &self.rules.options.quarantine_table {
            Some(table) if !result.quarantine.is_empty() => {
                let entries = std::mem::take(&mut result.quarantine);
                // The first quarantined row determines the position of a new table in the schema.
                result.depends_on_order |= !self.schema.tables.contains_key(table);
                let (delta, batch) = quarantine::batch(table, &entries, self.schema, &self.rules.load_id)?;
                result.delta.tables.extend(delta);
                result.batches.push(TableBatch { table: table.clone(), batch });
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Returns the root table of a child table.
    fn root_of(&self, index: usize) -> Option<&str> {
        self.parents(index).last().copied()
    }

    /// Returns the ancestors of a table, nearest first.
    fn parents(&self, index: usize) -> Vec<&str> {
        let mut parents = Vec::new();
        let mut next = self.shapes.tables.get(index).and_then(|shape| shape.parent);
        while let Some(shape) = next.and_then(|index| self.shapes.tables.get(index)) {
            parents.push(&*shape.name);
            next = shape.parent;
        }
        parents
    }

    /// Returns an error if the table has another parent table in this batch or in the schema. A table of a list may be a
    /// root table in the schema if it belongs to the same resource.
    fn check_parent(&self, index: usize, table: &str, parent: Option<&str>, result: &BatchResult) -> Result<(), NormalizeError> {
        let known = self.schema.tables.get(table);
        if let (Some(known), Some(parent)) = (known.filter(|known| known.parent.is_none()), parent)
            && let (Some(resource), Some(root)) =
                (&known.resource, self.root_of(index).and_then(|root| self.schema.tables.get(root)))
            && root.resource.as_ref() != Some(resource)
        {
            let key = self.shapes.list_key(index).unwrap_or_default();
            let (table, resource, parent) = (table.to_owned(), resource.clone(), parent.to_owned());
            return Err(NormalizeError::TableNameConflict { table, resource, parent, key });
        }
        let known = known.and_then(|table| table.parent.as_deref());
        let in_batch = result.parents.get(table).map(String::as_str);
        match known.filter(|known| parent != Some(known)).or(in_batch) {
            None => Ok(()),
            Some(other) => Err(NormalizeError::TableParentConflict {
                table: table.to_owned(),
                parent: other.to_owned(),
                other: parent.map_or_else(|| "rows of a resource".to_owned(), |name| format!("child rows of `{name}`")),
            }),
        }
    }
}
