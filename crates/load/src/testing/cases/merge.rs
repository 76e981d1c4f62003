//! Merging by primary key: new rows replace existing ones.

use catchment_schema::DataType;
use catchment_schema::MergeStrategy::{self, DeleteInsert, InsertOnly, Scd2, Upsert};

use super::{DEEP_LISTS, ITEMS, LISTS};
use crate::testing::case::cases_by_strategy;
use crate::testing::context::TestContext;
use crate::testing::failure::Mismatch;
use crate::testing::resource::TestResource;

cases_by_strategy! { [("delete_insert", DeleteInsert), ("upsert", Upsert)]:
    replaces_rows_by_their_key,
    takes_lists_of_lists_with_their_row,
    takes_lists_away_where_none_come,
    replaces_the_whole_row,
    by_a_compound_key,
    by_a_key_that_is_null,
    by_a_compound_key_with_nulls,
    of_nothing_changes_nothing,
    of_a_batch_without_rows_changes_nothing,
    takes_rows_of_several_segments,
    stands_beside_other_dispositions,
    stands_beside_other_merges,
}

fn items(strategy: MergeStrategy) -> TestResource {
    TestResource::merge("items", strategy, &["id"])
}

fn replaces_rows_by_their_key(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    let items = items(strategy);
    context.load(&items, r#"[{"id":1,"v":"a","l":[1,2]},{"id":2,"v":"b","l":[3]}]"#)?;
    context.load(&items, r#"[{"id":1,"v":"c","l":[4]},{"id":3,"v":"d","l":[5]}]"#)?;
    context.expect(ITEMS, "1 c; 2 b; 3 d")?;
    context.expect(LISTS, "1 4; 2 3; 3 5")
}

fn takes_lists_of_lists_with_their_row(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    let items = items(strategy);
    context
        .load(&items, r#"[{"id":1,"v":"a","c":[{"n":1,"d":["x","y"]},{"n":2,"d":["z"]}]},{"id":2,"c":[{"n":3,"d":["w"]}]}]"#)?;
    context.load(&items, r#"[{"id":1,"v":"b","c":[{"n":4,"d":["u"]}]}]"#)?;
    context.expect(DEEP_LISTS, "1 4 u; 2 3 w")?;
    context.expect("SELECT n FROM items__c", "3; 4")?;
    context.expect("SELECT value FROM items__c__d", "u; w")
}

fn takes_lists_away_where_none_come(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    let items = items(strategy);
    context.load(&items, r#"[{"id":1,"v":"a","l":[1],"c":[{"n":1,"d":["x"]}]},{"id":2,"v":"b","l":[2]}]"#)?;
    context.load(&items, r#"[{"id":1,"v":"c"}]"#)?;
    context.expect(ITEMS, "1 c; 2 b")?;
    context.expect("SELECT value FROM items__l", "2")?;
    context.expect("SELECT n FROM items__c", "")?;
    context.expect("SELECT value FROM items__c__d", "")
}

fn replaces_the_whole_row(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    let items = items(strategy);
    context.load(&items, r#"[{"id":1,"v":"a","w":1},{"id":2,"v":"b","w":2}]"#)?;
    context.load(&items, r#"[{"id":1,"w":3}]"#)?;
    context.expect("SELECT id, v, w FROM items", "1 - 3; 2 b 2")
}

fn by_a_compound_key(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    let items = TestResource::merge("items", strategy, &["a", "b"]);
    context.load(&items, r#"[{"a":1,"b":"x","v":1},{"a":1,"b":"y","v":2},{"a":2,"b":"x","v":3}]"#)?;
    context.load(&items, r#"[{"a":1,"b":"y","v":9},{"a":2,"b":"y","v":8}]"#)?;
    context.expect("SELECT a, b, v FROM items", "1 x 1; 1 y 9; 2 x 3; 2 y 8")
}

fn by_a_key_that_is_null(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    let items = items(strategy).typed("id", DataType::Bigint);
    context.load(&items, r#"[{"id":null,"v":"a","l":[1]},{"id":1,"v":"b","l":[2]}]"#)?;
    context.load(&items, r#"[{"id":null,"v":"c","l":[3]}]"#)?;
    context.expect(ITEMS, "- c; 1 b")?;
    context.expect(LISTS, "- 3; 1 2")
}

fn by_a_compound_key_with_nulls(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    let items = TestResource::merge("items", strategy, &["a", "b"]).typed("a", DataType::Bigint).typed("b", DataType::Text);
    let rows = r#"[{"a":1,"b":null,"v":1},{"a":null,"b":null,"v":2},{"a":null,"b":"x","v":3},{"a":1,"b":"","v":4}]"#;
    context.load(&items, rows)?;
    context.load(&items, r#"[{"a":1,"b":null,"v":7},{"a":null,"b":null,"v":8}]"#)?;
    context.expect("SELECT a, b, v FROM items", "1 - 7; - - 8; - x 3; 1 '' 4")
}

fn of_nothing_changes_nothing(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    let items = items(strategy);
    context.load(&items, "[]")?;
    context.load(&items, r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    context.load(&items, "[]")?;
    context.expect(ITEMS, "1 a")?;
    context.expect(LISTS, "1 1")
}

fn of_a_batch_without_rows_changes_nothing(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    let items = items(strategy);
    context.load(&items, r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    let mut builder = context.package_builder(&[&items])?;
    builder.empty_batch("items")?;
    builder.empty_batch("items__l")?;
    context.load_package(&builder.seal()?)?;
    context.expect(ITEMS, "1 a")?;
    context.expect(LISTS, "1 1")
}

fn takes_rows_of_several_segments(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    let items = items(strategy);
    context.load(&items, r#"[{"id":1,"v":"a","l":[1]},{"id":2,"v":"b","l":[2]},{"id":4,"v":"c","l":[3]}]"#)?;
    context.buffer_max_bytes = 0;
    let mut builder = context.package_builder(&[&items])?;
    builder.rows("items", r#"[{"id":1,"v":"d","l":[4]},{"id":2,"v":"e"}]"#)?;
    builder.rows("items", r#"[{"id":3,"w":true,"l":[5]},{"id":2,"w":false,"l":[6]}]"#)?;
    context.load_package(&builder.seal()?)?;
    context.expect("SELECT id, v, w FROM items", "1 d -; 2 e -; 3 - true; 4 c -")?;
    context.expect(LISTS, "1 4; 3 5; 4 3")
}

fn stands_beside_other_dispositions(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    let (items, added, replaced) = (items(strategy), TestResource::append("added"), TestResource::replace("replaced"));
    for (first, second) in [("1", "2"), ("3", "4")] {
        let rows = format!(r#"[{{"id":1,"v":"{first}","l":[{first}]}},{{"id":{second},"v":"{second}","l":[{second}]}}]"#);
        let mut builder = context.package_builder(&[&items, &added, &replaced])?;
        for table in ["added", "items", "replaced"] {
            builder.rows(table, &rows)?;
        }
        context.load_package(&builder.seal()?)?;
    }
    context.expect(ITEMS, "1 3; 2 2; 4 4")?;
    context.expect(LISTS, "1 3; 2 2; 4 4")?;
    context.expect("SELECT id, v FROM added", "1 1; 2 2; 1 3; 4 4")?;
    context.expect("SELECT value FROM added__l", "1; 2; 3; 4")?;
    context.expect("SELECT id, v FROM replaced", "1 3; 4 4")?;
    context.expect("SELECT value FROM replaced__l", "3; 4")
}

fn stands_beside_other_merges(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    let (items, others) = (items(strategy), TestResource::merge("others", strategy, &["id"]));
    let (versions, kept) = (TestResource::merge("versions", Scd2, &[]), TestResource::merge("kept", InsertOnly, &["id"]));
    for (id, v) in [(1, "a"), (2, "b"), (1, "c")] {
        let mut builder = context.package_builder(&[&items, &others, &versions, &kept])?;
        for table in ["versions", "items", "kept", "others"] {
            builder.rows(table, &format!(r#"[{{"id":{id},"v":"{v} of {table}","l":["{v}"]}}]"#))?;
        }
        context.load_package(&builder.seal()?)?;
    }
    let expected = [
        ("items", "1 c of items; 2 b of items", "b; c"),
        ("others", "1 c of others; 2 b of others", "b; c"),
        ("versions", "1 a of versions; 2 b of versions; 1 c of versions", "a; b; c"),
        ("kept", "1 a of kept; 2 b of kept", "a; b"),
    ];
    for (table, rows, lists) in expected {
        context.expect(&format!("SELECT id, v FROM {table}"), rows)?;
        context.expect(&format!("SELECT value FROM {table}__l"), lists)?;
    }
    Ok(())
}
