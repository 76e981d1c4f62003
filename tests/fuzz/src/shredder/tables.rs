//! Conversion of record batches to comparable rows.

use std::collections::BTreeMap;

use arrow::array::Array as _;
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::record_batch::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use catchment_normalize::TableBatch;
use catchment_schema::{Column, ROOT_ROW_COLUMN, ROOT_ROW_PRECISION, Schema, arrow_type};

/// The batches of each table, in order.
#[derive(Default)]
pub(super) struct Tables(BTreeMap<String, Vec<RecordBatch>>);

/// The values of a row by column, without nulls.
pub(super) type Row = BTreeMap<String, String>;

impl Tables {
    pub(super) fn add(&mut self, batches: Vec<TableBatch>) {
        for TableBatch { table, batch } in batches {
            self.0.entry(table).or_default().push(batch);
        }
    }

    /// Returns all rows, cast to the types of the final schema as a destination does.
    pub(super) fn cast(&self, schema: &Schema) -> BTreeMap<&str, Vec<Row>> {
        let rows_of = |(table, batches): (&String, &Vec<RecordBatch>)| {
            let columns = schema.tables.get(table).map(|table| &table.columns).expect("the schema has each table of a batch");
            let type_of = |column: &str| {
                // exists only in packages, not in the schema
                if column == ROOT_ROW_COLUMN {
                    return DataType::Decimal128(ROOT_ROW_PRECISION, 0);
                }
                let column_type = columns.get(column).and_then(Column::column_type);
                arrow_type(column_type.expect("the schema has each column of a batch"))
            };
            batches.iter().flat_map(|batch| rows(batch, type_of)).collect()
        };
        self.0.iter().map(|entry| (entry.0.as_str(), rows_of(entry))).collect()
    }
}

fn rows(batch: &RecordBatch, type_of: impl Fn(&str) -> DataType) -> Vec<Row> {
    let mut rows = vec![Row::new(); batch.num_rows()];
    for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
        let array = cast(array, &type_of(field.name())).expect("a wider type accepts all values");
        // formatting timestamps with a time zone requires time zone rules, even for UTC
        let array = match array.data_type() {
            DataType::Timestamp(_, Some(_)) => cast(&array, &DataType::Int64).expect("timestamps are integers"),
            _ => array,
        };
        let formatter = ArrayFormatter::try_new(&array, &FormatOptions::default()).expect("values can be formatted");
        for (index, row) in rows.iter_mut().enumerate().filter(|(index, _)| array.is_valid(*index)) {
            row.insert(field.name().clone(), formatter.value(index).to_string());
        }
    }
    rows
}
