//! Rows of queries as Arrow record batches.

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryBuilder, BooleanBuilder, RecordBatch, RecordBatchOptions, StringBuilder, make_array};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::error::ArrowError;
use arrow::util::display::FormatOptions;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::client::{ResultsCell, ResultsRow, TableField};
use crate::types;

/// Casts that never turn a value into null.
const CHECKED: CastOptions<'static> = CastOptions { safe: false, format_options: FormatOptions::new() };

/// Returns the columns of a query. Arrays, structs and types that Arrow does not have become JSON or text.
pub(crate) fn schema(fields: &[TableField]) -> SchemaRef {
    let field = |field: &TableField| Field::new(&field.name, data_type(field), true);
    Arc::new(Schema::new(fields.iter().map(field).collect::<Vec<_>>()))
}

fn data_type(field: &TableField) -> DataType {
    if field.mode == "REPEATED" {
        return DataType::Utf8;
    }
    let name = match (&field.precision, &field.scale) {
        (Some(precision), scale) if field.kind.contains("NUMERIC") => {
            types::canonical(&format!("{}({precision},{})", field.kind, scale.as_deref().unwrap_or("0")))
        }
        _ => field.kind.clone(),
    };
    types::arrow_type(&name).unwrap_or(DataType::Utf8)
}

/// Converts rows to a record batch.
pub(crate) fn batch(schema: &SchemaRef, rows: &[ResultsRow]) -> Result<RecordBatch, ArrowError> {
    let columns = schema.fields().iter().enumerate().map(|(index, field)| {
        let cells = rows.iter().map(move |row| row.f.get(index).and_then(ResultsCell::text));
        column(cells, field.data_type())
    });
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns.collect::<Result<_, _>>()?, &options)
}

fn column(cells: impl Iterator<Item = Option<String>>, data_type: &DataType) -> Result<ArrayRef, ArrowError> {
    match data_type {
        DataType::Boolean => {
            let mut values = BooleanBuilder::new();
            cells.for_each(|cell| values.append_option(cell.map(|text| text == "true")));
            Ok(Arc::new(values.finish()))
        }
        DataType::Binary => {
            let mut values = BinaryBuilder::new();
            let decode = |text: String| BASE64_STANDARD.decode(text).map_err(|error| ArrowError::ParseError(error.to_string()));
            for cell in cells {
                values.append_option(cell.map(decode).transpose()?);
            }
            Ok(Arc::new(values.finish()))
        }
        DataType::Timestamp(TimeUnit::Microsecond, Some(_)) => {
            let micros = cast_with_options(&texts(cells), &DataType::Int64, &CHECKED)?;
            let data = micros.to_data().into_builder().data_type(data_type.clone()).build()?;
            Ok(make_array(data))
        }
        other => cast_with_options(&texts(cells), other, &CHECKED),
    }
}

fn texts(cells: impl Iterator<Item = Option<String>>) -> ArrayRef {
    let mut values = StringBuilder::new();
    cells.for_each(|cell| values.append_option(cell));
    Arc::new(values.finish())
}

#[cfg(test)]
mod tests {
    use arrow::array::Array as _;
    use arrow::util::display::array_value_to_string;
    use serde_json::json;

    use super::*;
    use crate::client::ResultsPage;

    #[test]
    fn cells_have_the_types_of_their_columns() {
        let kinds =
            ["STRING", "INTEGER", "FLOAT", "BOOLEAN", "BYTES", "TIMESTAMP", "DATE", "TIME", "DATETIME", "NUMERIC", "JSON"];
        let fields: Vec<_> =
            kinds.iter().map(|kind| json!({"name": kind.to_lowercase(), "type": kind, "mode": "NULLABLE"})).collect();
        let cells = [
            "a b",
            "7",
            "1.5",
            "true",
            "AP8=",
            "1704067200000001",
            "2024-01-31",
            "10:00:00.500000",
            "2024-01-31T10:00:00",
            "1.250000000",
            "{\"a\":1}",
        ];
        let values: Vec<_> = cells.iter().map(|cell| json!({"v": cell})).collect();
        let nulls: Vec<_> = cells.iter().map(|_| json!({"v": null})).collect();
        let page = json!({"jobComplete": true, "schema": {"fields": fields}, "rows": [{"f": values}, {"f": nulls}]});
        let page: ResultsPage = serde_json::from_value(page).unwrap();
        let batch = batch(&schema(&page.schema.fields), &page.rows).unwrap();
        let shown = batch.schema_ref().fields().iter().zip(batch.columns()).map(|(field, column)| {
            assert!(column.is_null(1), "{field}");
            // Arrow formats timestamps in named time zones only with a time zone database.
            let data = column.slice(0, 1).to_data().into_builder();
            let column = match field.data_type() {
                DataType::Timestamp(unit, _) => make_array(data.data_type(DataType::Timestamp(*unit, None)).build().unwrap()),
                _ => column.slice(0, 1),
            };
            format!("{} {}", field.data_type(), array_value_to_string(&column, 0).unwrap())
        });
        insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n"), @r#"
        Utf8 a b
        Int64 7
        Float64 1.5
        Boolean true
        Binary 00ff
        Timestamp(µs, "UTC") 2024-01-01T00:00:00.000001
        Date32 2024-01-31
        Time64(µs) 10:00:00.500
        Timestamp(µs) 2024-01-31T10:00:00
        Decimal128(38, 9) 1.250000000
        Utf8 {"a":1}
        "#);
    }
}
