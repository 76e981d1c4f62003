//! Packages of three tables.

use std::sync::Arc;

use catchment_json::{Object, Value};
use catchment_load::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use catchment_load_package::{PackageFooter, PackageHeader, PackageStore, RefreshTables, SealedPackage, WriterOptions};
use catchment_schema::{
    Column, DLT_ID_COLUMN, DLT_LOAD_ID_COLUMN, DataType, Schema, SchemaDelta, TableDelta, TableHints, WriteDisposition,
    system_column,
};
use catchment_state::State;
use tempfile::TempDir;

/// The tables of a package, each with a part of its rows.
pub(crate) const TABLES: [&str; 3] = ["customers", "items", "orders"];

/// The number of rows of a batch.
const BATCH: usize = 10_000;

/// A package in a temporary folder.
pub(crate) struct Package {
    pub(crate) sealed: Arc<SealedPackage>,
    // Deleted on drop.
    _folder: TempDir,
}

impl Package {
    /// Creates a package of a pipeline with `rows` rows, divided among [`TABLES`].
    pub(crate) fn new(pipeline: &str, rows: usize) -> Package {
        let [first, second, third] = TABLES.map(str::to_owned);
        Package::of_tables(pipeline, &[(first, rows / 4), (second, rows / 4), (third, rows - rows / 4 * 2)])
    }

    /// Creates a package of a pipeline with these tables and numbers of rows.
    pub(crate) fn of_tables(pipeline: &str, tables: &[(String, usize)]) -> Package {
        let number = pipeline.bytes().map(i64::from).sum::<i64>();
        Package::of_tables_at(pipeline, 1_704_067_200 + number, tables)
    }

    /// Creates a package at a time in seconds since 1970.
    pub(crate) fn of_tables_at(pipeline: &str, seconds: i64, tables: &[(String, usize)]) -> Package {
        let folder = tempfile::tempdir().unwrap();
        let store = PackageStore::open(folder.path()).unwrap();
        let created_at = seconds * 1_000_000;
        let load_id = format!("{}.000000", created_at / 1_000_000);
        let base_state = State::new(pipeline, "d", "dlt.destinations.bigquery");
        let mut state = base_state.clone();
        let mut schema = Schema::new(pipeline);
        let resources = tables.iter().map(|(table, _)| (table.clone(), table.clone())).collect();
        for (table, _) in tables {
            let hints = TableHints { write_disposition: WriteDisposition::Append, ..TableHints::default() };
            schema.declare(table, table, &hints).unwrap();
            let columns = vec![
                Column::new("id", DataType::Bigint),
                Column::new("note", DataType::Text),
                system_column(DLT_LOAD_ID_COLUMN),
                system_column(DLT_ID_COLUMN),
            ];
            schema.apply(&SchemaDelta::from(TableDelta::root(table, columns)));
            schema.tables.get_mut(table).unwrap().set_seen_data();
            state.set_resource(pipeline, table, Some(Object::from_iter([("at".to_owned(), Value::from(1))])));
        }
        schema.update_version();
        state.add_schema(pipeline);
        state.update_version();
        let header = PackageHeader {
            load_id: load_id.clone(),
            created_at,
            dataset: "d".to_owned(),
            source: pipeline.to_owned(),
            resources,
            base_state,
            fingerprint: String::new(),
            base_schema: None,
            refresh: RefreshTables::default(),
        };
        let mut writer = store.create_package(header, WriterOptions { buffer_max_bytes: 4 << 20 }).unwrap();
        for (table, rows) in tables {
            let mut first = 0;
            while first < *rows {
                let size = BATCH.min(rows - first);
                writer.append(table, batch(&load_id, first, size)).unwrap();
                first += size;
            }
        }
        let footer = PackageFooter { schema, state, findings: Value::Null };
        Package { sealed: Arc::new(writer.seal(footer).unwrap()), _folder: folder }
    }

    pub(crate) fn load_id(&self) -> &str {
        &self.sealed.header().load_id
    }

    /// Returns the number of rows of a table.
    pub(crate) fn rows(&self, table: &str) -> usize {
        self.sealed.segments().iter().filter(|segment| segment.table == table).map(|segment| segment.rows as usize).sum()
    }
}

fn batch(load_id: &str, first: usize, size: usize) -> RecordBatch {
    let numbers = || first..first + size;
    let texts = |text: &dyn Fn(usize) -> String| Arc::new(numbers().map(|n| Some(text(n))).collect::<StringArray>()) as ArrayRef;
    RecordBatch::try_from_iter_with_nullable([
        ("id", Arc::new(numbers().map(|n| n as i64).collect::<Int64Array>()) as ArrayRef, true),
        ("note", texts(&note), true),
        (DLT_LOAD_ID_COLUMN, texts(&|_| load_id.to_owned()), true),
        (DLT_ID_COLUMN, texts(&|n| format!("row-{n}")), true),
    ])
    .unwrap()
}

/// Returns a text that can hardly be compressed.
fn note(number: usize) -> String {
    let mut seed = number as u64 + 1;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"[(seed >> 58) as usize])
    };
    (0..160).map(|_| next()).collect()
}
