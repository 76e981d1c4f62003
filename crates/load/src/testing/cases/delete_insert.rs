//! The merge strategy `delete-insert`: keys shared by several rows.

use catchment_schema::MergeStrategy::DeleteInsert;
use catchment_schema::{DataType, MergeOptions};

use super::{ITEMS, LISTS};
use crate::testing::case::cases;
use crate::testing::context::TestContext;
use crate::testing::failure::Mismatch;
use crate::testing::resource::TestResource;

cases! { "delete_insert":
    by_a_merge_key,
    by_a_compound_merge_key,
    by_a_merge_key_that_is_null,
    by_a_merge_key_with_lists_of_lists,
    by_either_key,
    by_either_key_that_is_null,
    without_a_key_adds_rows,
    trusts_rows_that_are_deduplicated,
    deletes_by_its_merge_key,
}

fn by_merge_key(merge_key: &[&str]) -> TestResource {
    TestResource::merge("items", DeleteInsert, &[]).merge_key(merge_key)
}

fn by_a_merge_key(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = by_merge_key(&["id"]);
    context.load(&items, r#"[{"id":1,"v":"a","l":[1]},{"id":1,"v":"b","l":[2]},{"id":2,"v":"c","l":[3]}]"#)?;
    context.expect(ITEMS, "1 a; 1 b; 2 c")?;
    context.load(&items, r#"[{"id":1,"v":"d","l":[4]},{"id":1,"v":"d","l":[5]},{"id":1,"v":"e"}]"#)?;
    context.expect(ITEMS, "1 d; 1 d; 1 e; 2 c")?;
    context.expect(LISTS, "1 4; 1 5; 2 3")
}

fn by_a_compound_merge_key(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = by_merge_key(&["a", "b"]);
    context.load(&items, r#"[{"a":1,"b":1,"v":1},{"a":1,"b":1,"v":2},{"a":1,"b":2,"v":3},{"a":2,"b":1,"v":4}]"#)?;
    context.load(&items, r#"[{"a":1,"b":1,"v":5}]"#)?;
    context.expect("SELECT a, b, v FROM items", "1 1 5; 1 2 3; 2 1 4")
}

fn by_a_merge_key_that_is_null(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = by_merge_key(&["id"]).typed("id", DataType::Bigint);
    context.load(&items, r#"[{"id":null,"v":"a","l":[1]},{"id":null,"v":"b","l":[2]},{"id":1,"v":"c","l":[3]}]"#)?;
    context.load(&items, r#"[{"id":null,"v":"d","l":[4]}]"#)?;
    context.expect(ITEMS, "- d; 1 c")?;
    context.expect(LISTS, "- 4; 1 3")
}

fn by_a_merge_key_with_lists_of_lists(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = by_merge_key(&["id"]);
    context.load(
        &items,
        r#"[{"id":1,"c":[{"n":1,"d":["x"]}]},{"id":1,"c":[{"n":2,"d":["y"]}]},{"id":2,"c":[{"n":3,"d":["z"]}]}]"#,
    )?;
    context.load(&items, r#"[{"id":1,"c":[{"n":4,"d":["w"]}]}]"#)?;
    context.expect(super::DEEP_LISTS, "1 4 w; 2 3 z")
}

fn by_either_key(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::merge("items", DeleteInsert, &["id"]).merge_key(&["day"]);
    let rows = r#"[{"id":1,"day":"m","l":[1]},{"id":2,"day":"m","l":[2]},{"id":3,"day":"t","l":[3]},{"id":4,"day":"w","l":[4]}]"#;
    context.load(&items, rows)?;
    context.load(&items, r#"[{"id":3,"day":"m","l":[5]},{"id":3,"day":"m","l":[6]},{"id":5,"day":"m","l":[7]}]"#)?;
    context.expect("SELECT id, day FROM items", "3 m; 4 w; 5 m")?;
    context.expect(LISTS, "3 5; 4 4; 5 7")
}

fn by_either_key_that_is_null(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::merge("items", DeleteInsert, &["id"]).merge_key(&["day"]);
    let items = items.typed("id", DataType::Bigint).typed("day", DataType::Text);
    context.load(
        &items,
        r#"[{"id":1,"day":null,"v":1},{"id":2,"day":null,"v":2},{"id":null,"day":"t","v":3},{"id":4,"day":"w","v":4}]"#,
    )?;
    context.load(&items, r#"[{"id":null,"day":null,"v":5}]"#)?;
    context.expect("SELECT id, day, v FROM items", "- - 5; 4 w 4")
}

fn without_a_key_adds_rows(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = by_merge_key(&[]);
    context.load(&items, r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    context.load(&items, r#"[{"id":1,"v":"a","l":[1]},{"id":1,"v":"b","l":[2]}]"#)?;
    context.expect(ITEMS, "1 a; 1 a; 1 b")?;
    context.expect(LISTS, "1 1; 1 1; 1 2")
}

fn trusts_rows_that_are_deduplicated(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let options = MergeOptions { deduplicated: true, ..MergeOptions::default() };
    let items = TestResource::merge("items", DeleteInsert, &["id"]).options(options);
    context.load(&items, r#"[{"id":1,"v":"a","l":[1]},{"id":2,"v":"b","l":[2]}]"#)?;
    context.load(&items, r#"[{"id":1,"v":"c","l":[3]}]"#)?;
    context.expect(ITEMS, "1 c; 2 b")?;
    context.expect(LISTS, "1 3; 2 2")
}

fn deletes_by_its_merge_key(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = by_merge_key(&["id"]).hard_delete("gone");
    context.load(
        &items,
        r#"[{"id":1,"v":"a","l":[1]},{"id":1,"v":"b","l":[2]},{"id":2,"v":"c","l":[3]},{"id":3,"v":"d","l":[4]}]"#,
    )?;
    context.load(
        &items,
        r#"[{"id":1,"gone":true,"l":[5]},{"id":2,"v":"e","gone":false,"l":[6]},{"id":2,"v":"f","gone":true,"l":[7]}]"#,
    )?;
    context.expect(ITEMS, "2 e; 3 d")?;
    context.expect(LISTS, "2 6; 3 4")
}
