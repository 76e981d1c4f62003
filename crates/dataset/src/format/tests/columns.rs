//! Columns of the types that destinations return.

use std::sync::Arc;

use arrow::array::{
    Array as _, ArrayRef, BinaryArray, Date32Array, Decimal128Array, Decimal256Array, DictionaryArray, DurationMicrosecondArray,
    FixedSizeListArray, Int32Array, Int64Array, IntervalMonthDayNanoArray, ListArray, MapArray, NullArray, StringArray,
    StructArray, Time64MicrosecondArray, TimestampMicrosecondArray, UnionArray,
};
use arrow::buffer::{OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, Field, Fields, Int32Type, Int64Type, IntervalMonthDayNano, UInt8Type, UnionFields, i256};

pub(super) fn integers(values: &[Option<i64>]) -> ArrayRef {
    Arc::new(Int64Array::from(values.to_vec()))
}

pub(super) fn strings(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

/// A DuckDB `HUGEINT` or a numeric with scale 2.
pub(super) fn decimals(values: &[Option<i128>], scale: i8) -> ArrayRef {
    Arc::new(Decimal128Array::from(values.to_vec()).with_precision_and_scale(38, scale).unwrap())
}

/// A BigQuery `BIGNUMERIC`.
pub(super) fn big_decimal(value: &str) -> ArrayRef {
    let values = Decimal256Array::from(vec![i256::from_string(value)]);
    Arc::new(values.with_precision_and_scale(76, 38).unwrap())
}

pub(super) fn timestamps(micros: &[Option<i64>], zone: Option<&str>) -> ArrayRef {
    Arc::new(TimestampMicrosecondArray::from(micros.to_vec()).with_timezone_opt(zone))
}

pub(super) fn dates(days: &[Option<i32>]) -> ArrayRef {
    Arc::new(Date32Array::from(days.to_vec()))
}

pub(super) fn times(micros: &[Option<i64>]) -> ArrayRef {
    Arc::new(Time64MicrosecondArray::from(micros.to_vec()))
}

pub(super) fn intervals() -> ArrayRef {
    Arc::new(IntervalMonthDayNanoArray::from(vec![Some(IntervalMonthDayNano::new(1, 2, 10_800_000_000_000)), None]))
}

pub(super) fn durations() -> ArrayRef {
    Arc::new(DurationMicrosecondArray::from(vec![Some(1_500_000), None]))
}

pub(super) fn binary(values: &[Option<&[u8]>]) -> ArrayRef {
    Arc::new(BinaryArray::from(values.to_vec()))
}

/// A DuckDB `ENUM`.
pub(super) fn dictionary(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(values.iter().copied().collect::<DictionaryArray<UInt8Type>>())
}

pub(super) fn nulls(rows: usize) -> ArrayRef {
    Arc::new(NullArray::new(rows))
}

/// The lists `[1, null]`, null and `[]`.
pub(super) fn lists() -> ArrayRef {
    Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1), None]), None, Some(vec![])]))
}

/// A list of timestamps, in one row.
pub(super) fn timestamp_lists(micros: i64, zone: Option<&str>) -> ArrayRef {
    let values = timestamps(&[Some(micros), None], zone);
    let item = Arc::new(Field::new("item", values.data_type().clone(), true));
    Arc::new(ListArray::new(item, OffsetBuffer::from_lengths([2]), values, None))
}

/// A DuckDB `DOUBLE[2]`.
pub(super) fn arrays() -> ArrayRef {
    Arc::new(FixedSizeListArray::from_iter_primitive::<Int64Type, _, _>([Some(vec![Some(1), Some(2)]), None], 2))
}

/// The struct `{name: "a\"b", size: null}`, and null.
pub(super) fn structs() -> ArrayRef {
    let fields = Fields::from(vec![Field::new("name", DataType::Utf8, true), Field::new("size", DataType::Int64, true)]);
    let columns = vec![strings(&[Some("a\"b"), None]), integers(&[None, None])];
    Arc::new(StructArray::new(fields, columns, Some(vec![true, false].into())))
}

/// A map with two entries whose values are 1 and null.
pub(super) fn map(keys: ArrayRef) -> ArrayRef {
    let key = Field::new("key", keys.data_type().clone(), false);
    let fields = Fields::from(vec![key, Field::new("value", DataType::Int64, true)]);
    let entries = StructArray::new(fields, vec![keys, integers(&[Some(1), None])], None);
    let field = Arc::new(Field::new("entries", entries.data_type().clone(), false));
    Arc::new(MapArray::new(field, OffsetBuffer::from_lengths([2]), entries, None, false))
}

/// A DuckDB `UNION`.
pub(super) fn union() -> ArrayRef {
    let fields = UnionFields::try_new([0], [Field::new("number", DataType::Int32, true)]).unwrap();
    let values: ArrayRef = Arc::new(Int32Array::from(vec![7]));
    Arc::new(UnionArray::try_new(fields, ScalarBuffer::from(vec![0]), None, vec![values]).unwrap())
}

/// A list of unions.
pub(super) fn union_lists() -> ArrayRef {
    let item = Arc::new(Field::new("item", union().data_type().clone(), true));
    Arc::new(ListArray::new(item, OffsetBuffer::from_lengths([1]), union(), None))
}
