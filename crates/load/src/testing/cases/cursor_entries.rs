//! Boundary rows and parent cursors that exceed the limit of the state.

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

/// Returns parent cursors with quotes, escapes and non-ASCII characters.
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

fn load(context: &mut TestContext<'_>, changes: &[CursorEntryChange]) -> Result<(), Mismatch> {
    let mut builder = context.package_builder(&[&TestResource::append("items")])?;
    builder.rows("items", r#"[{"id":1,"v":"a"}]"#)?;
    for change in changes {
        builder.writer.append_cursor_entries(change)?;
    }
    context.load_package(&builder.seal()?)
}

/// Compares the boundary rows of a cursor in any order.
fn expect(context: &TestContext<'_>, cursor_path: &str, numbers: impl IntoIterator<Item = u8>) -> Result<(), Mismatch> {
    expect_entries(context, &key("items", cursor_path), &entries(numbers))
}

/// Compares the entries of a cursor in any order.
fn expect_entries(context: &TestContext<'_>, key: &CursorEntryKey, expected: &Vec<CursorEntry>) -> Result<(), Mismatch> {
    let mut found = context.restored()?.cursor_entries.remove(key).unwrap_or_default();
    found.sort_unstable_by_key(|entry| entry.id);
    context.expect_same("the cursor entries", &found, expected)
}

fn are_added_to_those_before(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    load(context, &[change("at", true, [1, 2])])?;
    load(context, &[change("at", false, [3])])?;
    expect(context, "at", [1, 2, 3])
}

fn make_way_where_the_cursor_moves(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    load(context, &[change("at", true, [1, 2])])?;
    load(context, &[change("at", true, [3])])?;
    expect(context, "at", [3])?;
    load(context, &[change("at", true, [])])?;
    expect(context, "at", [])
}

fn of_other_cursors_stay(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    load(context, &[change("at", true, [1]), change("it's", true, [2])])?;
    load(context, &[change("at", true, [3])])?;
    expect(context, "at", [3])?;
    expect(context, "it's", [2])?;
    expect(context, "nothing", [])
}

fn come_once_with_the_rows(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let mut builder = context.package_builder(&[&TestResource::append("items")])?;
    builder.rows("items", r#"[{"id":1,"v":"a"}]"#)?;
    builder.writer.append_cursor_entries(&change("at", true, 0..100))?;
    let package = builder.seal()?;
    context.cancel_ever_later(&package, || expect(context, "at", []))?;
    context.load_again(&package)?;
    expect(context, "at", 0..100)
}

fn need_no_table_where_there_are_none(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    load(context, &[])?;
    expect(context, "at", [])?;
    match context.query("SELECT row_hash FROM _catchment_cursor_rows") {
        Err(_) => Ok(()),
        Ok(rows) => Err(context.mismatch("the table of boundary rows", "none", rows.join("; "))),
    }
}

fn have_cursors_of_parents_beside_them(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let (first, second) = (cursors("2024", [1, 2, 3]), cursors("2025", [2, 4]));
    load(context, &[change("at", true, [1, 2]), parents("at", first.clone()), parents("it's", first.clone())])?;
    expect(context, "at", [1, 2])?;
    expect_entries(context, &parents_key("at"), &first)?;
    load(context, &[parents("at", second.clone())])?;
    expect_entries(context, &parents_key("at"), &second)?;
    expect_entries(context, &parents_key("it's"), &first)?;
    load(context, &[change("at", true, []), parents("it's", Vec::new())])?;
    expect(context, "at", [])?;
    expect_entries(context, &parents_key("at"), &second)?;
    expect_entries(context, &parents_key("it's"), &Vec::new())
}

fn and_cursors_of_parents_come_once_with_the_rows(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let mut builder = context.package_builder(&[&TestResource::append("items")])?;
    builder.rows("items", r#"[{"id":1,"v":"a"}]"#)?;
    let entries = cursors("2024", 0..100);
    builder.writer.append_cursor_entries(&parents("at", entries.clone()))?;
    let package = builder.seal()?;
    context.cancel_ever_later(&package, || expect_entries(context, &parents_key("at"), &Vec::new()))?;
    context.load_again(&package)?;
    expect_entries(context, &parents_key("at"), &entries)
}
