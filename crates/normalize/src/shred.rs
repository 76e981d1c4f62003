//! Batches of rows to record batches.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use arrow::record_batch::RecordBatch;
use catchment_json::{Node, Selection};
use catchment_schema::{Schema, SchemaDelta, Table};

use crate::assemble::{BatchResult, TableAssembler};
use crate::rules::NormalizeRules;
use crate::shape::ShapeCache;
use crate::walk::{RowWalker, WalkResult};
use crate::{NormalizeError, NormalizeFindings};

/// How many keys are remembered from batch to batch. Sources whose keys are data have more and more of them.
const MAX_REMEMBERED_KEYS: usize = 20_000;

/// About how many bytes of memory a key takes, and how many keys a batch may bring in any case.
const KEY_BYTES: usize = 400;
const MIN_KEYS: usize = 1000;

/// How many keys a batch may bring that takes `max_bytes`.
fn max_keys(max_bytes: usize) -> usize {
    (max_bytes / KEY_BYTES).max(MIN_KEYS)
}

/// Rows of one document.
#[derive(Debug, Clone)]
pub struct PageRows<'d> {
    selection: &'d Selection,
    ordinal: u64,
    range: Range<usize>,
}

impl<'d> PageRows<'d> {
    /// All rows of a page; nulls are none. `ordinal` is the number of the page, no other of the same package has it: the ids
    /// of rows are drawn from it.
    pub fn new(selection: &'d Selection, ordinal: u64) -> PageRows<'d> {
        PageRows { selection, ordinal, range: 0..selection.ids.len() }
    }

    /// Those at `range`, counted from 0 in the selection.
    #[must_use]
    pub fn slice(self, places: Range<usize>) -> PageRows<'d> {
        PageRows { range: places, ..self }
    }

    fn iter(&self) -> impl Iterator<Item = SourceRow<'d>> {
        let (document, ordinal, first) = (&self.selection.document, self.ordinal, self.range.start);
        let ids = self.selection.ids.get(self.range.clone()).unwrap_or_default();
        (first as u64..).zip(ids).map(move |(row, id)| SourceRow { ordinal, row, node: document.node(*id) })
    }
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
#[derive(Debug, Clone, Default)]
pub struct ShredResult {
    /// What the schema lacks for the batches.
    pub delta: SchemaDelta,
    /// The rows by table, parents first; of rows that had to be taken one after the other, several for a table.
    pub batches: Vec<TableBatch>,
    /// What was noticed.
    pub findings: NormalizeFindings,
    /// The tables in which values did not fit the type that their column began with, or rows were left out, as the schema
    /// had them. What became of such values and rows is right for no other table.
    pub(crate) depends_on_tables: Vec<(String, Option<Table>)>,
}

/// Turns rows into record batches, and remembers the shapes that it has seen.
///
/// Each thread has its own; what comes out does not depend on which one a batch went to.
#[derive(Debug)]
pub struct Shredder {
    rules: Arc<NormalizeRules>,
    shapes: HashMap<String, ShapeCache>,
    batch: u64,
}

impl Shredder {
    /// A shredder for the package of `rules`.
    pub fn new(rules: Arc<NormalizeRules>) -> Self {
        Shredder { rules, shapes: HashMap::new(), batch: 0 }
    }

    /// Shreds rows of the root table `table`, which has a normalised name, against `schema`.
    ///
    /// # Errors
    ///
    /// Where a row lacks a value that it must have, has one that no column can hold, or would change what a schema
    /// contract freezes.
    pub fn shred(&mut self, schema: &Schema, table: &str, rows: &[PageRows<'_>]) -> Result<ShredResult, NormalizeError> {
        // Nothing is too much.
        Ok(self.shred_with_limit(schema, table, rows, usize::MAX)?.unwrap_or_default())
    }

    /// Shreds rows as [`shred`](Self::shred) does, if they take no more than about `max_bytes` of memory on the way, as cells
    /// and arrays; nothing if they would: a few bytes of JSON can become many rows, and rows with many different keys
    /// become columns that are long and empty.
    ///
    /// # Errors
    ///
    /// Those of [`shred`](Self::shred).
    pub fn shred_with_limit(
        &mut self,
        schema: &Schema,
        table: &str,
        rows: &[PageRows<'_>],
        max_bytes: usize,
    ) -> Result<Option<ShredResult>, NormalizeError> {
        let rows: Vec<SourceRow<'_>> = rows.iter().flat_map(PageRows::iter).collect();
        self.shred_in_order(schema, table, &rows, max_bytes)
    }

    /// Shreds rows part by part, each of which takes no more than about `max_bytes` of memory on the way. `hand_out` takes
    /// each part, adds its delta to the schema, and returns that for the next one. A row whose lists take more is shredded in
    /// parts too.
    ///
    /// # Errors
    ///
    /// Those of [`shred`](Self::shred), and those of `hand_out`. The parts before were handed out then.
    pub fn shred_in_parts<E: From<NormalizeError>>(
        &mut self,
        mut schema: Arc<Schema>,
        table: &str,
        rows: &[PageRows<'_>],
        max_bytes: usize,
        mut hand_out: impl FnMut(ShredResult) -> Result<Arc<Schema>, E>,
    ) -> Result<(), E> {
        let rows: Vec<SourceRow<'_>> = rows.iter().flat_map(PageRows::iter).collect();
        let (mut rest, mut size) = (&rows[..], rows.len());
        while let Some(first) = rest.first() {
            let part = rest.get(..size).unwrap_or(rest);
            match self.shred_in_order(&schema, table, part, max_bytes)? {
                Some(shredded) => {
                    schema = hand_out(shredded)?;
                    rest = rest.get(part.len()..).unwrap_or_default();
                }
                None if part.len() > 1 => size = part.len() / 2,
                None => {
                    schema = self.shred_row_in_parts(schema, table, first, max_bytes, &mut hand_out)?;
                    rest = rest.get(1..).unwrap_or_default();
                }
            }
        }
        Ok(())
    }

    /// Shreds rows together, where what comes out is that of rows one by one. Where it may not be, as some are left out
    /// or are at fault, in halves one after the other.
    fn shred_in_order(
        &mut self,
        schema: &Schema,
        table: &str,
        rows: &[SourceRow<'_>],
        max_bytes: usize,
    ) -> Result<Option<ShredResult>, NormalizeError> {
        let result = self.shred_batch(schema, table, rows, max_bytes);
        let is_final = |result: &Option<BatchResult>| result.as_ref().is_none_or(|result| !result.depends_on_order);
        if rows.len() < 2 || result.as_ref().is_ok_and(is_final) {
            return result.map(|result| result.map(BatchResult::shredded));
        }
        let (first, second) = rows.split_at(rows.len() / 2);
        let Some(first) = self.shred_in_order(schema, table, first, max_bytes)? else { return Ok(None) };
        let mut grown = Cow::Borrowed(schema);
        if !first.delta.is_empty() {
            grown.to_mut().apply(&first.delta);
        }
        let Some(second) = self.shred_in_order(&grown, table, second, max_bytes)? else { return Ok(None) };
        first.concat(second, schema, &grown).map(Some)
    }

    /// Nothing where the rows take more than `max_bytes`.
    fn shred_batch(
        &mut self,
        schema: &Schema,
        table: &str,
        rows: &[SourceRow<'_>],
        max_bytes: usize,
    ) -> Result<Option<BatchResult>, NormalizeError> {
        let (rules, batch, shapes) = self.begin(table, max_bytes);
        let mut walk = RowWalker::new(shapes, schema, table, rules, batch).with_memory_limit(max_bytes, None);
        for row in rows {
            walk.root_row(row);
            if walk.is_stopped() {
                return Ok(None);
            }
        }
        let walked = walk.finish()?;
        let mut result = BatchResult::default();
        let assembly = TableAssembler { shapes, schema, rules };
        assembly.tables(walked, &mut result)?;
        assembly.quarantine(&mut result)?;
        Ok(Some(result))
    }

    /// Shreds one row, handing out what is complete whenever there is enough of it.
    fn shred_row_in_parts<E: From<NormalizeError>>(
        &mut self,
        schema: Arc<Schema>,
        table: &str,
        row: &SourceRow<'_>,
        max_bytes: usize,
        hand_out: &mut impl FnMut(ShredResult) -> Result<Arc<Schema>, E>,
    ) -> Result<Arc<Schema>, E> {
        // The keys that it may bring are counted anew.
        self.shapes.remove(table);
        let (rules, batch, shapes) = self.begin(table, max_bytes);
        let (mut grown, mut next, mut failed) = (Arc::clone(&schema), BatchResult::default(), None);
        let mut part = |shapes: &ShapeCache, walked: WalkResult<'_>, is_last: bool| -> Result<(), E> {
            let mut result = std::mem::take(&mut next);
            let assembly = TableAssembler { shapes, schema: &grown, rules };
            assembly.tables(walked, &mut result)?;
            next = result.start_next_part(is_last);
            assembly.quarantine(&mut result)?;
            grown = hand_out(result.shredded())?;
            Ok(())
        };
        let mut complete = |shapes: &ShapeCache, walked: WalkResult<'_>| match part(shapes, walked, false) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        };
        let mut walk = RowWalker::new(shapes, &schema, table, rules, batch).with_memory_limit(max_bytes, Some(&mut complete));
        walk.root_row(row);
        let walked = walk.finish();
        match failed {
            Some(error) => return Err(error),
            None if shapes.is_full() => {
                let row = usize::try_from(row.row).map_or(0, |row| row + 1);
                return Err(NormalizeError::TooManyKeys { table: table.to_owned(), row, limit: max_keys(max_bytes) }.into());
            }
            None => part(shapes, walked?, true)?,
        }
        Ok(grown)
    }

    /// What a batch begins with: the rules, its number, and the shapes, which take in keys that fit into `max_bytes`.
    fn begin(&mut self, table: &str, max_bytes: usize) -> (&NormalizeRules, u64, &mut ShapeCache) {
        self.batch += 1;
        let max_length = self.rules.options.max_identifier_length;
        let new = || ShapeCache::new(table, max_length);
        let shapes = self.shapes.entry(table.to_owned()).or_insert_with(new);
        if shapes.keys() > MAX_REMEMBERED_KEYS {
            *shapes = new();
        }
        shapes.limit_keys(shapes.keys().saturating_add(max_keys(max_bytes)));
        (&self.rules, self.batch, shapes)
    }
}
