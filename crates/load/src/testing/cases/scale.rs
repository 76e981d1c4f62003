//! Many rows and many columns.

use catchment_json::Value;

use super::load_mode::LoadMode::{self, Append, DeleteInsert, InsertOnly, Replace, Scd2, Upsert};
use crate::testing::case::cases_by_strategy;
use crate::testing::context::TestContext;
use crate::testing::failure::Mismatch;

cases_by_strategy! { [
    ("append", Append),
    ("replace", Replace),
    ("delete_insert", DeleteInsert),
    ("upsert", Upsert),
    ("insert_only", InsertOnly),
    ("scd2", Scd2)
]:
    takes_many_rows,
    takes_many_columns,
}

/// The number of rows of a package. Each has a list of two elements.
const ROWS: u64 = 50_000;
const BATCH: u64 = 5_000;

/// Loads [`ROWS`] rows with keys from `first` in several segments.
fn load_many(context: &mut TestContext<'_>, mode: LoadMode, first: u64, value: &str) -> Result<(), Mismatch> {
    let items = mode.resource("items", &["id"]);
    let mut builder = context.package_builder(&[&items])?;
    let row = |id: u64| {
        let list = Value::Array(vec![Value::from(id.to_string()), Value::from(value)]);
        Value::object([("id", Value::from(id)), ("v", Value::from(value)), ("l", list)])
    };
    for batch in 0..ROWS / BATCH {
        let begin = first + batch * BATCH;
        builder.rows_from_values("items", &(begin..begin + BATCH).map(row).collect::<Vec<_>>())?;
    }
    context.load_package(&builder.seal()?)
}

fn takes_many_rows(context: &mut TestContext<'_>, mode: LoadMode) -> Result<(), Mismatch> {
    context.buffer_max_bytes = 1 << 20;
    load_many(context, mode, 0, "a")?;
    // half of the keys exist already
    load_many(context, mode, ROWS / 2, "b")?;
    let (half, all) = (ROWS / 2, ROWS);
    let expected = match mode {
        Append | Scd2 => format!("a {all}; b {all}"),
        Replace => format!("b {all}"),
        DeleteInsert | Upsert => format!("a {half}; b {all}"),
        InsertOnly => format!("a {all}; b {half}"),
    };
    context.expect("SELECT v, count(*) FROM items GROUP BY v", &expected)?;
    let lists = "SELECT items.v, count(*) FROM items JOIN items__l ON items__l._dlt_parent_id = items._dlt_id \
        WHERE items__l._dlt_list_idx = 1 AND items__l.value = items.v GROUP BY items.v";
    context.expect(lists, &expected)?;
    let elements: u64 = expected.split(' ').filter_map(|word| word.trim_end_matches(';').parse::<u64>().ok()).sum();
    context.expect("SELECT count(*) FROM items__l", &(2 * elements).to_string())
}

fn takes_many_columns(context: &mut TestContext<'_>, mode: LoadMode) -> Result<(), Mismatch> {
    let items = mode.resource("items", &["id"]);
    let row = |id: u32, columns: u32| {
        let cells = (0..columns).map(|n| (format!("c{n}"), Value::from(n)));
        Value::object([("id".to_owned(), Value::from(id))].into_iter().chain(cells))
    };
    let (first, second) = (vec![row(1, 200), row(2, 0)], vec![row(1, 200), row(2, 0), row(3, 500)]);
    for rows in [first, second] {
        let mut builder = context.package_builder(&[&items])?;
        builder.rows_from_values("items", &rows)?;
        context.load_package(&builder.seal()?)?;
    }
    let expected = if mode == Append { "1 199 -; 2 - -; 1 199 -; 2 - -; 3 199 499" } else { "1 199 -; 2 - -; 3 199 499" };
    context.expect("SELECT id, c199, c499 FROM items", expected)
}
