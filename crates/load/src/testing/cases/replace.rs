//! Rows that take the place of all that are there.

use catchment_schema::{Column, DataType};

use super::{DEEP_LISTS, ITEMS, LISTS};
use crate::testing::case::cases;
use crate::testing::context::TestContext;
use crate::testing::failure::Mismatch;
use crate::testing::resource::TestResource;

cases! { "replace":
    leaves_the_last_load,
    takes_lists_of_lists_away,
    empties_tables_of_lists_that_vanished,
    by_nothing_empties,
    by_a_batch_without_rows_empties,
    of_a_table_that_is_not_there_by_nothing,
    keeps_all_segments_of_a_package,
    leaves_other_resources_alone,
    changes_nothing_where_rows_are_refused,
}

fn leaves_the_last_load(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::replace("items");
    trial.load(&items, r#"[{"id":1,"v":"a","l":[1]},{"id":2,"v":"b","l":[2]}]"#)?;
    trial.load(&items, r#"[{"id":2,"v":"c","l":[3]},{"id":3,"v":"d","l":[4]}]"#)?;
    trial.expect(ITEMS, "2 c; 3 d")?;
    trial.expect(LISTS, "2 3; 3 4")
}

fn takes_lists_of_lists_away(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::replace("items");
    trial.load(&items, r#"[{"id":1,"v":"a","c":[{"n":1,"d":["x"]}]}]"#)?;
    trial.load(&items, r#"[{"id":2,"v":"b","c":[{"n":2,"d":["y"]}]}]"#)?;
    trial.expect(DEEP_LISTS, "2 2 y")
}

fn empties_tables_of_lists_that_vanished(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::replace("items");
    trial.load(&items, r#"[{"id":1,"v":"a","l":[1],"c":[{"n":1,"d":["x"]}]}]"#)?;
    trial.load(&items, r#"[{"id":2,"v":"b"}]"#)?;
    trial.expect(ITEMS, "2 b")?;
    trial.expect("SELECT value FROM items__l", "")?;
    trial.expect("SELECT n FROM items__c", "")?;
    trial.expect("SELECT value FROM items__c__d", "")
}

fn by_nothing_empties(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::replace("items");
    trial.load(&items, r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    trial.load(&items, "[]")?;
    trial.expect(ITEMS, "")?;
    trial.expect("SELECT value FROM items__l", "")?;
    trial.load(&items, r#"[{"id":2,"v":"b","l":[2]}]"#)?;
    trial.expect(LISTS, "2 2")
}

fn by_a_batch_without_rows_empties(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::replace("items");
    trial.load(&items, r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    let mut draft = trial.package_builder(&[&items])?;
    draft.empty_batch("items")?;
    trial.load_package(&draft.seal()?)?;
    trial.expect(ITEMS, "")?;
    trial.expect("SELECT value FROM items__l", "")
}

fn of_a_table_that_is_not_there_by_nothing(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::replace("items").typed("id", DataType::Bigint);
    trial.load(&items, "[]")?;
    trial.load(&items, r#"[{"id":1,"v":"a"}]"#)?;
    trial.expect(ITEMS, "1 a")
}

fn keeps_all_segments_of_a_package(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::replace("items");
    trial.load(&items, r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    trial.buffer_max_bytes = 0;
    let mut draft = trial.package_builder(&[&items])?;
    draft.rows("items", r#"[{"id":2,"v":"b","l":[2]}]"#)?;
    draft.rows("items", r#"[{"id":3,"v":"c","l":[3]}]"#)?;
    trial.load_package(&draft.seal()?)?;
    trial.expect(ITEMS, "2 b; 3 c")?;
    trial.expect(LISTS, "2 2; 3 3")
}

fn leaves_other_resources_alone(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let (items, others) = (TestResource::replace("items"), TestResource::replace("others"));
    let mut draft = trial.package_builder(&[&items, &others])?;
    draft.rows("items", r#"[{"id":1,"v":"a"}]"#)?;
    draft.rows("others", r#"[{"id":7,"l":[8]}]"#)?;
    trial.load_package(&draft.seal()?)?;
    trial.load(&items, r#"[{"id":2,"v":"b"}]"#)?;
    trial.expect(ITEMS, "2 b")?;
    trial.expect("SELECT id FROM others", "7")?;
    trial.expect("SELECT value FROM others__l", "8")
}

fn changes_nothing_where_rows_are_refused(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::replace("items").column(Column::new("v", DataType::Text).not_null());
    trial.load(&items, r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    let package = trial.package(&items, r#"[{"id":2,"v":"b","l":[2]},{"id":3,"v":null,"l":[3]}]"#)?;
    trial.expect_rejected(&package)?;
    trial.expect(ITEMS, "1 a")?;
    trial.expect(LISTS, "1 1")?;
    trial.load(&items, r#"[{"id":4,"v":"d","l":[4]}]"#)?;
    trial.expect(ITEMS, "4 d")?;
    trial.expect(LISTS, "4 4")
}
