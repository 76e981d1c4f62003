//! Traversal of rows: scalars become cells of columns, lists become rows of child tables.

mod fields;
mod row_kind;
mod row_origin;
mod shared_columns;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use catchment_json::{Node, NodeKind};
use catchment_schema::{DataType, Schema};

use crate::NormalizeError;
use crate::cells::TableCells;
use crate::ids::{RootIds, child_id};
use crate::rules::NormalizeRules;
use crate::shape::{KeyIndex, ROW, ShapeCache};
use crate::shred::SourceRow;
use row_kind::RowKind;
use row_origin::{ParentRow, RowOrigin};

/// Collects the rows of a batch by table.
pub(crate) struct RowWalker<'s, 'd> {
    shapes: &'s mut ShapeCache,
    walked: WalkResult<'d>,
    schema: &'s Schema,
    rules: &'s NormalizeRules,
    batch: u64,
    root_ids: RootIds,
    max_nesting: i64,
    with_root_ids: bool,
    has_json_columns: bool,
    /// The kind of the rows of each table, by table index.
    kinds: Vec<Option<RowKind>>,
    /// Objects of the current row that are not flattened yet.
    objects: Vec<DeferredValue<'d>>,
    /// Lists to process when their row is complete.
    lists: Vec<DeferredValue<'d>>,
    /// The index of the first list of the current row.
    first_list: usize,
    /// The index of the first null of the current row.
    first_null: usize,
    /// The `_dlt_id` in the data of the current row.
    given_id: Option<Node<'d>>,
    /// The page of the current source row.
    ordinal: u64,
    /// The position of the current source row in its page.
    source_row: u64,
    /// The number of root rows from the current source row so far.
    roots: u32,
    object_number: u64,
    error: Option<NormalizeError>,
    /// The memory limit of the rows, in bytes.
    max_bytes: usize,
    /// The number of rows between two memory measurements.
    measured_rows: usize,
    /// The number of rows since the last measurement.
    unmeasured: usize,
    /// Receives the complete rows when they reach the memory limit.
    hand_out: Option<RowSink<'s, 'd>>,
    /// Whether the walk ended early.
    is_stopped: bool,
}

/// Memory is measured after one row for each of these bytes of the limit, but at least every [`MAX_UNMEASURED_ROWS`] rows.
const BYTES_BETWEEN_MEASURES: usize = 64 << 10;
const MAX_UNMEASURED_ROWS: usize = 64;

/// A callback that receives complete rows. It returns `Break` to end the walk.
pub(crate) type RowSink<'s, 'd> = &'s mut (dyn FnMut(&ShapeCache, WalkResult<'d>) -> ControlFlow<()> + 's);

/// The collected rows.
#[derive(Default)]
pub(crate) struct WalkResult<'d> {
    /// The cells by table index.
    pub(crate) tables: Vec<TableCells<'d>>,
    /// The tables with rows, in the order of their first row.
    pub(crate) order: Vec<usize>,
    /// Keys renamed because another key of the same row has their name.
    pub(crate) renamed: Vec<KeyIndex>,
    /// Keys with null.
    pub(crate) nulls: Vec<KeyIndex>,
    /// The tables of lists that contain null.
    pub(crate) null_elements: BTreeSet<usize>,
}

/// An object or list to process later. `target` is its object shape or table.
#[derive(Clone, Copy)]
struct DeferredValue<'d> {
    at: KeyIndex,
    node: Node<'d>,
    target: usize,
    level: i64,
}

impl<'s, 'd> RowWalker<'s, 'd> {
    pub(crate) fn new(shapes: &'s mut ShapeCache, schema: &'s Schema, root: &str, rules: &'s NormalizeRules, batch: u64) -> Self {
        let is_json = |data_type| data_type == Some(DataType::Json);
        RowWalker {
            shapes,
            walked: WalkResult::default(),
            schema,
            rules,
            batch,
            root_ids: RootIds::from_schema(schema, root),
            max_nesting: schema.max_nesting(root),
            with_root_ids: schema.propagates_root_id(root),
            has_json_columns: rules.prefers_json()
                || schema.table_tree(root).iter().any(|t| t.columns.values().any(|c| is_json(c.data_type))),
            kinds: Vec::new(),
            objects: Vec::new(),
            lists: Vec::new(),
            first_list: 0,
            first_null: 0,
            given_id: None,
            ordinal: 0,
            source_row: 0,
            roots: 0,
            object_number: 0,
            error: None,
            max_bytes: usize::MAX,
            measured_rows: usize::MAX,
            unmeasured: 0,
            hand_out: None,
            is_stopped: false,
        }
    }

    /// Sets the memory limit. When the rows exceed it, the complete rows are passed to `hand_out`, or the walk stops if
    /// there is no `hand_out`. The limit is checked between any two rows, including rows of lists.
    pub(crate) fn with_memory_limit(mut self, max_bytes: usize, hand_out: Option<RowSink<'s, 'd>>) -> Self {
        (self.max_bytes, self.hand_out) = (max_bytes, hand_out);
        self.measured_rows = (max_bytes / BYTES_BETWEEN_MEASURES).clamp(1, MAX_UNMEASURED_ROWS);
        self
    }

    /// Returns true if the walk ended before all rows were collected.
    pub(crate) fn is_stopped(&self) -> bool {
        self.is_stopped || self.shapes.is_full()
    }

    /// Collects a source row. Null is ignored.
    pub(crate) fn root_row(&mut self, row: &SourceRow<'d>) {
        if row.node.kind() != NodeKind::Null {
            (self.ordinal, self.source_row) = (row.ordinal, row.row);
            self.roots = 0;
            self.row(0, row.node, "value", RowOrigin::Root, self.max_nesting);
            self.enforce_limit();
        }
    }

    /// Returns the collected rows, or the first error.
    pub(crate) fn finish(self) -> Result<WalkResult<'d>, NormalizeError> {
        self.error.map_or(Ok(self.walked), Err)
    }

    /// Collects a row and the rows of its lists. A value that is not an object is treated as an object with the key `key`.
    fn row(&mut self, table: usize, node: Node<'d>, key: &str, origin: RowOrigin<'_>, level: i64) {
        if self.cells(table).rows == 0 {
            self.walked.order.push(table);
            self.cells(table).known_columns = self.schema_column_count(table);
        }
        let source_row = self.source_row;
        self.cells(table).begin_row(node, source_row);
        let outer = std::mem::replace(&mut self.first_list, self.lists.len());
        self.given_id = None;
        match node.kind() {
            NodeKind::Object => self.flatten(table, node, level),
            NodeKind::Array if level > 0 => {
                if let Some(target) = self.shapes.child(table, key) {
                    let at = KeyIndex { table, object: ROW, key: usize::MAX };
                    self.lists.push(DeferredValue { at, node, target, level });
                }
            }
            NodeKind::Null => {
                self.walked.null_elements.insert(table);
            }
            _ => {
                if let Some(column) = self.shapes.named_column(table, key) {
                    self.cells(table).set(column, node);
                }
            }
        }
        let id = self.id(table, node, origin);
        let RowKind { is_linked, is_merged } = self.kind(table);
        let above = match origin {
            RowOrigin::List { above: ParentRow { root_id, root_row, .. }, .. } if is_linked => {
                ParentRow { id: &id, root_id, root_row }
            }
            _ => ParentRow { id: &id, root_id: &id, root_row: is_merged.then(|| self.root_number()) },
        };
        self.set_system_columns(table, above, origin, is_linked);
        let (first_list, last_list) = (self.first_list, self.lists.len());
        for at in first_list..last_list {
            if let Some(list) = self.lists.get(at).copied() {
                self.list(list, above);
            }
        }
        self.lists.truncate(first_list);
        self.first_list = outer;
    }

    fn id(&mut self, table: usize, node: Node<'d>, origin: RowOrigin<'_>) -> String {
        let given = self.given_id.and_then(Node::as_str).filter(|id| !id.is_empty());
        match (given, origin) {
            (Some(given), _) => given.into_owned(),
            (None, RowOrigin::List { above, index }) => {
                let name = self.shapes.tables.get(table).map_or("", |table| &table.name);
                child_id(above.id, name, index)
            }
            (None, RowOrigin::Root) => {
                let shape = self.shapes.tables.get(table);
                let cells = self.walked.tables.get(table);
                let value = |column: &str| cells?.current(shape?.column_index(column)?);
                match self.root_ids.id(self.rules.seed, (self.ordinal, self.source_row), node, value) {
                    Ok(id) => id,
                    Err(column) => {
                        let table = shape.map(|shape| shape.name.to_string()).unwrap_or_default();
                        let row = usize::try_from(self.source_row).map_or(0, |row| row + 1);
                        self.error.get_or_insert(NormalizeError::no_key(table, column, row));
                        String::new()
                    }
                }
            }
        }
    }

    /// Returns the ascending number of the next root row: 40 bits for the page, 28 for the source row and 28 for the root
    /// row in it. This fits into [`ROOT_ROW_PRECISION`](catchment_schema::ROOT_ROW_PRECISION) digits.
    fn root_number(&mut self) -> i128 {
        let number = (i128::from(self.ordinal) << 56) | (i128::from(self.source_row) << 28) | i128::from(self.roots);
        self.roots += 1;
        number
    }

    /// Sets the system columns of the current row `own`.
    fn set_system_columns(&mut self, table: usize, own: ParentRow<'_>, origin: RowOrigin<'_>, is_linked: bool) {
        let with_root_ids = self.with_root_ids;
        let cells = self.cells(table);
        cells.ids.push(own.id);
        if let RowOrigin::List { above, index } = origin
            && is_linked
        {
            cells.parent_ids.push(above.id);
            cells.list_indices.push(index);
            if with_root_ids {
                cells.root_ids.push(own.root_id);
            }
        }
        cells.root_rows.extend(own.root_row);
    }

    /// Collects the elements of a list as rows. A nested list becomes a row that contains the list.
    fn list(&mut self, list: DeferredValue<'d>, above: ParentRow<'_>) {
        let level = list.level - 1;
        for (index, element) in (0..).zip(list.node.elements()) {
            if self.is_stopped() {
                return;
            }
            let origin = RowOrigin::List { above, index };
            let (key, level) = if element.kind() == NodeKind::Array { ("list", level - 1) } else { ("value", level) };
            self.row(list.target, element, key, origin, level);
            self.enforce_limit();
        }
    }

    /// Counts a row and, if a measurement is due, enforces the memory limit.
    #[inline]
    fn enforce_limit(&mut self) {
        self.unmeasured += 1;
        if self.unmeasured >= self.measured_rows {
            self.unmeasured = 0;
            if self.walked.tables.iter().map(TableCells::memory).sum::<usize>() > self.max_bytes {
                self.flush();
            }
        }
    }

    #[cold]
    fn flush(&mut self) {
        match &mut self.hand_out {
            Some(hand_out) => {
                let complete = std::mem::take(&mut self.walked);
                self.is_stopped = hand_out(self.shapes, complete).is_break();
            }
            None => self.is_stopped = true,
        }
    }

    /// Returns the number of columns of a table in the schema.
    fn schema_column_count(&self, table: usize) -> usize {
        let shape = self.shapes.tables.get(table);
        shape.and_then(|shape| self.schema.tables.get(&*shape.name)).map_or(0, |known| known.columns.len())
    }

    fn cells(&mut self, table: usize) -> &mut TableCells<'d> {
        if self.walked.tables.len() <= table {
            self.walked.tables.resize_with(table + 1, TableCells::default);
        }
        &mut self.walked.tables[table]
    }
}
