//! Rows with lists, as records of a root table and of tables below it.

use catchment_json::{Object, Value};
use catchment_schema::{
    DLT_ID_COLUMN, DLT_LIST_IDX_COLUMN, DLT_LOAD_ID_COLUMN, DLT_PARENT_ID_COLUMN, DLT_ROOT_ID_COLUMN, DataType, MergeStrategy,
    Schema, WriteDisposition, short_hash,
};

/// Records of one table.
#[derive(Debug, Default)]
pub(super) struct Records {
    pub(super) parent: Option<String>,
    /// The cells of each record by column, those of the system included.
    pub(super) cells: Vec<Object>,
    /// The number of the root row of each.
    pub(super) root_rows: Vec<i128>,
}

/// Takes rows of one root table apart: a list under a key is a table of its own, anything else a cell. Elements of a list
/// that are no objects stand in the column `value`.
pub(super) struct RowFlattener<'s> {
    schema: &'s Schema,
    root: &'s str,
    load_id: &'s str,
    ids: RootIdStrategy<'s>,
    propagates_root_id: bool,
    /// In the order of their first records.
    tables: Vec<(String, Records)>,
}

/// How root rows get their ids.
enum RootIdStrategy<'s> {
    /// No two have the same.
    Unique,
    /// Rows with equal keys have the same.
    OfKey(Vec<&'s str>),
    /// Equal rows have the same.
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

    /// Adds a row, which is number `number` of its package.
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
        let above = ParentRef { table: &table, id: &id, root_id: &id, root_row: number };
        self.record(above, None, row, [(DLT_LOAD_ID_COLUMN, load_id)]);
    }

    /// The records of each table, in the order of the first ones.
    pub(super) fn into_tables(self) -> Vec<(String, Records)> {
        self.tables
    }

    /// Adds a record of the table of `at`, which is the row itself, and those of its lists.
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
            let [parent, place] = links;
            self.record(at, Some(above.table), element, [(DLT_ROOT_ID_COLUMN, Value::from(above.root_id)), parent, place]);
        } else {
            self.record(at, Some(above.table), element, links);
        }
    }

    /// Whether lists under that key stay as they are.
    fn is_json(&self, table: &str, key: &str) -> bool {
        let column = self.schema.tables.get(table).and_then(|table| table.columns.get(key));
        column.is_some_and(|column| column.data_type == Some(DataType::Json))
    }
}
