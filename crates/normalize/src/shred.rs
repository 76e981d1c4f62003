//! Batches of rows to record batches.

use std::collections::HashMap;

use arrow::record_batch::RecordBatch;
use catchment_json::Selection;
use catchment_schema::{Schema, SchemaDelta};

use crate::NormalizeError;
use crate::assemble::assemble;
use crate::ids::IdSeed;
use crate::shape::Shapes;
use crate::walk::Walk;

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
}

/// Turns rows into record batches, and remembers the shapes that it has seen.
///
/// Each thread has its own; what comes out does not depend on which one a batch went to.
#[derive(Debug)]
pub struct Shredder {
    load_id: String,
    seed: IdSeed,
    max_identifier_length: Option<usize>,
    shapes: HashMap<String, Shapes>,
}

impl Shredder {
    /// A shredder for the package `load_id`, which names its root rows by `seed` and makes names of at most
    /// `max_identifier_length` characters.
    pub fn new(load_id: impl Into<String>, seed: IdSeed, max_identifier_length: Option<usize>) -> Self {
        Shredder { load_id: load_id.into(), seed, max_identifier_length, shapes: HashMap::new() }
    }

    /// Shreds rows of the root table `table`, which has a normalised name, against `schema`.
    ///
    /// # Errors
    ///
    /// Where a row lacks a value that it must have, or has one that no column can hold.
    pub fn shred(&mut self, schema: &Schema, table: &str, rows: &[Rows<'_>]) -> Result<Shredded, NormalizeError> {
        let shapes = self.shapes.entry(table.to_owned()).or_insert_with(|| Shapes::new(table, self.max_identifier_length));
        let mut walk = Walk::new(shapes, schema, table, self.seed);
        for page in rows {
            for (row, node) in (0..).zip(page.selection.nodes()) {
                walk.root_row(node, page.ordinal, row);
            }
        }
        let cells = walk.tables;
        let mut shredded = Shredded { delta: SchemaDelta::default(), batches: Vec::new() };
        for (shape, cells) in shapes.tables.iter().zip(&cells).filter(|(_, cells)| cells.rows > 0) {
            let parent = shape.parent.and_then(|parent| shapes.tables.get(parent)).map(|parent| &*parent.name);
            let assembled = assemble(shape, parent, cells, schema, &self.load_id)?;
            shredded.delta.tables.extend(assembled.delta);
            shredded.batches.push(TableBatch { table: shape.name.to_string(), batch: assembled.batch });
        }
        Ok(shredded)
    }
}
