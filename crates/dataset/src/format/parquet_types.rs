//! Columns that Parquet can represent with a logical type.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef, TimeUnit};

/// Returns the field to which a column is cast before it is written. Parquet has no timestamps and times in seconds and no
/// dates in milliseconds; the writer would store them as integers that other readers do not recognize as times.
pub(super) fn parquet_field(field: &FieldRef) -> FieldRef {
    Arc::new(Field::clone(field).with_data_type(parquet_type(field.data_type())))
}

fn parquet_type(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Timestamp(TimeUnit::Second, zone) => DataType::Timestamp(TimeUnit::Millisecond, zone.clone()),
        DataType::Time32(TimeUnit::Second) => DataType::Time32(TimeUnit::Millisecond),
        DataType::Date64 => DataType::Date32,
        DataType::List(item) => DataType::List(parquet_field(item)),
        DataType::LargeList(item) => DataType::LargeList(parquet_field(item)),
        DataType::FixedSizeList(item, length) => DataType::FixedSizeList(parquet_field(item), *length),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(parquet_field).collect()),
        DataType::Map(entries, is_sorted) => DataType::Map(parquet_field(entries), *is_sorted),
        DataType::Dictionary(keys, values) => DataType::Dictionary(keys.clone(), Box::new(parquet_type(values))),
        _ => data_type.clone(),
    }
}
