//! Refresh: tables that a package drops or empties.

use std::sync::Arc;

use catchment_load_package::{RefreshTables, SealedPackage};
use catchment_schema::Table;

use super::{ITEMS, LISTS};
use crate::testing::case::cases;
use crate::testing::context::TestContext;
use crate::testing::failure::Mismatch;
use crate::testing::resource::TestResource;

cases! { "refresh":
    drops_tables_with_what_is_below,
    empties_tables_and_keeps_their_columns,
    of_tables_that_are_not_there,
    leaves_others_alone,
    changes_nothing_where_the_load_is_stopped,
}

/// Builds a package of rows that drops and empties tables. Dropped tables are not in its schema any more.
fn package(context: &mut TestContext<'_>, refresh: RefreshTables, rows: &str) -> Result<Arc<SealedPackage>, Mismatch> {
    let items = TestResource::append("items");
    context.refresh = refresh.clone();
    let mut builder = context.package_builder(&[&items])?;
    for table in &refresh.dropped {
        builder.schema.tables.shift_remove(table);
    }
    builder.schema.tables.entry("items".to_owned()).or_insert_with(|| Table::root("items", "items"));
    builder.rows("items", rows)?;
    builder.seal()
}

fn dropped() -> RefreshTables {
    RefreshTables { dropped: ["items", "items__l"].map(str::to_owned).into(), ..RefreshTables::default() }
}

fn emptied() -> RefreshTables {
    RefreshTables { emptied: ["items", "items__l"].map(str::to_owned).into(), ..RefreshTables::default() }
}

fn drops_tables_with_what_is_below(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&TestResource::append("items"), r#"[{"id":1,"v":"a","l":[1],"gone":true}]"#)?;
    let package = package(context, dropped(), r#"[{"id":"x","v":"b","l":["y"]}]"#)?;
    context.load_package(&package)?;
    // The column `id` is text now and the column `gone` is missing.
    context.expect(ITEMS, "x b")?;
    context.expect(LISTS, "x y")?;
    match context.query("SELECT gone FROM items") {
        Err(_) => Ok(()),
        Ok(rows) => Err(context.mismatch("a column of a dropped table", "an error", rows.join("; "))),
    }
}

fn empties_tables_and_keeps_their_columns(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&TestResource::append("items"), r#"[{"id":1,"v":"a","l":[1],"kept":true}]"#)?;
    let package = package(context, emptied(), r#"[{"id":2,"v":"b"}]"#)?;
    context.load_package(&package)?;
    context.expect("SELECT id, v, kept FROM items", "2 b -")?;
    context.expect("SELECT value FROM items__l", "")?;
    context.load_again(&package)?;
    context.expect(ITEMS, "2 b")
}

fn of_tables_that_are_not_there(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let package = package(context, RefreshTables { dropped: vec!["other".to_owned()], ..emptied() }, r#"[{"id":1,"v":"a"}]"#)?;
    context.load_package(&package)?;
    context.expect(ITEMS, "1 a")
}

fn leaves_others_alone(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&TestResource::append("other"), r#"[{"id":7,"l":[7]}]"#)?;
    context.load(&TestResource::append("items"), r#"[{"id":1,"v":"a"}]"#)?;
    let package = package(context, dropped(), r#"[{"id":2,"v":"b"}]"#)?;
    context.load_package(&package)?;
    context
        .expect("SELECT other.id, other__l.value FROM other JOIN other__l ON other__l._dlt_parent_id = other._dlt_id", "7 7")?;
    context.expect(ITEMS, "2 b")
}

fn changes_nothing_where_the_load_is_stopped(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&TestResource::append("items"), r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    let package = package(context, dropped(), r#"[{"id":2,"v":"b","l":[2]}]"#)?;
    context.cancel_ever_later(&package, || context.expect(LISTS, "1 1"))?;
    context.expect(LISTS, "2 2")
}
