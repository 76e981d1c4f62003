//! Tables that make way for a package.

use catchment_load_package::{Refresh, SealedPackage};
use catchment_schema::Table;

use super::{ITEMS, LISTS};
use crate::testing::case::cases;
use crate::testing::failure::Mismatch;
use crate::testing::resource::Resource;
use crate::testing::trial::Trial;

cases! { "refresh":
    drops_tables_with_what_is_below,
    empties_tables_and_keeps_their_columns,
    of_tables_that_are_not_there,
    leaves_others_alone,
    changes_nothing_where_the_load_is_stopped,
}

/// A package of rows for which tables make way; those that are dropped are not in its schema any more.
fn package(trial: &mut Trial<'_>, refresh: Refresh, rows: &str) -> Result<SealedPackage, Mismatch> {
    let items = Resource::append("items");
    trial.refresh = refresh.clone();
    let mut draft = trial.draft(&[&items])?;
    for table in &refresh.dropped {
        draft.schema.tables.shift_remove(table);
    }
    draft.schema.tables.entry("items".to_owned()).or_insert_with(|| Table::root("items", "items"));
    draft.rows("items", rows)?;
    draft.seal()
}

fn dropped() -> Refresh {
    Refresh { dropped: ["items", "items__l"].map(str::to_owned).into(), ..Refresh::default() }
}

fn emptied() -> Refresh {
    Refresh { emptied: ["items", "items__l"].map(str::to_owned).into(), ..Refresh::default() }
}

fn drops_tables_with_what_is_below(trial: &mut Trial<'_>) -> Result<(), Mismatch> {
    trial.load(&Resource::append("items"), r#"[{"id":1,"v":"a","l":[1],"gone":true}]"#)?;
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

fn empties_tables_and_keeps_their_columns(trial: &mut Trial<'_>) -> Result<(), Mismatch> {
    trial.load(&Resource::append("items"), r#"[{"id":1,"v":"a","l":[1],"kept":true}]"#)?;
    let package = package(trial, emptied(), r#"[{"id":2,"v":"b"}]"#)?;
    trial.load_package(&package)?;
    trial.expect("SELECT id, v, kept FROM items", "2 b -")?;
    trial.expect("SELECT value FROM items__l", "")?;
    trial.load_again(&package)?;
    trial.expect(ITEMS, "2 b")
}

fn of_tables_that_are_not_there(trial: &mut Trial<'_>) -> Result<(), Mismatch> {
    let package = package(trial, Refresh { dropped: vec!["other".to_owned()], ..emptied() }, r#"[{"id":1,"v":"a"}]"#)?;
    trial.load_package(&package)?;
    trial.expect(ITEMS, "1 a")
}

fn leaves_others_alone(trial: &mut Trial<'_>) -> Result<(), Mismatch> {
    trial.load(&Resource::append("other"), r#"[{"id":7,"l":[7]}]"#)?;
    trial.load(&Resource::append("items"), r#"[{"id":1,"v":"a"}]"#)?;
    let package = package(trial, dropped(), r#"[{"id":2,"v":"b"}]"#)?;
    trial.load_package(&package)?;
    trial.expect("SELECT other.id, other__l.value FROM other JOIN other__l ON other__l._dlt_parent_id = other._dlt_id", "7 7")?;
    trial.expect(ITEMS, "2 b")
}

fn changes_nothing_where_the_load_is_stopped(trial: &mut Trial<'_>) -> Result<(), Mismatch> {
    trial.load(&Resource::append("items"), r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    let package = package(trial, dropped(), r#"[{"id":2,"v":"b","l":[2]}]"#)?;
    let mut number = 0;
    while trial.stopped_at(number, &package)? {
        trial.expect(LISTS, "1 1")?;
        number += 1;
    }
    trial.expect(LISTS, "2 2")
}
