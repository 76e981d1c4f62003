//! The formats `parquet` and `arrow`, read with the readers of their crates.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date64Array, ListArray, RecordBatch, StructArray, Time32MillisecondArray, Time32SecondArray,
    TimestampMillisecondArray, TimestampSecondArray,
};
use arrow::buffer::OffsetBuffer;
use arrow::compute::concat_batches;
use arrow::datatypes::Field;
use arrow::ipc::reader::StreamReader;
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::super::ResultFormat;
use super::columns::*;
use super::{batch, rows_without_columns, write_batches};

fn read_parquet(file: Vec<u8>) -> RecordBatch {
    let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(file)).unwrap();
    let schema = Arc::clone(reader.schema());
    concat_batches(&schema, &reader.build().unwrap().collect::<Result<Vec<_>, _>>().unwrap()).unwrap()
}

fn read_arrow(file: &[u8]) -> RecordBatch {
    let reader = StreamReader::try_new(file, None).unwrap();
    concat_batches(&reader.schema(), &reader.collect::<Result<Vec<_>, _>>().unwrap()).unwrap()
}

/// Checks that a column is read as it was written.
#[track_caller]
fn check(format: ResultFormat, column: ArrayRef) {
    let written = batch(&[("c", column)]);
    let batches = [written.slice(0, 0), written.clone(), written.clone()];
    let file = write_batches(format, None, &batches).unwrap();
    let read = if format == ResultFormat::Parquet { read_parquet(file) } else { read_arrow(&file) };
    assert_eq!(read, concat_batches(written.schema_ref(), &batches).unwrap());
}

#[test]
fn columns_are_unchanged() {
    for format in [ResultFormat::Parquet, ResultFormat::Arrow] {
        check(format, integers(&[Some(i64::MIN), None]));
        check(format, strings(&[Some("a"), Some(""), None]));
        check(format, decimals(&[Some(i128::MAX / 10), None], 2));
        check(format, big_decimal("123"));
        check(format, timestamps(&[Some(1_700_000_000_500_000), Some(i64::MAX), None], None));
        check(format, timestamps(&[Some(1_700_000_000_500_000), None], Some("Europe/Berlin")));
        check(format, dates(&[Some(i32::MAX), None]));
        check(format, times(&[Some(86_400_000_000), None]));
        check(format, durations());
        check(format, binary(&[Some(b"\x00\xab"), None]));
        check(format, dictionary(&[Some("x"), None, Some("y")]));
        check(format, nulls(2));
        check(format, lists());
        check(format, arrays());
        check(format, structs());
        check(format, map(integers(&[Some(5), Some(6)])));
        check(format, timestamp_lists(0, Some("UTC")));
        check(format, integers(&[]));
    }
    check(ResultFormat::Arrow, intervals());
    check(ResultFormat::Arrow, union());
}

#[test]
fn names_are_unique() {
    let written = [batch(&[("a", integers(&[Some(1)])), ("a", integers(&[Some(2)])), ("", integers(&[None]))])];
    let expected = batch(&[("a", integers(&[Some(1)])), ("a_1", integers(&[Some(2)])), ("column_3", integers(&[None]))]);
    assert_eq!(read_parquet(write_batches(ResultFormat::Parquet, None, &written).unwrap()), expected);
    assert_eq!(read_arrow(&write_batches(ResultFormat::Arrow, None, &written).unwrap()), expected);
}

#[test]
fn rows_without_columns_are_valid() {
    let written = [rows_without_columns(2)];
    assert_eq!(read_arrow(&write_batches(ResultFormat::Arrow, None, &written).unwrap()).num_columns(), 0);
    assert_eq!(read_parquet(write_batches(ResultFormat::Parquet, None, &written).unwrap()).num_columns(), 0);
}

/// Checks that Parquet stores a column as `expected`, also within a list and a struct.
#[track_caller]
fn check_converted(column: ArrayRef, expected: ArrayRef) {
    let nested = |values: ArrayRef| -> [ArrayRef; 3] {
        let item = Arc::new(Field::new("item", values.data_type().clone(), true));
        let list = ListArray::new(item, OffsetBuffer::from_lengths([values.len()]), Arc::clone(&values), None);
        let structs = StructArray::from(vec![(Arc::new(Field::new("a", values.data_type().clone(), true)), Arc::clone(&values))]);
        [values, Arc::new(list), Arc::new(structs)]
    };
    for (column, expected) in nested(column).into_iter().zip(nested(expected)) {
        let file = write_batches(ResultFormat::Parquet, None, &[batch(&[("c", column)])]).unwrap();
        assert_eq!(read_parquet(file), batch(&[("c", expected)]));
    }
}

#[test]
fn seconds_are_milliseconds_in_parquet() {
    let zoned = |zone: Option<&str>| {
        let seconds = TimestampSecondArray::from(vec![Some(-7), None]).with_timezone_opt(zone);
        let millis = TimestampMillisecondArray::from(vec![Some(-7000), None]).with_timezone_opt(zone);
        check_converted(Arc::new(seconds), Arc::new(millis));
    };
    zoned(None);
    zoned(Some("Europe/Berlin"));
    check_converted(
        Arc::new(Time32SecondArray::from(vec![Some(86_399), None])),
        Arc::new(Time32MillisecondArray::from(vec![Some(86_399_000), None])),
    );
    check_converted(Arc::new(Date64Array::from(vec![Some(86_400_000), None])), dates(&[Some(1), None]));
    let unusable = batch(&[("c", Arc::new(TimestampSecondArray::from(vec![i64::MAX])))]);
    assert!(write_batches(ResultFormat::Parquet, None, &[unusable]).is_err());
}
