//! The write dispositions `append` and `skip`.

use super::{DEEP_LISTS, ITEMS, LISTS};
use crate::testing::case::cases;
use crate::testing::context::TestContext;
use crate::testing::failure::Mismatch;
use crate::testing::resource::TestResource;

cases! { "append":
    keeps_the_rows_that_are_there,
    adds_equal_rows_again,
    adds_lists_of_lists,
    numbers_the_elements_of_lists,
    notes_the_load_of_each_row,
    of_nothing_adds_nothing,
    of_a_batch_without_rows_adds_nothing,
    takes_rows_of_several_resources,
    takes_rows_of_several_segments,
    leaves_tables_of_skipped_resources_alone,
}

fn keeps_the_rows_that_are_there(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items");
    context.load(&items, r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    context.load(&items, r#"[{"id":2,"v":"b","l":[2,3]}]"#)?;
    context.expect(ITEMS, "1 a; 2 b")?;
    context.expect(LISTS, "1 1; 2 2; 2 3")
}

fn adds_equal_rows_again(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items");
    let rows = r#"[{"id":1,"v":"a","l":[1]},{"id":1,"v":"a","l":[1]}]"#;
    context.load(&items, rows)?;
    context.load(&items, rows)?;
    context.expect(ITEMS, "1 a; 1 a; 1 a; 1 a")?;
    context.expect(LISTS, "1 1; 1 1; 1 1; 1 1")
}

fn adds_lists_of_lists(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items");
    context.load(&items, r#"[{"id":1,"v":"a","c":[{"n":1,"d":["x","y"]},{"n":2,"d":[]}]}]"#)?;
    context.load(&items, r#"[{"id":2,"v":"b","c":[{"n":1,"d":["z"]}]}]"#)?;
    context.expect(DEEP_LISTS, "1 1 x; 1 1 y; 2 1 z")?;
    context.expect("SELECT n FROM items__c", "1; 2; 1")
}

fn numbers_the_elements_of_lists(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&TestResource::append("items"), r#"[{"id":1,"l":["a","b"]},{"id":2,"l":["c"]}]"#)?;
    context.expect("SELECT _dlt_list_idx, value FROM items__l", "0 a; 1 b; 0 c")
}

fn notes_the_load_of_each_row(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items");
    context.load(&items, r#"[{"id":1}]"#)?;
    context.load(&items, r#"[{"id":2}]"#)?;
    context.expect("SELECT id, _dlt_load_id FROM items", "1 1704067200.000000; 2 1704153600.000000")
}

fn of_nothing_adds_nothing(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items");
    context.load(&items, "[]")?;
    context.load(&items, r#"[{"id":1,"v":"a"}]"#)?;
    context.load(&items, "[]")?;
    context.expect(ITEMS, "1 a")
}

fn of_a_batch_without_rows_adds_nothing(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items");
    context.load(&items, r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    let mut builder = context.package_builder(&[&items])?;
    builder.empty_batch("items")?;
    builder.empty_batch("items__l")?;
    context.load_package(&builder.seal()?)?;
    context.expect(ITEMS, "1 a")?;
    context.expect(LISTS, "1 1")
}

fn takes_rows_of_several_resources(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let (items, others) = (TestResource::append("items"), TestResource::append("others"));
    let mut builder = context.package_builder(&[&items, &others])?;
    builder.rows("items", r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    builder.rows("others", r#"[{"id":7,"l":[8]}]"#)?;
    context.load_package(&builder.seal()?)?;
    context.expect(ITEMS, "1 a")?;
    context.expect(LISTS, "1 1")?;
    context.expect(
        "SELECT others.id, others__l.value FROM others JOIN others__l ON others__l._dlt_parent_id = others._dlt_id",
        "7 8",
    )
}

fn takes_rows_of_several_segments(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.buffer_max_bytes = 0;
    let items = TestResource::append("items");
    let mut builder = context.package_builder(&[&items])?;
    builder.rows("items", r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    builder.rows("items", r#"[{"id":2,"v":"b","l":[2]}]"#)?;
    context.load_package(&builder.seal()?)?;
    context.expect(ITEMS, "1 a; 2 b")?;
    context.expect(LISTS, "1 1; 2 2")
}

fn leaves_tables_of_skipped_resources_alone(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&TestResource::append("items"), r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    context.load(&TestResource::skip("items"), r#"[{"id":2,"v":"b","l":[2]}]"#)?;
    context.load(&TestResource::skip("items"), "[]")?;
    context.expect(ITEMS, "1 a")?;
    context.expect(LISTS, "1 1")
}
