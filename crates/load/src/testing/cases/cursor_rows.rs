//! Rows at cursors that the state has no room for.

use catchment_state::{BoundaryChange, BoundaryKey, RowHash};

use crate::testing::case::cases;
use crate::testing::failure::Mismatch;
use crate::testing::resource::Resource;
use crate::testing::trial::Trial;

cases! { "cursor_rows":
    are_added_to_those_before,
    make_way_where_the_cursor_moves,
    of_other_cursors_stay,
    come_once_with_the_rows,
    need_no_table_where_there_are_none,
}

fn key(resource: &str, cursor_path: &str) -> BoundaryKey {
    BoundaryKey { source: "trials".to_owned(), resource: resource.to_owned(), cursor_path: cursor_path.to_owned() }
}

fn hash(number: u8) -> RowHash {
    RowHash::from([number; 9])
}

fn change(cursor_path: &str, replaces: bool, numbers: impl IntoIterator<Item = u8>) -> BoundaryChange {
    BoundaryChange { key: key("items", cursor_path), replaces, hashes: numbers.into_iter().map(hash).collect() }
}

fn load(trial: &mut Trial<'_>, changes: &[BoundaryChange]) -> Result<(), Mismatch> {
    let mut draft = trial.draft(&[&Resource::append("items")])?;
    draft.rows("items", r#"[{"id":1,"v":"a"}]"#)?;
    for change in changes {
        draft.writer.cursor_rows(change)?;
    }
    trial.load_package(&draft.seal()?)
}

/// Compares the rows that are known at a cursor, in any order.
fn expect(trial: &Trial<'_>, cursor_path: &str, numbers: impl IntoIterator<Item = u8>) -> Result<(), Mismatch> {
    let read = trial.destination.cursor_rows(trial.dataset, trial.source, &key("items", cursor_path), &|| false);
    let mut found = read.map_err(|error| trial.mismatch("reading rows at a cursor", "no error", error))?;
    found.sort_unstable();
    trial.expect_same("rows at a cursor", &found, &numbers.into_iter().map(hash).collect())
}

fn are_added_to_those_before(trial: &mut Trial<'_>) -> Result<(), Mismatch> {
    load(trial, &[change("at", true, [1, 2])])?;
    load(trial, &[change("at", false, [3])])?;
    expect(trial, "at", [1, 2, 3])
}

fn make_way_where_the_cursor_moves(trial: &mut Trial<'_>) -> Result<(), Mismatch> {
    load(trial, &[change("at", true, [1, 2])])?;
    load(trial, &[change("at", true, [3])])?;
    expect(trial, "at", [3])?;
    load(trial, &[change("at", true, [])])?;
    expect(trial, "at", [])
}

fn of_other_cursors_stay(trial: &mut Trial<'_>) -> Result<(), Mismatch> {
    load(trial, &[change("at", true, [1]), change("it's", true, [2])])?;
    load(trial, &[change("at", true, [3])])?;
    expect(trial, "at", [3])?;
    expect(trial, "it's", [2])?;
    expect(trial, "nothing", [])
}

fn come_once_with_the_rows(trial: &mut Trial<'_>) -> Result<(), Mismatch> {
    let mut draft = trial.draft(&[&Resource::append("items")])?;
    draft.rows("items", r#"[{"id":1,"v":"a"}]"#)?;
    draft.writer.cursor_rows(&change("at", true, 0..100))?;
    let package = draft.seal()?;
    let mut number = 0;
    while trial.stopped_at(number, &package)? {
        expect(trial, "at", [])?;
        number += 1;
    }
    trial.load_again(&package)?;
    expect(trial, "at", 0..100)
}

fn need_no_table_where_there_are_none(trial: &mut Trial<'_>) -> Result<(), Mismatch> {
    load(trial, &[])?;
    expect(trial, "at", [])?;
    match trial.query("SELECT row_hash FROM _catchment_cursor_rows") {
        Err(_) => Ok(()),
        Ok(rows) => Err(trial.mismatch("a table of rows at cursors", "none", rows.join("; "))),
    }
}
