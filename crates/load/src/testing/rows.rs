//! Flattening of nested rows into records of a root table and its child tables.

use catchment_json::{Object, Value};
use catchment_schema::{
    DLT_ID_COLUMN, DLT_LIST_IDX_COLUMN, DLT_LOAD_ID_COLUMN, DLT_PARENT_ID_COLUMN, DLT_ROOT_ID_COLUMN, DataType, MergeStrategy,
    Schema, WriteDisposition, short_hash,
};

/// The records of one table.
#[derive(Debug, Default)]
pub(super) struct Records {
    pub(super) parent: Option<String>,
    /// The cells of each record by column, including system columns.
    pub(super) cells: Vec<Object>,
    /// The number of the root row of each record.
    pub(super) root_rows: Vec<i128>,
}

/// Flattens rows of one root table: a list becomes a child table, any other value a cell. List elements that are not objects
/// go to the column `value`.
pub(super) struct RowFlattener<'s> {
    schema: &'s Schema,
    root: &'s str,
    load_id: &'s str,
    ids: RootIdStrategy<'s>,
    propagates_root_id: bool,
    /// The tables in the order of their first records.
    tables: Vec<(String, Records)>,
}

/// The ids of root rows.
enum RootIdStrategy<'s> {
    /// Unique ids.
    Unique,
    /// Ids derived from the key columns.
    OfKey(Vec<&'s str>),
    /// Ids derived from the whole row.
    OfRow,
}

/// The row that a list belongs to.
#[derive(Clone, Copy)]
struct ParentRef<'r> {
    table: &'r str,
    id: &'r str,
    root_id: &'r str,
    root_row: i128,
}

impl<'s> RowFlattener<'s> {
    pub(super) fn new(schema: &'s Schema, root: &'s str, load_id: &'s str) -> RowFlattener<'s> {
        let table = schema.tables.get(root);
        let merged = table.filter(|table| table.write_disposition == Some(WriteDisposition::Merge));
        let ids = match merged.map(|table| (table, table.merge_strategy())) {
            Some((table, Ok(MergeStrategy::Upsert | MergeStrategy::InsertOnly))) => {
                RootIdStrategy::OfKey(table.columns_with("primary_key"))
            }
            Some((table, Ok(MergeStrategy::Scd2))) if table.row_version() == DLT_ID_COLUMN => RootIdStrategy::OfRow,
            _ => RootIdStrategy::Unique,
        };
        RowFlattener { schema, root, load_id, ids, propagates_root_id: schema.propagates_root_id(root), tables: Vec::new() }
    }

    /// Adds the root row `number` of the package.
    pub(super) fn add(&mut self, row: &Value, number: i128) {
        let id = match &self.ids {
            RootIdStrategy::Unique => format!("{}/{number}", self.load_id),
            RootIdStrategy::OfRow => short_hash::<10>(&row.to_string()),
            RootIdStrategy::OfKey(key) => {
                let values = key.iter().map(|name| row.get(name).unwrap_or(&Value::Null).to_string());
                format!("k:{}", values.collect::<Vec<_>>().join(","))
            }
        };
        let (table, load_id) = (self.root.to_owned(), Value::from(self.load_id));
        let at = ParentRef { table: &table, id: &id, root_id: &id, root_row: number };
        self.record(at, None, row, [(DLT_LOAD_ID_COLUMN, load_id)]);
    }

    /// Returns the records of each table, in the order of the first records.
    pub(super) fn into_tables(self) -> Vec<(String, Records)> {
        self.tables
    }

    /// Adds the record `at` to its table, and the records of its lists.
    fn record<const N: usize>(&mut self, at: ParentRef<'_>, parent: Option<&str>, row: &Value, links: [(&str, Value); N]) {
        let (mut cells, mut lists) = (Object::new(), Vec::new());
        match row {
            Value::Object(entries) => {
                for (key, value) in entries {
                    match value {
                        Value::Array(elements) if !self.is_json(at.table, key) => lists.push((key, elements)),
                        _ => drop(cells.insert(key.clone(), value.clone())),
                    }
                }
            }
            _ => drop(cells.insert("value".to_owned(), row.clone())),
        }
        cells.extend(links.map(|(name, value)| (name.to_owned(), value)));
        cells.insert(DLT_ID_COLUMN.to_owned(), Value::from(at.id));
        if !self.tables.iter().any(|(table, _)| table == at.table) {
            let records = Records { parent: parent.map(str::to_owned), ..Records::default() };
            self.tables.push((at.table.to_owned(), records));
        }
        if let Some((_, records)) = self.tables.iter_mut().find(|(table, _)| table == at.table) {
            records.cells.push(cells);
            records.root_rows.push(at.root_row);
        }
        for (key, elements) in lists {
            let table = format!("{}__{key}", at.table);
            for (index, element) in (0_i64..).zip(elements) {
                self.child(&table, at, index, element);
            }
        }
    }

    fn child(&mut self, table: &str, above: ParentRef<'_>, index: i64, element: &Value) {
        let id = short_hash::<10>(&format!("{}_{table}_{index}", above.id));
        let links = [(DLT_PARENT_ID_COLUMN, Value::from(above.id)), (DLT_LIST_IDX_COLUMN, Value::from(index))];
        let at = ParentRef { table, id: &id, ..above };
        if self.propagates_root_id {
            let [parent, index] = links;
            self.record(at, Some(above.table), element, [(DLT_ROOT_ID_COLUMN, Value::from(above.root_id)), parent, index]);
        } else {
            self.record(at, Some(above.table), element, links);
        }
    }

    /// Returns true if the column of `key` is JSON, so that lists in it are not flattened.
    fn is_json(&self, table: &str, key: &str) -> bool {
        let column = self.schema.tables.get(table).and_then(|table| table.columns.get(key));
        column.is_some_and(|column| column.data_type == Some(DataType::Json))
    }
}
