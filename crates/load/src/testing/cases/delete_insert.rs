//! Merging by delete and insert: keys that several rows share.

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

fn by_a_merge_key(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = by_merge_key(&["id"]);
    trial.load(&items, r#"[{"id":1,"v":"a","l":[1]},{"id":1,"v":"b","l":[2]},{"id":2,"v":"c","l":[3]}]"#)?;
    trial.expect(ITEMS, "1 a; 1 b; 2 c")?;
    trial.load(&items, r#"[{"id":1,"v":"d","l":[4]},{"id":1,"v":"d","l":[5]},{"id":1,"v":"e"}]"#)?;
    trial.expect(ITEMS, "1 d; 1 d; 1 e; 2 c")?;
    trial.expect(LISTS, "1 4; 1 5; 2 3")
}

fn by_a_compound_merge_key(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = by_merge_key(&["a", "b"]);
    trial.load(&items, r#"[{"a":1,"b":1,"v":1},{"a":1,"b":1,"v":2},{"a":1,"b":2,"v":3},{"a":2,"b":1,"v":4}]"#)?;
    trial.load(&items, r#"[{"a":1,"b":1,"v":5}]"#)?;
    trial.expect("SELECT a, b, v FROM items", "1 1 5; 1 2 3; 2 1 4")
}

fn by_a_merge_key_that_is_null(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = by_merge_key(&["id"]).typed("id", DataType::Bigint);
    trial.load(&items, r#"[{"id":null,"v":"a","l":[1]},{"id":null,"v":"b","l":[2]},{"id":1,"v":"c","l":[3]}]"#)?;
    trial.load(&items, r#"[{"id":null,"v":"d","l":[4]}]"#)?;
    trial.expect(ITEMS, "- d; 1 c")?;
    trial.expect(LISTS, "- 4; 1 3")
}

fn by_a_merge_key_with_lists_of_lists(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = by_merge_key(&["id"]);
    trial.load(
        &items,
        r#"[{"id":1,"c":[{"n":1,"d":["x"]}]},{"id":1,"c":[{"n":2,"d":["y"]}]},{"id":2,"c":[{"n":3,"d":["z"]}]}]"#,
    )?;
    trial.load(&items, r#"[{"id":1,"c":[{"n":4,"d":["w"]}]}]"#)?;
    trial.expect(super::DEEP_LISTS, "1 4 w; 2 3 z")
}

fn by_either_key(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::merge("items", DeleteInsert, &["id"]).merge_key(&["day"]);
    let rows = r#"[{"id":1,"day":"m","l":[1]},{"id":2,"day":"m","l":[2]},{"id":3,"day":"t","l":[3]},{"id":4,"day":"w","l":[4]}]"#;
    trial.load(&items, rows)?;
    trial.load(&items, r#"[{"id":3,"day":"m","l":[5]},{"id":3,"day":"m","l":[6]},{"id":5,"day":"m","l":[7]}]"#)?;
    trial.expect("SELECT id, day FROM items", "3 m; 4 w; 5 m")?;
    trial.expect(LISTS, "3 5; 4 4; 5 7")
}

fn by_either_key_that_is_null(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::merge("items", DeleteInsert, &["id"]).merge_key(&["day"]);
    let items = items.typed("id", DataType::Bigint).typed("day", DataType::Text);
    trial.load(
        &items,
        r#"[{"id":1,"day":null,"v":1},{"id":2,"day":null,"v":2},{"id":null,"day":"t","v":3},{"id":4,"day":"w","v":4}]"#,
    )?;
    trial.load(&items, r#"[{"id":null,"day":null,"v":5}]"#)?;
    trial.expect("SELECT id, day, v FROM items", "- - 5; 4 w 4")
}

fn without_a_key_adds_rows(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = by_merge_key(&[]);
    trial.load(&items, r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    trial.load(&items, r#"[{"id":1,"v":"a","l":[1]},{"id":1,"v":"b","l":[2]}]"#)?;
    trial.expect(ITEMS, "1 a; 1 a; 1 b")?;
    trial.expect(LISTS, "1 1; 1 1; 1 2")
}

fn trusts_rows_that_are_deduplicated(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let options = MergeOptions { deduplicated: true, ..MergeOptions::default() };
    let items = TestResource::merge("items", DeleteInsert, &["id"]).options(options);
    trial.load(&items, r#"[{"id":1,"v":"a","l":[1]},{"id":2,"v":"b","l":[2]}]"#)?;
    trial.load(&items, r#"[{"id":1,"v":"c","l":[3]}]"#)?;
    trial.expect(ITEMS, "1 c; 2 b")?;
    trial.expect(LISTS, "1 3; 2 2")
}

fn deletes_by_its_merge_key(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = by_merge_key(&["id"]).hard_delete("gone");
    trial.load(
        &items,
        r#"[{"id":1,"v":"a","l":[1]},{"id":1,"v":"b","l":[2]},{"id":2,"v":"c","l":[3]},{"id":3,"v":"d","l":[4]}]"#,
    )?;
    trial.load(
        &items,
        r#"[{"id":1,"gone":true,"l":[5]},{"id":2,"v":"e","gone":false,"l":[6]},{"id":2,"v":"f","gone":true,"l":[7]}]"#,
    )?;
    trial.expect(ITEMS, "2 e; 3 d")?;
    trial.expect(LISTS, "2 6; 3 4")
}
