//! Rows of queries as Arrow record batches.

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryBuilder, BooleanBuilder, RecordBatch, RecordBatchOptions, StringBuilder, make_array};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::error::ArrowError;
use arrow::util::display::FormatOptions;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value as Json;

use crate::client::{ResultsRow, TableField};
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
        let cells = rows.iter().map(move |row| row.f.get(index).map_or(&Json::Null, |cell| &cell.v));
        column(cells, field.data_type())
    });
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns.collect::<Result<_, _>>()?, &options)
}

fn column<'c>(cells: impl Iterator<Item = &'c Json>, data_type: &DataType) -> Result<ArrayRef, ArrowError> {
    match data_type {
        DataType::Boolean => {
            let mut values = BooleanBuilder::new();
            cells.for_each(|cell| values.append_option(text(cell).map(|text| text == "true")));
            Ok(Arc::new(values.finish()))
        }
        DataType::Binary => {
            let mut values = BinaryBuilder::new();
            let decode = |text: String| BASE64_STANDARD.decode(text).map_err(|error| ArrowError::ParseError(error.to_string()));
            for cell in cells {
                values.append_option(text(cell).map(decode).transpose()?);
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

fn texts<'c>(cells: impl Iterator<Item = &'c Json>) -> ArrayRef {
    let mut values = StringBuilder::new();
    cells.for_each(|cell| values.append_option(text(cell)));
    Arc::new(values.finish())
}

fn text(cell: &Json) -> Option<String> {
    match cell {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use arrow::util::pretty::pretty_format_batches;
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
        insta::assert_snapshot!(pretty_format_batches(&[batch]).unwrap(), @"");
    }
}
