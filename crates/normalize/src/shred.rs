//! Batches of rows to record batches.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use arrow::record_batch::RecordBatch;
use catchment_json::{Node, Selection};
use catchment_schema::{Schema, SchemaDelta, Table};

use crate::assemble::{Assembly, BatchResult};
use crate::findings::{NullOnlyColumn, RenamedKey};
use crate::rules::Rules;
use crate::shape::{KeyAt, Shapes};
use crate::walk::Walk;
use crate::{Findings, NormalizeError};

/// Rows of one document.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'d> {
    /// The rows; nulls are none.
    pub selection: &'d Selection,
    /// The number of the page, no other of the same package has it: the ids of rows are drawn from it.
    pub ordinal: u64,
}

/// A row and its place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SourceRow<'d> {
    pub(crate) ordinal: u64,
    /// The place in its page, from 0.
    pub(crate) row: u64,
    pub(crate) node: Node<'d>,
}

/// The rows of a table.
#[derive(Debug, Clone)]
pub struct TableBatch {
    /// The table.
    pub table: String,
    /// Its rows, with all columns of the schema they were typed by and those that they added.
    pub batch: RecordBatch,
}

/// What became of a batch of rows.
#[derive(Debug, Clone)]
pub struct Shredded {
    /// What the schema lacks for the batches.
    pub delta: SchemaDelta,
    /// The rows by table, parents first; of rows that had to be taken one after the other, several for a table.
    pub batches: Vec<TableBatch>,
    /// What was noticed.
    pub findings: Findings,
    /// The tables in which values did not fit the type that their column began with, or rows were left out, as the schema
    /// had them. What became of such values and rows is right for no other table.
    pub(crate) judged_by: Vec<(String, Option<Table>)>,
}

/// Turns rows into record batches, and remembers the shapes that it has seen.
///
/// Each thread has its own; what comes out does not depend on which one a batch went to.
#[derive(Debug)]
pub struct Shredder {
    rules: Arc<Rules>,
    shapes: HashMap<String, Shapes>,
    batch: u64,
}

impl Shredder {
    /// A shredder for the package of `rules`.
    pub fn new(rules: Arc<Rules>) -> Self {
        Shredder { rules, shapes: HashMap::new(), batch: 0 }
    }

    /// Shreds rows of the root table `table`, which has a normalised name, against `schema`.
    ///
    /// # Errors
    ///
    /// Where a row lacks a value that it must have, has one that no column can hold, or would change what a schema
    /// contract freezes.
    pub fn shred(&mut self, schema: &Schema, table: &str, rows: &[Rows<'_>]) -> Result<Shredded, NormalizeError> {
        let rows: Vec<SourceRow<'_>> = rows
            .iter()
            .flat_map(|page| (0..).zip(page.selection.nodes()).map(|(row, node)| SourceRow { ordinal: page.ordinal, row, node }))
            .collect();
        self.in_order(schema, table, &rows)
    }

    /// Shreds rows together, where what comes out is that of rows one by one. Where it may not be, as some are left out
    /// or are at fault, in halves one after the other.
    fn in_order(&mut self, schema: &Schema, table: &str, rows: &[SourceRow<'_>]) -> Result<Shredded, NormalizeError> {
        let result = self.together(schema, table, rows);
        if rows.len() < 2 || result.as_ref().is_ok_and(|result| !result.depends_on_order) {
            return result.map(BatchResult::shredded);
        }
        let (first, second) = rows.split_at(rows.len() / 2);
        let first = self.in_order(schema, table, first)?;
        let mut grown = Cow::Borrowed(schema);
        if !first.delta.is_empty() {
            grown.to_mut().apply(&first.delta);
        }
        let second = self.in_order(&grown, table, second)?;
        first.then(second, schema, &grown)
    }

    fn together(&mut self, schema: &Schema, table: &str, rows: &[SourceRow<'_>]) -> Result<BatchResult, NormalizeError> {
        self.batch += 1;
        let rules = &*self.rules;
        let max_length = rules.options.max_identifier_length;
        let shapes = self.shapes.entry(table.to_owned()).or_insert_with(|| Shapes::new(table, max_length));
        let mut walk = Walk::new(shapes, schema, table, rules, self.batch);
        for row in rows {
            walk.root_row(row);
        }
        let walked = walk.finish()?;
        let mut result = BatchResult::default();
        let renamed: Vec<RenamedKey> = walked.renamed.iter().filter_map(|at| renamed(shapes, *at)).collect();
        let elements: Vec<_> = walked.null_elements.iter().filter_map(|table| null_element(shapes, *table)).collect();
        let nulls: Vec<_> = walked.nulls.iter().filter_map(|at| null_only(shapes, *at)).chain(elements).collect();
        let assembly = Assembly { shapes, schema, rules };
        for index in walked.order {
            if let Some(cells) = walked.tables.get(index) {
                assembly.table(index, cells, &mut result)?;
            }
        }
        // Of a table that no row is left of there is nothing to tell.
        let has_rows = |table: &String| result.batches.iter().any(|batch| batch.table == *table);
        let renamed: Vec<_> = renamed.into_iter().filter(|key| has_rows(&key.table)).collect();
        let nulls: Vec<_> = nulls.into_iter().filter(|null| has_rows(&null.table) && !has_type(schema, null)).collect();
        result.findings.renamed_keys.extend(renamed);
        result.findings.null_only_columns.extend(nulls);
        assembly.quarantine(&mut result)?;
        Ok(result)
    }
}

fn renamed(shapes: &Shapes, at: KeyAt) -> Option<RenamedKey> {
    let table = shapes.tables.get(at.table)?.name.to_string();
    let (key, column) = shapes.spelling(at)?;
    Some(RenamedKey { table, key: key.to_owned(), column: column.to_owned() })
}

fn null_only(shapes: &mut Shapes, at: KeyAt) -> Option<NullOnlyColumn> {
    let column = shapes.column_name(at)?;
    Some(NullOnlyColumn { table: shapes.tables.get(at.table)?.name.to_string(), column })
}

/// The column of scalars of a list.
fn null_element(shapes: &Shapes, table: usize) -> Option<NullOnlyColumn> {
    Some(NullOnlyColumn { table: shapes.tables.get(table)?.name.to_string(), column: "value".to_owned() })
}

fn has_type(schema: &Schema, null: &NullOnlyColumn) -> bool {
    schema.tables.get(&null.table).and_then(|table| table.columns.get(&null.column)).is_some_and(|c| c.data_type.is_some())
}
