//! The merge strategy `insert-only`.

use catchment_schema::DataType;
use catchment_schema::MergeStrategy::InsertOnly;

use super::{DEEP_LISTS, ITEMS, LISTS};
use crate::testing::case::cases;
use crate::testing::context::TestContext;
use crate::testing::failure::Mismatch;
use crate::testing::resource::TestResource;

cases! { "insert_only":
    leaves_rows_that_are_there,
    leaves_lists_of_lists_that_are_there,
    by_a_compound_key_with_nulls,
    inserts_no_rows_that_are_to_be_deleted,
    of_nothing_changes_nothing,
    takes_rows_of_several_segments,
}

fn items() -> TestResource {
    TestResource::merge("items", InsertOnly, &["id"])
}

fn leaves_rows_that_are_there(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&items(), r#"[{"id":1,"v":"a","l":[1,2]},{"id":2,"v":"b","l":[3]}]"#)?;
    context.load(&items(), r#"[{"id":1,"v":"c","l":[4,5,6]},{"id":3,"v":"d","l":[7]}]"#)?;
    context.load(&items(), r#"[{"id":2,"v":"e"},{"id":3,"v":"f","l":[]}]"#)?;
    context
        .expect("SELECT id, v, _dlt_load_id FROM items", "1 a 1704067200.000000; 2 b 1704067200.000000; 3 d 1704153600.000000")?;
    context.expect(LISTS, "1 1; 1 2; 2 3; 3 7")
}

fn leaves_lists_of_lists_that_are_there(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&items(), r#"[{"id":1,"c":[{"n":1,"d":["x"]}]}]"#)?;
    context.load(&items(), r#"[{"id":1,"c":[{"n":2,"d":["y","z"]},{"n":3,"d":["w"]}]},{"id":2,"c":[{"n":4,"d":["u"]}]}]"#)?;
    context.expect(DEEP_LISTS, "1 1 x; 2 4 u")?;
    context.expect("SELECT n FROM items__c", "1; 4")?;
    context.expect("SELECT value FROM items__c__d", "x; u")
}

fn by_a_compound_key_with_nulls(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::merge("items", InsertOnly, &["a", "b"]).typed("a", DataType::Bigint).typed("b", DataType::Text);
    context.load(&items, r#"[{"a":1,"b":null,"v":1},{"a":null,"b":null,"v":2},{"a":1,"b":"x","v":3}]"#)?;
    context.load(&items, r#"[{"a":1,"b":null,"v":4},{"a":null,"b":null,"v":5},{"a":null,"b":"x","v":6}]"#)?;
    context.expect("SELECT a, b, v FROM items", "1 - 1; - - 2; 1 x 3; - x 6")
}

fn inserts_no_rows_that_are_to_be_deleted(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = items().hard_delete("gone");
    context.load(&items, r#"[{"id":1,"v":"a","l":[1]},{"id":2,"v":"b","gone":true,"l":[2]}]"#)?;
    context.load(&items, r#"[{"id":1,"gone":true,"l":[3]},{"id":3,"gone":true},{"id":4,"v":"c","gone":false,"l":[4]}]"#)?;
    context.expect(ITEMS, "1 a; 4 c")?;
    context.expect(LISTS, "1 1; 4 4")
}

fn of_nothing_changes_nothing(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&items(), r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    context.load(&items(), "[]")?;
    let mut builder = context.package_builder(&[&items()])?;
    builder.empty_batch("items")?;
    builder.empty_batch("items__l")?;
    context.load_package(&builder.seal()?)?;
    context.expect(ITEMS, "1 a")?;
    context.expect(LISTS, "1 1")
}

fn takes_rows_of_several_segments(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&items(), r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    context.buffer_max_bytes = 0;
    let mut builder = context.package_builder(&[&items()])?;
    builder.rows("items", r#"[{"id":1,"v":"b","l":[2]},{"id":2,"v":"c"}]"#)?;
    builder.rows("items", r#"[{"id":3,"v":"d","l":[3]},{"id":1,"v":"e","l":[4]}]"#)?;
    context.load_package(&builder.seal()?)?;
    context.expect(ITEMS, "1 a; 2 c; 3 d")?;
    context.expect(LISTS, "1 1; 3 3")
}
