//! The format `csv`.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array};
use insta::assert_snapshot;

use super::super::ResultFormat;
use super::columns::*;
use super::{batch, rows_without_columns, text};

/// Checks the lines of a column after the header.
#[track_caller]
fn check(column: ArrayRef, expected: &str) {
    let written = text(ResultFormat::Csv, batch(&[("c", column)]));
    let lines = written.strip_prefix("c\n").unwrap();
    assert_eq!(lines, expected);
}

#[test]
fn numbers_keep_their_digits() {
    check(integers(&[Some(i64::MIN), Some(0), None]), "-9223372036854775808\n0\n\"\"\n");
    check(decimals(&[Some(12_345_678_901_234_567_890_123_456_789), Some(-5)], 2), "123456789012345678901234567.89\n-0.05\n");
    check(decimals(&[Some(i128::MAX / 10)], 0), "17014118346046923173168730371588410572\n");
    check(big_decimal("1"), "0.00000000000000000000000000000000000001\n");
    check(Arc::new(Float64Array::from(vec![1.0, 0.1, 1e300])), "1.0\n0.1\n1e300\n");
    check(Arc::new(Float64Array::from(vec![f64::NAN, f64::NEG_INFINITY])), "NaN\n-inf\n");
    check(Arc::new(BooleanArray::from(vec![true, false])), "true\nfalse\n");
}

#[test]
fn strings_are_quoted_if_required() {
    check(strings(&[Some("a"), Some(""), None]), "a\n\"\"\n\"\"\n");
    check(
        strings(&[Some("a,b"), Some("say \"a\""), Some("a\nb"), Some("a\rb")]),
        "\"a,b\"\n\"say \"\"a\"\"\"\n\"a\nb\"\n\"a\rb\"\n",
    );
    check(strings(&[Some(" a "), Some("日本"), Some("\u{1b}[31m")]), " a \n日本\n\u{1b}[31m\n");
    check(dictionary(&[Some("x"), None, Some("x")]), "x\n\"\"\nx\n");
    check(nulls(1), "\"\"\n");
}

#[test]
fn temporal_values_are_iso_8601_in_utc() {
    let micros = &[Some(1_700_000_000_500_000)];
    check(timestamps(micros, None), "2023-11-14T22:13:20.500\n");
    for zone in ["UTC", "+00:00", "Etc/UTC", "Europe/Berlin", "-03:00"] {
        check(timestamps(micros, Some(zone)), "2023-11-14T22:13:20.500Z\n");
    }
    check(timestamps(&[Some(0)], Some("UTC")), "1970-01-01T00:00:00Z\n");
    check(dates(&[Some(-1), Some(19_675)]), "1969-12-31\n2023-11-14\n");
    check(times(&[Some(0), Some(86_399_999_999)]), "00:00:00\n23:59:59.999999\n");
    check(intervals(), "1 mons 2 days 3 hours\n\"\"\n");
    check(durations(), "PT1.5S\n\"\"\n");
}

#[test]
fn binary_values_are_hexadecimal() {
    check(binary(&[Some(b"\x00\xab"), Some(b"")]), "00ab\n\"\"\n");
}

#[test]
fn nested_values_are_json_texts() {
    check(lists(), "\"[1,null]\"\n\"\"\n[]\n");
    check(arrays(), "\"[1,2]\"\n\"\"\n");
    check(structs(), "\"{\"\"name\"\":\"\"a\\\"\"b\"\",\"\"size\"\":null}\"\n\"\"\n");
    check(map(strings(&[Some("a"), Some("b")])), "\"{\"\"a\"\":1,\"\"b\"\":null}\"\n");
    check(map(integers(&[Some(5), Some(6)])), "\"{\"\"5\"\":1,\"\"6\"\":null}\"\n");
    check(timestamp_lists(0, Some("Europe/Berlin")), "\"[\"\"1970-01-01T00:00:00Z\"\",null]\"\n");
}

#[test]
fn headers_are_the_column_names() {
    assert_snapshot!(text(ResultFormat::Csv, batch(&[("a", integers(&[])), ("a", strings(&[])), ("", lists().slice(0, 0))])), @"a,a,");
    assert_snapshot!(text(ResultFormat::Csv, batch(&[("a,b", integers(&[Some(1)])), ("日\n\"", integers(&[None]))])), @r#"
    "a,b","日
    """
    1,
    "#);
    assert_eq!(text(ResultFormat::Csv, rows_without_columns(2)), "");
}
