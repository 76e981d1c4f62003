//! Hard deletes: rows marked as deleted.

use catchment_schema::DataType;
use catchment_schema::MergeStrategy::{self, DeleteInsert, Upsert};

use super::{DEEP_LISTS, ITEMS, LISTS};
use crate::testing::case::cases_by_strategy;
use crate::testing::context::TestContext;
use crate::testing::failure::Mismatch;
use crate::testing::resource::TestResource;

cases_by_strategy! { [("delete_insert", DeleteInsert), ("upsert", Upsert)]:
    deletes_rows_that_are_true,
    deletes_rows_that_are_not_null,
    deletes_lists_of_lists,
    deletes_nothing_of_unknown_keys,
    deletes_where_the_last_state_is_a_deletion,
    deletes_where_the_first_of_equal_rows_says_so,
    deletes_by_a_compound_key_with_nulls,
    deletes_nothing_where_no_row_says_so,
}

fn items(strategy: MergeStrategy) -> TestResource {
    TestResource::merge("items", strategy, &["id"]).hard_delete("gone")
}

const FOUR: &str = r#"[{"id":1,"v":"a","l":[1]},{"id":2,"v":"b","l":[2]},{"id":3,"v":"c","l":[3]},{"id":4,"v":"d","l":[4]}]"#;

fn deletes_rows_that_are_true(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    context.load(&items(strategy), FOUR)?;
    let rows = r#"[{"id":1,"gone":true,"l":[5]},{"id":2,"v":"e","gone":false,"l":[6]},{"id":3,"v":"f","gone":null,"l":[7]},{"id":5,"v":"g","gone":false}]"#;
    context.load(&items(strategy), rows)?;
    context.expect(ITEMS, "2 e; 3 f; 4 d; 5 g")?;
    context.expect(LISTS, "2 6; 3 7; 4 4")
}

fn deletes_rows_that_are_not_null(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    for (table, gone) in [("texts", r#""""#), ("integers", "0"), ("doubles", "0.5")] {
        let resource = TestResource::merge(table, strategy, &["id"]).hard_delete("gone");
        context.load(&resource, r#"[{"id":1,"v":"a"},{"id":2,"v":"b"},{"id":3,"v":"c"}]"#)?;
        context.load(&resource, &format!(r#"[{{"id":1,"gone":{gone}}},{{"id":2,"v":"d","gone":null}}]"#))?;
        context.expect(&format!("SELECT id, v FROM {table}"), "2 d; 3 c")?;
    }
    let resource = TestResource::merge("instants", strategy, &["id"]).hard_delete("gone").typed("gone", DataType::Timestamp);
    context.load(&resource, r#"[{"id":1},{"id":2}]"#)?;
    context.load(&resource, r#"[{"id":1,"gone":"2024-01-01T00:00:00Z"}]"#)?;
    context.expect("SELECT id FROM instants", "2")
}

fn deletes_lists_of_lists(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    context.load(&items(strategy), r#"[{"id":1,"c":[{"n":1,"d":["x"]}]},{"id":2,"c":[{"n":2,"d":["y"]}]}]"#)?;
    context.load(&items(strategy), r#"[{"id":1,"gone":true}]"#)?;
    context.expect(DEEP_LISTS, "2 2 y")?;
    context.expect("SELECT n FROM items__c", "2")?;
    context.expect("SELECT value FROM items__c__d", "y")
}

fn deletes_nothing_of_unknown_keys(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    context.load(&items(strategy), r#"[{"id":7,"v":"z","gone":true,"l":[9]}]"#)?;
    context.expect(ITEMS, "")?;
    context.load(&items(strategy), FOUR)?;
    context.load(&items(strategy), r#"[{"id":8,"v":"z","gone":true,"l":[9]}]"#)?;
    context.expect(ITEMS, "1 a; 2 b; 3 c; 4 d")?;
    context.expect(LISTS, "1 1; 2 2; 3 3; 4 4")
}

fn deletes_where_the_last_state_is_a_deletion(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    let items = items(strategy).dedup_sort("at", "desc");
    context.load(&items, FOUR)?;
    let rows = r#"[{"id":1,"v":"e","at":1,"gone":false,"l":[5]},{"id":1,"v":"e","at":2,"gone":true,"l":[6]},
        {"id":2,"v":"f","at":2,"gone":false,"l":[7]},{"id":2,"v":"f","at":1,"gone":true,"l":[8]},
        {"id":5,"v":"g","at":3,"gone":true},{"id":5,"v":"g","at":2,"gone":false,"l":[9]}]"#;
    context.load(&items, rows)?;
    context.expect(ITEMS, "2 f; 3 c; 4 d")?;
    context.expect(LISTS, "2 7; 3 3; 4 4")
}

fn deletes_where_the_first_of_equal_rows_says_so(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    context.load(&items(strategy), FOUR)?;
    let rows = r#"[{"id":1,"gone":true},{"id":1,"v":"e","gone":false,"l":[5]},{"id":2,"v":"f","gone":false,"l":[6]},{"id":2,"gone":true}]"#;
    context.load(&items(strategy), rows)?;
    context.expect(ITEMS, "2 f; 3 c; 4 d")?;
    context.expect(LISTS, "2 6; 3 3; 4 4")
}

fn deletes_by_a_compound_key_with_nulls(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    let items = TestResource::merge("items", strategy, &["a", "b"]).hard_delete("gone").typed("b", DataType::Text);
    context.load(&items, r#"[{"a":1,"b":"x"},{"a":1,"b":null},{"a":2,"b":null}]"#)?;
    context.load(&items, r#"[{"a":1,"b":null,"gone":true}]"#)?;
    context.expect("SELECT a, b FROM items", "1 x; 2 -")
}

fn deletes_nothing_where_no_row_says_so(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    context.load(&items(strategy), r#"[{"id":1,"v":"a","gone":null}]"#)?;
    context.load(&items(strategy), r#"[{"id":1,"v":"b"}]"#)?;
    context.expect(ITEMS, "1 b")
}
