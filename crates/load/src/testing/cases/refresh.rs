//! Tables that make way for a package.

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

/// A package of rows for which tables make way; those that are dropped are not in its schema any more.
fn package(trial: &mut TestContext<'_>, refresh: RefreshTables, rows: &str) -> Result<SealedPackage, Mismatch> {
    let items = TestResource::append("items");
    trial.refresh = refresh.clone();
    let mut draft = trial.package_builder(&[&items])?;
    for table in &refresh.dropped {
        draft.schema.tables.shift_remove(table);
    }
    draft.schema.tables.entry("items".to_owned()).or_insert_with(|| Table::root("items", "items"));
    draft.rows("items", rows)?;
    draft.seal()
}

fn dropped() -> RefreshTables {
    RefreshTables { dropped: ["items", "items__l"].map(str::to_owned).into(), ..RefreshTables::default() }
}

fn emptied() -> RefreshTables {
    RefreshTables { emptied: ["items", "items__l"].map(str::to_owned).into(), ..RefreshTables::default() }
}

fn drops_tables_with_what_is_below(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    trial.load(&TestResource::append("items"), r#"[{"id":1,"v":"a","l":[1],"gone":true}]"#)?;
    let package = package(trial, dropped(), r#"[{"id":"x","v":"b","l":["y"]}]"#)?;
    trial.load_package(&package)?;
    // the column is text now, and another one is not there any more
    trial.expect(ITEMS, "x b")?;
    trial.expect(LISTS, "x y")?;
    match trial.query("SELECT gone FROM items") {
        Err(_) => Ok(()),
        Ok(rows) => Err(trial.mismatch("a column of a dropped table", "an error", rows.join("; "))),
    }
}

fn empties_tables_and_keeps_their_columns(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    trial.load(&TestResource::append("items"), r#"[{"id":1,"v":"a","l":[1],"kept":true}]"#)?;
    let package = package(trial, emptied(), r#"[{"id":2,"v":"b"}]"#)?;
    trial.load_package(&package)?;
    trial.expect("SELECT id, v, kept FROM items", "2 b -")?;
    trial.expect("SELECT value FROM items__l", "")?;
    trial.load_again(&package)?;
    trial.expect(ITEMS, "2 b")
}

fn of_tables_that_are_not_there(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let package = package(trial, RefreshTables { dropped: vec!["other".to_owned()], ..emptied() }, r#"[{"id":1,"v":"a"}]"#)?;
    trial.load_package(&package)?;
    trial.expect(ITEMS, "1 a")
}

fn leaves_others_alone(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    trial.load(&TestResource::append("other"), r#"[{"id":7,"l":[7]}]"#)?;
    trial.load(&TestResource::append("items"), r#"[{"id":1,"v":"a"}]"#)?;
    let package = package(trial, dropped(), r#"[{"id":2,"v":"b"}]"#)?;
    trial.load_package(&package)?;
    trial.expect("SELECT other.id, other__l.value FROM other JOIN other__l ON other__l._dlt_parent_id = other._dlt_id", "7 7")?;
    trial.expect(ITEMS, "2 b")
}

fn changes_nothing_where_the_load_is_stopped(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    trial.load(&TestResource::append("items"), r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    let package = package(trial, dropped(), r#"[{"id":2,"v":"b","l":[2]}]"#)?;
    let mut number = 0;
    while trial.cancel_at(number, &package)? {
        trial.expect(LISTS, "1 1")?;
        number += 1;
    }
    trial.expect(LISTS, "2 2")
}
