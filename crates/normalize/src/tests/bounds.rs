//! Memory limits, and limits of columns, tables and keys.

use std::sync::Arc;

use arrow::record_batch::RecordBatch;
use catchment_json::{Document, Selection};
use catchment_schema::Schema;

use super::load_with;
use crate::{IdSeed, NormalizeError, NormalizeOptions, NormalizeRules, PageRows, Sequencer, Shredder};

const MAX_BYTES: usize = 100_000;

/// Shreds a page in parts, with a limit of 10 columns per table, and returns the batches.
fn in_parts(page: &str) -> Result<Vec<(String, RecordBatch)>, NormalizeError> {
    let page = Selection::from_document(Document::parse(page.as_bytes().to_vec()).unwrap());
    let options = NormalizeOptions { max_columns: Some(10), ..NormalizeOptions::default() };
    let base = Schema::new("s");
    let rules = Arc::new(NormalizeRules::new(&base, "load", IdSeed::from([1; 16]), options)?);
    let (mut shredder, mut sequencer) = (Shredder::new(Arc::clone(&rules)), Sequencer::new(base, rules));
    let (begin, mut found) = (sequencer.snapshot(), Vec::new());
    shredder.shred_in_parts(begin, "t", &[PageRows::new(&page, 0)], MAX_BYTES, |shredded| {
        found.extend(sequencer.apply(shredded).into_iter().map(|batch| (batch.table, batch.batch)));
        Ok::<_, NormalizeError>(sequencer.snapshot())
    })?;
    Ok(found)
}

/// Checks that the page becomes `rows` rows of `table` in several batches below the memory limit.
#[track_caller]
fn check(page: &str, table: &str, rows: usize) {
    let batches: Vec<RecordBatch> =
        in_parts(page).unwrap().into_iter().filter(|(name, _)| name == table).map(|(_, b)| b).collect();
    assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>(), rows);
    let largest = batches.iter().map(RecordBatch::get_array_memory_size).max().unwrap();
    assert!(batches.len() > 5 && largest < MAX_BYTES, "{} batches, the largest has {largest} bytes", batches.len());
}

#[track_caller]
fn check_refused(page: &str, expected: &str) {
    let error = in_parts(page).map(|batches| batches.len()).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn pages_with_many_rows_are_shredded_in_parts() {
    check(&format!("[{}1]", "1,".repeat(9_999)), "t", 10_000);
    check(&format!("[{}{{}}]", "{},".repeat(9_999)), "t", 10_000);
}

#[test]
fn a_row_with_a_long_list_is_shredded_in_parts() {
    check(&format!(r#"[{{"id": 1, "a": [{}1]}}]"#, "1,".repeat(9_999)), "t__a", 10_000);
    check(&format!(r#"[{{"id": 1, "a": [{}[1]]}}]"#, "[1],".repeat(9_999)), "t__a__list", 10_000);
    check(&format!(r#"[{{"a": [{{"b": [{}1]}}]}}, {{"a": []}}]"#, "1,".repeat(9_999)), "t__a__b", 10_000);
}

const HINT: &str = "if keys are data, such as ids, keep their object as JSON (`data_type: json` for its column in `columns`, \
                    or `max_table_nesting`), else raise `normalize.max_columns`";

#[test]
fn columns_are_limited() {
    let rows: Vec<String> = (0..1000).map(|key| format!(r#"{{"k{key}": 1}}"#)).collect();
    let expected = format!("table `t`, row 11 of its page: column `k10` exceeds the limit of 10 columns per table; {HINT}");
    check_refused(&format!("[{}]", rows.join(",")), &expected);
    let keys: Vec<String> = (0..11).map(|key| format!(r#""k{key}": 1"#)).collect();
    let expected = format!("table `t`, row 1 of its page: column `k10` exceeds the limit of 10 columns per table; {HINT}");
    check_refused(&format!("[{{{}}}]", keys.join(",")), &expected);
}

#[test]
fn widened_columns_do_not_count_as_new() {
    let row = |value: &str| (0..9).map(|key| format!(r#""k{key}": {value}"#)).collect::<Vec<_>>().join(", ");
    let options = NormalizeOptions { max_columns: Some(10), ..NormalizeOptions::default() };
    let pages = [format!("[{{{}}}]", row("1")), format!(r#"[{{{}, "new": 1}}]"#, row("1.5"))];
    let loaded = load_with(options, Schema::new("s"), &[&pages[0], &pages[1]]);
    assert!(loaded.is_ok(), "{}", loaded.map(|(text, ..)| text).unwrap_err());
}

#[test]
fn tables_are_limited() {
    let rows: Vec<String> = (0..20).map(|key| format!(r#"{{"k{key}": [1]}}"#)).collect();
    let expected = format!("table `t__k9` exceeds the limit of 10 tables per resource; {HINT}");
    check_refused(&format!("[{}]", rows.join(",")), &expected);
}

#[test]
fn keys_of_a_row_are_limited() {
    let keys: Vec<String> = (0..2000).map(|key| format!(r#""k{key}": null"#)).collect();
    check_refused(
        &format!("[{{{}}}]", keys.join(",")),
        "table `t`, row 1 of its page: the row exceeds the limit of 1000 distinct keys; keep the row, or the object with the \
         keys, as JSON (`data_type: json` for its column in `columns`, or `max_table_nesting`)",
    );
}
