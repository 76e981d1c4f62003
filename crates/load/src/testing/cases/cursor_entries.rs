//! Rows at cursors, and cursors of parents, that the state has no room for.

use catchment_state::{CursorEntry, CursorEntryChange, CursorEntryKey, CursorEntryKind, RowHash};

use crate::testing::case::cases;
use crate::testing::context::TestContext;
use crate::testing::failure::Mismatch;
use crate::testing::resource::TestResource;

cases! { "cursor_rows":
    are_added_to_those_before,
    make_way_where_the_cursor_moves,
    of_other_cursors_stay,
    come_once_with_the_rows,
    need_no_table_where_there_are_none,
    have_cursors_of_parents_beside_them,
    and_cursors_of_parents_come_once_with_the_rows,
}

fn key(resource: &str, cursor_path: &str) -> CursorEntryKey {
    let [source, resource, cursor_path] = ["trials", resource, cursor_path].map(str::to_owned);
    CursorEntryKey { kind: CursorEntryKind::Rows, source, resource, cursor_path }
}

fn hash(number: u8) -> RowHash {
    RowHash::from([number; 9])
}

fn change(cursor_path: &str, replaces: bool, numbers: impl IntoIterator<Item = u8>) -> CursorEntryChange {
    CursorEntryChange { key: key("items", cursor_path), replaces, entries: entries(numbers) }
}

fn entries(numbers: impl IntoIterator<Item = u8>) -> Vec<CursorEntry> {
    numbers.into_iter().map(|number| hash(number).into()).collect()
}

fn parents_key(cursor_path: &str) -> CursorEntryKey {
    CursorEntryKey { kind: CursorEntryKind::Parents, ..key("items", cursor_path) }
}

/// The cursors of parents, each with what a text may have.
fn cursors(last: &str, numbers: impl IntoIterator<Item = u8>) -> Vec<CursorEntry> {
    let entry = |number| {
        let cursor = format!(r#"[null,"{last} it's \"ü\" \\ {number}",[],[]]"#);
        CursorEntry { id: hash(number), cursor: Some(cursor.into()) }
    };
    numbers.into_iter().map(entry).collect()
}

fn parents(cursor_path: &str, entries: Vec<CursorEntry>) -> CursorEntryChange {
    CursorEntryChange { key: parents_key(cursor_path), replaces: true, entries }
}

fn load(trial: &mut TestContext<'_>, changes: &[CursorEntryChange]) -> Result<(), Mismatch> {
    let mut draft = trial.package_builder(&[&TestResource::append("items")])?;
    draft.rows("items", r#"[{"id":1,"v":"a"}]"#)?;
    for change in changes {
        draft.writer.append_cursor_entries(change)?;
    }
    trial.load_package(&draft.seal()?)
}

/// Compares the rows that are known at a cursor, in any order.
fn expect(trial: &TestContext<'_>, cursor_path: &str, numbers: impl IntoIterator<Item = u8>) -> Result<(), Mismatch> {
    expect_entries(trial, &key("items", cursor_path), &entries(numbers))
}

/// Compares the entries of a cursor, in any order.
fn expect_entries(trial: &TestContext<'_>, key: &CursorEntryKey, expected: &Vec<CursorEntry>) -> Result<(), Mismatch> {
    let read = trial.destination.cursor_entries(trial.dataset, trial.source, key, &|| false);
    let mut found = read.map_err(|error| trial.mismatch("reading the entries of a cursor", "no error", error))?;
    found.sort_unstable_by_key(|entry| entry.id);
    trial.expect_same("the entries of a cursor", &found, expected)
}

fn are_added_to_those_before(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    load(trial, &[change("at", true, [1, 2])])?;
    load(trial, &[change("at", false, [3])])?;
    expect(trial, "at", [1, 2, 3])
}

fn make_way_where_the_cursor_moves(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    load(trial, &[change("at", true, [1, 2])])?;
    load(trial, &[change("at", true, [3])])?;
    expect(trial, "at", [3])?;
    load(trial, &[change("at", true, [])])?;
    expect(trial, "at", [])
}

fn of_other_cursors_stay(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    load(trial, &[change("at", true, [1]), change("it's", true, [2])])?;
    load(trial, &[change("at", true, [3])])?;
    expect(trial, "at", [3])?;
    expect(trial, "it's", [2])?;
    expect(trial, "nothing", [])
}

fn come_once_with_the_rows(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let mut draft = trial.package_builder(&[&TestResource::append("items")])?;
    draft.rows("items", r#"[{"id":1,"v":"a"}]"#)?;
    draft.writer.append_cursor_entries(&change("at", true, 0..100))?;
    let package = draft.seal()?;
    let mut number = 0;
    while trial.cancel_at(number, &package)? {
        expect(trial, "at", [])?;
        number += 1;
    }
    trial.load_again(&package)?;
    expect(trial, "at", 0..100)
}

fn need_no_table_where_there_are_none(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    load(trial, &[])?;
    expect(trial, "at", [])?;
    match trial.query("SELECT row_hash FROM _catchment_cursor_rows") {
        Err(_) => Ok(()),
        Ok(rows) => Err(trial.mismatch("a table of rows at cursors", "none", rows.join("; "))),
    }
}

fn have_cursors_of_parents_beside_them(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let (first, second) = (cursors("2024", [1, 2, 3]), cursors("2025", [2, 4]));
    load(trial, &[change("at", true, [1, 2]), parents("at", first.clone()), parents("it's", first.clone())])?;
    expect(trial, "at", [1, 2])?;
    expect_entries(trial, &parents_key("at"), &first)?;
    load(trial, &[parents("at", second.clone())])?;
    expect_entries(trial, &parents_key("at"), &second)?;
    expect_entries(trial, &parents_key("it's"), &first)?;
    load(trial, &[change("at", true, []), parents("it's", Vec::new())])?;
    expect(trial, "at", [])?;
    expect_entries(trial, &parents_key("at"), &second)?;
    expect_entries(trial, &parents_key("it's"), &Vec::new())
}

fn and_cursors_of_parents_come_once_with_the_rows(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let mut draft = trial.package_builder(&[&TestResource::append("items")])?;
    draft.rows("items", r#"[{"id":1,"v":"a"}]"#)?;
    let entries = cursors("2024", 0..100);
    draft.writer.append_cursor_entries(&parents("at", entries.clone()))?;
    let package = draft.seal()?;
    let mut number = 0;
    while trial.cancel_at(number, &package)? {
        expect_entries(trial, &parents_key("at"), &Vec::new())?;
        number += 1;
    }
    trial.load_again(&package)?;
    expect_entries(trial, &parents_key("at"), &entries)
}
