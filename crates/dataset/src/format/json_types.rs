//! Columns and values in JSON, for the JSON formats and for nested values in CSV.

use std::sync::Arc;

use arrow::array::{Array, LargeStringArray, LargeStringBuilder};
use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use arrow::error::ArrowError;
use arrow::json::EncoderOptions;
use arrow::json::writer::make_encoder;
use catchment_load::field_in_utc;

/// Returns whether JSON supports a type, apart from the types within it.
pub(super) fn is_supported(data_type: &DataType) -> bool {
    !matches!(data_type, DataType::Union(..))
}

/// Returns the field to which a column is cast before it is encoded: timestamps in UTC, and keys of maps as strings.
pub(super) fn json_field(field: &FieldRef) -> FieldRef {
    with_string_keys(&field_in_utc(field))
}

fn with_string_keys(field: &FieldRef) -> FieldRef {
    let data_type = match field.data_type() {
        DataType::List(item) => DataType::List(with_string_keys(item)),
        DataType::LargeList(item) => DataType::LargeList(with_string_keys(item)),
        DataType::FixedSizeList(item, length) => DataType::FixedSizeList(with_string_keys(item), *length),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(with_string_keys).collect()),
        DataType::Map(entries, is_sorted) => DataType::Map(entries_with_string_keys(entries), *is_sorted),
        _ => return Arc::clone(field),
    };
    Arc::new(Field::clone(field).with_data_type(data_type))
}

fn entries_with_string_keys(entries: &FieldRef) -> FieldRef {
    let DataType::Struct(fields) = entries.data_type() else {
        return Arc::clone(entries);
    };
    let [key, value] = fields.as_ref() else {
        return Arc::clone(entries);
    };
    let key = match key.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Arc::clone(key),
        _ => Arc::new(Field::clone(key).with_data_type(DataType::Utf8)),
    };
    let fields = Fields::from(vec![key, with_string_keys(value)]);
    Arc::new(Field::clone(entries).with_data_type(DataType::Struct(fields)))
}

/// Returns the options of the encoder: null is written, not omitted.
pub(super) fn encoder_options() -> EncoderOptions {
    EncoderOptions::default().with_explicit_nulls(true)
}

/// Returns the values of a column as JSON texts.
pub(super) fn json_texts(field: &FieldRef, column: &dyn Array) -> Result<LargeStringArray, ArrowError> {
    let options = encoder_options();
    let mut encoder = make_encoder(field, column, &options)?;
    let mut texts = LargeStringBuilder::with_capacity(column.len(), 0);
    let mut buffer = Vec::new();
    for row in 0..column.len() {
        if encoder.is_null(row) {
            texts.append_null();
            continue;
        }
        buffer.clear();
        encoder.encode(row, &mut buffer);
        texts.append_value(str::from_utf8(&buffer).map_err(|error| ArrowError::JsonError(error.to_string()))?);
    }
    Ok(texts.finish())
}
