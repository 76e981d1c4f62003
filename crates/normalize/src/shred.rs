//! Conversion of rows to record batches.

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

/// The number of keys above which the shape cache of a table is reset. Sources with data as keys bring ever more of them.
const MAX_REMEMBERED_KEYS: usize = 20_000;

/// The approximate memory of a cached key, in bytes.
const KEY_BYTES: usize = 400;

/// The number of new keys that any batch may add, independent of its memory limit.
const MIN_KEYS: usize = 1000;

/// Returns the number of new keys that a batch with a limit of `max_bytes` may add.
fn max_keys(max_bytes: usize) -> usize {
    (max_bytes / KEY_BYTES).max(MIN_KEYS)
}

/// The rows of a page, or a range of them.
#[derive(Debug, Clone)]
pub struct PageRows<'d> {
    selection: &'d Selection,
    ordinal: u64,
    range: Range<usize>,
}

impl<'d> PageRows<'d> {
    /// Creates the rows of a page. Null rows are ignored. `ordinal` is the page number, which must be unique in the package
    /// because row ids are derived from it.
    pub fn new(selection: &'d Selection, ordinal: u64) -> PageRows<'d> {
        PageRows { selection, ordinal, range: 0..selection.ids.len() }
    }

    /// Sets the range of rows, counted from 0 in the selection.
    #[must_use]
    pub fn slice(self, range: Range<usize>) -> PageRows<'d> {
        PageRows { range, ..self }
    }

    fn iter(&self) -> impl Iterator<Item = SourceRow<'d>> {
        let (document, ordinal, first) = (&self.selection.document, self.ordinal, self.range.start);
        let ids = self.selection.ids.get(self.range.clone()).unwrap_or_default();
        (first as u64..).zip(ids).map(move |(row, id)| SourceRow { ordinal, row, node: document.node(*id) })
    }
}

/// A source row and its position.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SourceRow<'d> {
    /// The page number.
    pub(crate) ordinal: u64,
    /// The position in the page, from 0.
    pub(crate) row: u64,
    pub(crate) node: Node<'d>,
}

/// Rows of a table as a record batch.
#[derive(Debug, Clone)]
pub struct TableBatch {
    /// The table name.
    pub table: String,
    /// The rows, with all columns of the schema snapshot and the columns that the rows added.
    pub batch: RecordBatch,
}

/// The result of shredding a batch of rows.
#[derive(Debug, Clone, Default)]
pub struct ShredResult {
    /// The schema changes that the batches require.
    pub delta: SchemaDelta,
    /// The record batches, parent tables before child tables. A table has several if its rows were shredded separately.
    pub batches: Vec<TableBatch>,
    /// Findings to report to the user.
    pub findings: NormalizeFindings,
    /// The tables, as in the schema, against which values were moved to variant columns or rows were rejected. If such a
    /// table has changed, the batch must be shredded again.
    pub(crate) depends_on_tables: Vec<(String, Option<Table>)>,
}

/// Converts rows to record batches and caches the shapes of their objects.
///
/// Each thread uses its own shredder. The result does not depend on which shredder handles a batch.
#[derive(Debug)]
pub struct Shredder {
    rules: Arc<NormalizeRules>,
    shapes: HashMap<String, ShapeCache>,
    batch: u64,
}

impl Shredder {
    /// Creates a shredder for the package of `rules`.
    pub fn new(rules: Arc<NormalizeRules>) -> Self {
        Shredder { rules, shapes: HashMap::new(), batch: 0 }
    }

    /// Shreds rows of the root table `table`, a normalized name, against `schema`.
    ///
    /// # Errors
    ///
    /// Returns an error if a row has no value for a NOT NULL column, has a value that fits no column, or violates a frozen
    /// schema contract.
    pub fn shred(&mut self, schema: &Schema, table: &str, rows: &[PageRows<'_>]) -> Result<ShredResult, NormalizeError> {
        // Without a memory limit the result is never `None`.
        Ok(self.shred_with_limit(schema, table, rows, usize::MAX)?.unwrap_or_default())
    }

    /// Shreds rows like [`shred`](Self::shred), or returns `None` if their cells and arrays would use more than about
    /// `max_bytes` of memory. A few bytes of JSON can become many rows, and rows with many distinct keys become long columns
    /// of nulls.
    ///
    /// # Errors
    ///
    /// Returns an error under the conditions of [`shred`](Self::shred).
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

    /// Shreds rows in parts that each use at most about `max_bytes` of memory. `hand_out` receives each part, applies its
    /// delta to the schema and returns the schema for the next part. A row with long lists is itself split into parts.
    ///
    /// # Errors
    ///
    /// Returns an error under the conditions of [`shred`](Self::shred), or if `hand_out` does. `hand_out` has already
    /// received the preceding parts.
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

    /// Shreds rows as one batch if the result equals that of shredding them one by one. Otherwise, for example if rows are
    /// rejected or invalid, shreds the first and then the second half.
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

    /// Shreds rows as one batch, or returns `None` if they use more than `max_bytes` of memory.
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

    /// Shreds one row, passing a part to `hand_out` whenever the memory limit is reached.
    fn shred_row_in_parts<E: From<NormalizeError>>(
        &mut self,
        schema: Arc<Schema>,
        table: &str,
        row: &SourceRow<'_>,
        max_bytes: usize,
        hand_out: &mut impl FnMut(ShredResult) -> Result<Arc<Schema>, E>,
    ) -> Result<Arc<Schema>, E> {
        // Resets the cache, so that the row may use the complete key limit.
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

    /// Starts a batch. Returns the rules, the batch number and the shape cache, with a key limit for `max_bytes`.
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
