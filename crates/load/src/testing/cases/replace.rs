//! The write disposition `replace`.

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

fn leaves_the_last_load(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::replace("items");
    context.load(&items, r#"[{"id":1,"v":"a","l":[1]},{"id":2,"v":"b","l":[2]}]"#)?;
    context.load(&items, r#"[{"id":2,"v":"c","l":[3]},{"id":3,"v":"d","l":[4]}]"#)?;
    context.expect(ITEMS, "2 c; 3 d")?;
    context.expect(LISTS, "2 3; 3 4")
}

fn takes_lists_of_lists_away(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::replace("items");
    context.load(&items, r#"[{"id":1,"v":"a","c":[{"n":1,"d":["x"]}]}]"#)?;
    context.load(&items, r#"[{"id":2,"v":"b","c":[{"n":2,"d":["y"]}]}]"#)?;
    context.expect(DEEP_LISTS, "2 2 y")
}

fn empties_tables_of_lists_that_vanished(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::replace("items");
    context.load(&items, r#"[{"id":1,"v":"a","l":[1],"c":[{"n":1,"d":["x"]}]}]"#)?;
    context.load(&items, r#"[{"id":2,"v":"b"}]"#)?;
    context.expect(ITEMS, "2 b")?;
    context.expect("SELECT value FROM items__l", "")?;
    context.expect("SELECT n FROM items__c", "")?;
    context.expect("SELECT value FROM items__c__d", "")
}

fn by_nothing_empties(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::replace("items");
    context.load(&items, r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    context.load(&items, "[]")?;
    context.expect(ITEMS, "")?;
    context.expect("SELECT value FROM items__l", "")?;
    context.load(&items, r#"[{"id":2,"v":"b","l":[2]}]"#)?;
    context.expect(LISTS, "2 2")
}

fn by_a_batch_without_rows_empties(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::replace("items");
    context.load(&items, r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    let mut builder = context.package_builder(&[&items])?;
    builder.empty_batch("items")?;
    context.load_package(&builder.seal()?)?;
    context.expect(ITEMS, "")?;
    context.expect("SELECT value FROM items__l", "")
}

fn of_a_table_that_is_not_there_by_nothing(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::replace("items").typed("id", DataType::Bigint);
    context.load(&items, "[]")?;
    context.load(&items, r#"[{"id":1,"v":"a"}]"#)?;
    context.expect(ITEMS, "1 a")
}

fn keeps_all_segments_of_a_package(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::replace("items");
    context.load(&items, r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    context.buffer_max_bytes = 0;
    let mut builder = context.package_builder(&[&items])?;
    builder.rows("items", r#"[{"id":2,"v":"b","l":[2]}]"#)?;
    builder.rows("items", r#"[{"id":3,"v":"c","l":[3]}]"#)?;
    context.load_package(&builder.seal()?)?;
    context.expect(ITEMS, "2 b; 3 c")?;
    context.expect(LISTS, "2 2; 3 3")
}

fn leaves_other_resources_alone(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let (items, others) = (TestResource::replace("items"), TestResource::replace("others"));
    let mut builder = context.package_builder(&[&items, &others])?;
    builder.rows("items", r#"[{"id":1,"v":"a"}]"#)?;
    builder.rows("others", r#"[{"id":7,"l":[8]}]"#)?;
    context.load_package(&builder.seal()?)?;
    context.load(&items, r#"[{"id":2,"v":"b"}]"#)?;
    context.expect(ITEMS, "2 b")?;
    context.expect("SELECT id FROM others", "7")?;
    context.expect("SELECT value FROM others__l", "8")
}

fn changes_nothing_where_rows_are_refused(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::replace("items").column(Column::new("v", DataType::Text).not_null());
    context.load(&items, r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    let package = context.package(&items, r#"[{"id":2,"v":"b","l":[2]},{"id":3,"v":null,"l":[3]}]"#)?;
    context.expect_rejected(&package)?;
    context.expect(ITEMS, "1 a")?;
    context.expect(LISTS, "1 1")?;
    context.load(&items, r#"[{"id":4,"v":"d","l":[4]}]"#)?;
    context.expect(ITEMS, "4 d")?;
    context.expect(LISTS, "4 4")
}
