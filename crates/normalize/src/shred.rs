//! Batches of rows to record batches.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::record_batch::RecordBatch;
use catchment_json::Selection;
use catchment_schema::{Schema, SchemaDelta};

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
    /// The rows by table, parents first.
    pub batches: Vec<TableBatch>,
    /// What was noticed.
    pub findings: Findings,
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
        self.batch += 1;
        let rules = &*self.rules;
        let max_length = rules.options.max_identifier_length;
        let shapes = self.shapes.entry(table.to_owned()).or_insert_with(|| Shapes::new(table, max_length));
        let mut walk = Walk::new(shapes, schema, table, rules, self.batch);
        for page in rows {
            for (row, node) in (0..).zip(page.selection.nodes()) {
                walk.root_row(node, page.ordinal, row);
            }
        }
        let walked = walk.finish()?;
        let mut result = BatchResult::default();
        result.findings.renamed_keys.extend(walked.renamed.iter().filter_map(|at| renamed(shapes, *at)));
        let elements = walked.null_elements.iter().filter_map(|table| null_element(shapes, *table)).collect::<Vec<_>>();
        let nulls = walked.nulls.iter().filter_map(|at| null_only(shapes, *at)).chain(elements);
        result.findings.null_only_columns.extend(nulls.filter(|null| !has_type(schema, null)));
        let assembly = Assembly { shapes, schema, rules };
        for index in walked.order {
            if let Some(cells) = walked.tables.get(index) {
                assembly.table(index, cells, &mut result)?;
            }
        }
        assembly.quarantine(&mut result)?;
        Ok(Shredded { delta: result.delta, batches: result.batches, findings: result.findings })
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
