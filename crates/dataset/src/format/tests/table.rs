//! The format `table`.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, RecordBatch};
use insta::assert_snapshot;

use super::super::ResultFormat;
use super::columns::*;
use super::{batch, rows_without_columns, text, write_batches};

fn table(columns: &[(&str, ArrayRef)]) -> String {
    text(ResultFormat::Table, batch(columns))
}

fn narrow_table(max_width: usize, columns: &[(&str, ArrayRef)]) -> String {
    String::from_utf8(write_batches(ResultFormat::Table, Some(max_width), &[batch(columns)]).unwrap()).unwrap()
}

/// Checks the cells of a column, without padding.
#[track_caller]
fn check(column: ArrayRef, expected: &[&str]) {
    let written = table(&[("c", column)]);
    let lines: Vec<_> = written.lines().collect();
    let cells: Vec<_> = lines[2..lines.len() - 1].iter().map(|line| line.trim_start()).collect();
    assert_eq!(cells, expected);
}

#[test]
fn numbers_are_aligned_to_the_right() {
    let rivers = table(&[
        ("id", integers(&[Some(1), Some(20), None])),
        ("name", strings(&[Some("Rhine"), Some(""), None])),
        ("length", decimals(&[Some(123_000), Some(50), None], 2)),
        ("is_long", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)]))),
    ]);
    assert_snapshot!(rivers, @r"
      id │ name  │  length │ is_long
    ─────┼───────┼─────────┼────────
       1 │ Rhine │ 1230.00 │ true
      20 │       │    0.50 │ NULL
    NULL │ NULL  │    NULL │ false
    (3 rows)
    ");
    assert_snapshot!(table(&[("long name", integers(&[Some(1)]))]), @r"
    long name
    ─────────
            1
    (1 row)
    ");
}

#[test]
fn results_without_rows_or_columns_are_valid() {
    assert_snapshot!(table(&[("a", integers(&[])), ("", strings(&[]))]), @r"
    a │
    ──┼─
    (0 rows)
    ");
    assert_snapshot!(text(ResultFormat::Table, rows_without_columns(2)), @"(2 rows)");
    assert_snapshot!(text(ResultFormat::Table, rows_without_columns(0)), @"(0 rows)");
}

#[test]
fn values_are_displayed() {
    check(Arc::new(Float64Array::from(vec![1.0, f64::NAN, f64::INFINITY])), &["1.0", "NaN", "inf"]);
    check(decimals(&[Some(i128::MAX / 10)], 0), &["17014118346046923173168730371588410572"]);
    check(timestamps(&[Some(1_700_000_000_500_000)], None), &["2023-11-14T22:13:20.500"]);
    check(timestamps(&[Some(1_700_000_000_500_000)], Some("Europe/Berlin")), &["2023-11-14T22:13:20.500Z"]);
    check(timestamps(&[Some(i64::MAX), Some(0)], None), &["<out of range>", "1970-01-01T00:00:00"]);
    check(times(&[Some(86_400_000_000)]), &["<out of range>"]);
    check(dates(&[Some(0), None]), &["1970-01-01", "NULL"]);
    check(intervals(), &["1 mons 2 days 3 hours", "NULL"]);
    check(binary(&[Some(b"\x00\xab")]), &["00ab"]);
    check(dictionary(&[Some("x"), None]), &["x", "NULL"]);
    check(nulls(1), &["NULL"]);
    check(lists(), &["[1, NULL]", "NULL", "[]"]);
    check(structs(), &["{name: a\"b, size: NULL}", "NULL"]);
    check(map(integers(&[Some(5), Some(6)])), &["{5: 1, 6: NULL}"]);
    check(timestamp_lists(0, Some("UTC")), &["[1970-01-01T00:00:00Z, NULL]"]);
    check(union(), &["{number=7}"]);
}

#[test]
fn wide_characters_are_aligned() {
    let names = strings(&[Some("日本"), Some("Zürich"), Some("e\u{301}a"), Some("🚀"), Some("👩\u{200d}🔬")]);
    assert_snapshot!(table(&[("名前", names), ("b", integers(&[Some(1), Some(2), Some(3), Some(4), Some(5)]))]), @r"
    名前   │ b
    ───────┼──
    日本   │ 1
    Zürich │ 2
    éa     │ 3
    🚀     │ 4
    👩‍🔬     │ 5
    (5 rows)
    ");
}

#[test]
fn control_characters_are_escaped() {
    let texts = strings(&[Some("a\nb\tc"), Some("\u{1b}[2J"), Some("│\u{202e}")]);
    assert_snapshot!(table(&[("a\nb", texts), ("\u{7}", integers(&[Some(1), None, Some(2)]))]), @r"
    a\nb      │ \u{7}
    ──────────┼──────
    a\nb\tc   │     1
    \u{1b}[2J │  NULL
    │\u{202e} │     2
    (3 rows)
    ");
}

#[test]
fn the_widest_columns_shrink() {
    let columns = [
        ("id", integers(&[Some(1), Some(2)])),
        ("title", strings(&[Some("a long title of an issue"), Some("short")])),
        ("日本語日本語", strings(&[Some("日本語日本語日本語"), Some("日本")])),
        ("n", integers(&[Some(7), Some(8)])),
    ];
    assert_snapshot!(narrow_table(54, &columns), @r"
    id │ title                    │ 日本語日本語       │ n
    ───┼──────────────────────────┼────────────────────┼──
     1 │ a long title of an issue │ 日本語日本語日本語 │ 7
     2 │ short                    │ 日本               │ 8
    (2 rows)
    ");
    assert_snapshot!(narrow_table(40, &columns), @r"
    id │ title          │ 日本語日本語   │ n
    ───┼────────────────┼────────────────┼──
     1 │ a long title … │ 日本語日本語…  │ 7
     2 │ short          │ 日本           │ 8
    (2 rows)
    ");
    assert_snapshot!(narrow_table(28, &columns), @r"
    id │ title    │ 日本語…  │ n
    ───┼──────────┼──────────┼──
     1 │ a long … │ 日本語…  │ 7
     2 │ short    │ 日本     │ 8
    (2 rows)
    ");
}

#[test]
fn columns_in_the_middle_are_omitted() {
    let names: Vec<String> = (1..=12).map(|number| format!("column {number}")).collect();
    let columns: Vec<(&str, ArrayRef)> = names.iter().map(|name| (name.as_str(), integers(&[Some(1)]))).collect();
    assert_snapshot!(narrow_table(60, &columns), @r"
    column 1 │ column 2 │ column 3 │ … │ column 11 │ column 12
    ─────────┼──────────┼──────────┼───┼───────────┼──────────
           1 │        1 │        1 │ … │         1 │         1
    (1 row)
    (7 of 12 columns omitted: column 4, column 5, column 6, col…
    ");
    assert_snapshot!(narrow_table(10, &columns), @r"
    column 1 │ …
    ─────────┼──
           1 │ …
    (1 row)
    (11 of 12…
    ");
}

/// Returns the batches of a column `n` with the numbers between two neighbors of `bounds`, and a column `end`.
fn number_batches(bounds: &[i64]) -> Vec<RecordBatch> {
    let numbers = bounds.windows(2).map(|bounds| (bounds[0]..bounds[1]).map(Some).collect::<Vec<_>>());
    numbers.map(|numbers| batch(&[("n", integers(&numbers)), ("end", strings(&vec![Some("x"); numbers.len()]))])).collect()
}

/// Checks lines of a table by their numbers, of which 2 is the first row.
#[track_caller]
fn check_lines(batches: &[RecordBatch], max_width: Option<usize>, expected: &[(usize, &str)]) {
    let written = String::from_utf8(write_batches(ResultFormat::Table, max_width, batches).unwrap()).unwrap();
    let lines: Vec<_> = written.lines().collect();
    for (number, line) in expected {
        assert_eq!(lines[*number], *line, "line {number}");
    }
}

#[test]
fn widths_are_those_of_the_first_1000_rows() {
    let expected = [(2, "  0 │ x"), (1001, "999 │ x"), (1002, "1000 │ x"), (1003, "1001 │ x"), (1202, "(1200 rows)")];
    check_lines(&number_batches(&[0, 1200]), None, &expected);
    check_lines(&number_batches(&[0, 1200]), Some(80), &expected);
    check_lines(&number_batches(&[0, 600, 1200]), None, &expected);
    check_lines(&number_batches(&[0, 600, 600, 1000, 1200]), None, &expected);
    check_lines(&number_batches(&[0, 999, 1000]), None, &[(2, "  0 │ x"), (1001, "999 │ x"), (1002, "(1000 rows)")]);
}
