//! Deduplication of new rows with equal keys.

use catchment_schema::DataType;
use catchment_schema::MergeStrategy::{self, DeleteInsert, InsertOnly, Upsert};

use super::{DEEP_LISTS, ITEMS, LISTS};
use crate::testing::case::cases_by_strategy;
use crate::testing::context::TestContext;
use crate::testing::failure::Mismatch;
use crate::testing::resource::TestResource;

cases_by_strategy! { [("delete_insert", DeleteInsert), ("upsert", Upsert), ("insert_only", InsertOnly)]:
    of_equal_keys_takes_the_first,
    of_equal_keys_takes_the_first_of_several_segments,
    of_equal_keys_takes_the_lists_of_one_row,
    of_equal_keys_takes_the_lowest,
    of_equal_keys_takes_the_highest,
    of_equal_keys_takes_the_highest_of_segments,
    of_equal_keys_takes_the_first_that_sorts_alike,
    of_equal_keys_takes_none_that_sorts_as_null,
    of_equal_keys_has_nothing_to_sort_by,
    of_null_keys_takes_one,
    of_equal_compound_keys_takes_one,
}

fn items(strategy: MergeStrategy) -> TestResource {
    TestResource::merge("items", strategy, &["id"])
}

fn of_equal_keys_takes_the_first(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    let rows = r#"[{"id":1,"v":"b","l":[1,2]},{"id":2,"v":"c"},{"id":1,"v":"a","l":[3]},{"id":1,"v":"c","l":[4,5,6]}]"#;
    for _ in 0..2 {
        context.load(&items(strategy), rows)?;
        context.expect(ITEMS, "1 b; 2 c")?;
        context.expect(LISTS, "1 1; 1 2")?;
    }
    Ok(())
}

fn of_equal_keys_takes_the_first_of_several_segments(
    context: &mut TestContext<'_>,
    strategy: MergeStrategy,
) -> Result<(), Mismatch> {
    context.buffer_max_bytes = 0;
    let items = items(strategy);
    let mut builder = context.package_builder(&[&items])?;
    builder.rows("items", r#"[{"id":1,"v":"b","l":[1]},{"id":2,"v":"d"}]"#)?;
    builder.rows("items", r#"[{"id":2,"v":"a","l":[2]},{"id":1,"v":"a","l":[3,4]},{"id":3,"v":"c","l":[5]}]"#)?;
    context.load_package(&builder.seal()?)?;
    context.expect(ITEMS, "1 b; 2 d; 3 c")?;
    context.expect(LISTS, "1 1; 3 5")
}

fn of_equal_keys_takes_the_lists_of_one_row(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    let rows = r#"[{"id":1,"c":[{"n":1,"d":["x"]}]},{"id":1,"c":[{"n":2,"d":["y","z"]},{"n":3,"d":["w"]}]}]"#;
    context.load(&items(strategy), rows)?;
    context.expect(DEEP_LISTS, "1 1 x")?;
    context.expect("SELECT n FROM items__c", "1")?;
    context.expect("SELECT value FROM items__c__d", "x")
}

const SORTED: &str =
    r#"[{"id":1,"v":"a","at":2,"l":[1]},{"id":1,"v":"b","at":3,"l":[2,3]},{"id":1,"v":"c","at":1,"l":[4]},{"id":2,"at":5}]"#;

fn of_equal_keys_takes_the_lowest(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    context.load(&items(strategy).dedup_sort("at", "asc"), SORTED)?;
    context.expect(ITEMS, "1 c; 2 -")?;
    context.expect(LISTS, "1 4")
}

fn of_equal_keys_takes_the_highest(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    context.load(&items(strategy).dedup_sort("at", "desc"), SORTED)?;
    context.expect(ITEMS, "1 b; 2 -")?;
    context.expect(LISTS, "1 2; 1 3")
}

fn of_equal_keys_takes_the_highest_of_segments(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    context.buffer_max_bytes = 0;
    let items = items(strategy).dedup_sort("at", "desc");
    let mut builder = context.package_builder(&[&items])?;
    builder.rows("items", r#"[{"id":1,"v":"a","at":1,"l":[1]},{"id":2,"v":"b","at":9,"l":[2]}]"#)?;
    builder.rows("items", r#"[{"id":1,"v":"c","at":2,"l":[3]},{"id":2,"v":"d","at":8,"l":[4]}]"#)?;
    context.load_package(&builder.seal()?)?;
    context.expect(ITEMS, "1 c; 2 b")?;
    context.expect(LISTS, "1 3; 2 2")
}

fn of_equal_keys_takes_the_first_that_sorts_alike(
    context: &mut TestContext<'_>,
    strategy: MergeStrategy,
) -> Result<(), Mismatch> {
    let rows = r#"[{"id":1,"v":"c","at":2,"l":[1]},{"id":1,"v":"a","at":2,"l":[2]},{"id":1,"v":"b","at":1}]"#;
    context.load(&items(strategy).dedup_sort("at", "desc"), rows)?;
    context.expect(ITEMS, "1 c")?;
    context.expect(LISTS, "1 1")
}

fn of_equal_keys_takes_none_that_sorts_as_null(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    let rows = r#"[{"id":1,"v":"a","at":null},{"id":1,"v":"b","at":5},{"id":2,"v":"c","at":null},{"id":2,"v":"d"}]"#;
    for (table, direction) in [("lowest", "asc"), ("highest", "desc")] {
        let resource = TestResource::merge(table, strategy, &["id"]).dedup_sort("at", direction);
        context.load(&resource, rows)?;
        context.expect(&format!("SELECT id, v FROM {table}"), "1 b; 2 c")?;
    }
    Ok(())
}

fn of_equal_keys_has_nothing_to_sort_by(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    let rows = r#"[{"id":1,"v":"b","at":null},{"id":1,"v":"a"},{"id":2,"v":"c"}]"#;
    context.load(&items(strategy).dedup_sort("at", "desc"), rows)?;
    context.expect(ITEMS, "1 b; 2 c")
}

fn of_null_keys_takes_one(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    let items = items(strategy).typed("id", DataType::Bigint);
    context.load(&items, r#"[{"id":null,"v":"b","l":[1]},{"id":null,"v":"a","l":[2]},{"id":1,"v":"c"}]"#)?;
    context.expect(ITEMS, "- b; 1 c")?;
    context.expect(LISTS, "- 1")
}

fn of_equal_compound_keys_takes_one(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    let items = TestResource::merge("items", strategy, &["a", "b"]).typed("b", DataType::Text);
    context.load(
        &items,
        r#"[{"a":1,"b":"x","v":2},{"a":1,"b":"x","v":1},{"a":1,"b":null,"v":4},{"a":1,"b":null,"v":3},{"a":2,"b":"x","v":5}]"#,
    )?;
    context.expect("SELECT a, b, v FROM items", "1 x 2; 1 - 4; 2 x 5")
}
