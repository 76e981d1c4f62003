//! The formats `json` and `jsonl`.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array};
use insta::assert_snapshot;

use super::super::ResultFormat;
use super::columns::*;
use super::{batch, rows_without_columns, text, write_batches};

/// Checks the values of a column, separated by spaces.
#[track_caller]
fn check(column: ArrayRef, expected: &str) {
    let lines = text(ResultFormat::JsonLines, batch(&[("c", column)]));
    let values = lines.lines().map(|line| line.strip_prefix(r#"{"c":"#).unwrap().strip_suffix('}').unwrap());
    assert_eq!(values.collect::<Vec<_>>().join(" "), expected);
}

#[test]
fn numbers_keep_their_digits() {
    check(integers(&[Some(i64::MIN), Some(0), None]), "-9223372036854775808 0 null");
    check(decimals(&[Some(12_345_678_901_234_567_890_123_456_789), Some(-5)], 2), "123456789012345678901234567.89 -0.05");
    check(decimals(&[Some(i128::MAX / 10)], 0), "17014118346046923173168730371588410572");
    check(big_decimal("1"), "0.00000000000000000000000000000000000001");
    check(Arc::new(Float64Array::from(vec![1.0, 0.1, 1e300])), "1.0 0.1 1.0e300");
    check(Arc::new(Float64Array::from(vec![f64::NAN, f64::INFINITY])), "null null");
    check(Arc::new(BooleanArray::from(vec![true, false])), "true false");
}

#[test]
fn strings_are_escaped() {
    check(strings(&[Some("a"), Some(""), None]), r#""a" "" null"#);
    check(strings(&[Some("say \"a\"\n"), Some("\u{1b}[31m"), Some("日本")]), r#""say \"a\"\n" "\u001b[31m" "日本""#);
    check(dictionary(&[Some("x"), None, Some("x")]), r#""x" null "x""#);
    check(nulls(1), "null");
}

#[test]
fn temporal_values_are_strings() {
    check(timestamps(&[Some(1_700_000_000_500_000), None], None), r#""2023-11-14T22:13:20.500" null"#);
    for zone in ["UTC", "+00:00", "Europe/Berlin"] {
        check(timestamps(&[Some(1_700_000_000_500_000)], Some(zone)), r#""2023-11-14T22:13:20.500Z""#);
    }
    check(dates(&[Some(19_675)]), r#""2023-11-14""#);
    check(times(&[Some(0)]), r#""00:00:00""#);
    check(intervals(), r#""1 mons 2 days 3 hours" null"#);
    check(durations(), r#""PT1.5S" null"#);
}

#[test]
fn binary_values_are_hexadecimal() {
    check(binary(&[Some(b"\x00\xab"), Some(b""), None]), r#""00ab" "" null"#);
}

#[test]
fn nested_values_are_arrays_and_objects() {
    check(lists(), "[1,null] null []");
    check(arrays(), "[1,2] null");
    check(structs(), r#"{"name":"a\"b","size":null} null"#);
    check(map(strings(&[Some("a"), Some("b")])), r#"{"a":1,"b":null}"#);
    check(map(integers(&[Some(5), Some(6)])), r#"{"5":1,"6":null}"#);
    check(map(dates(&[Some(0), Some(1)])), r#"{"1970-01-01":1,"1970-01-02":null}"#);
    check(timestamp_lists(0, Some("Europe/Berlin")), r#"["1970-01-01T00:00:00Z",null]"#);
}

#[test]
fn names_are_unique() {
    let one = || integers(&[Some(1)]);
    let written = text(ResultFormat::JsonLines, batch(&[("a", one()), ("a", one()), ("", one()), ("b\"", one())]));
    assert_snapshot!(written, @r#"{"a":1,"a_1":1,"column_3":1,"b\"":1}"#);
}

#[test]
fn arrays_have_a_row_per_line() {
    let rows = batch(&[("a", integers(&[Some(1), Some(2)]))]);
    assert_eq!(text(ResultFormat::Json, rows.clone()), "[{\"a\":1},\n{\"a\":2}]\n");
    let batches = [rows.slice(0, 0), rows.clone(), rows.slice(0, 0), rows.slice(0, 1)];
    let written = String::from_utf8(write_batches(ResultFormat::Json, None, &batches).unwrap()).unwrap();
    assert_eq!(written, "[{\"a\":1},\n{\"a\":2},\n{\"a\":1}]\n");
    assert_eq!(text(ResultFormat::JsonLines, rows), "{\"a\":1}\n{\"a\":2}\n");
}

#[test]
fn results_without_rows_or_columns_are_valid() {
    let empty = batch(&[("a", integers(&[]))]);
    assert_eq!(text(ResultFormat::Json, empty.clone()), "[]\n");
    assert_eq!(text(ResultFormat::JsonLines, empty), "");
    assert_eq!(text(ResultFormat::Json, rows_without_columns(2)), "[{},\n{}]\n");
    assert_eq!(text(ResultFormat::Json, rows_without_columns(0)), "[]\n");
}
