//! Changes of the write disposition or merge strategy of a table.

use catchment_schema::MergeStrategy::{DeleteInsert, InsertOnly, Scd2, Upsert};
use catchment_schema::{MergeOptions, MergeStrategy};

use super::{DEEP_LISTS, ITEMS, LISTS, VERSIONS};
use crate::testing::case::cases;
use crate::testing::context::TestContext;
use crate::testing::failure::Mismatch;
use crate::testing::resource::TestResource;

cases! { "change":
    from_append_to_delete_insert,
    from_append_to_upsert,
    from_append_to_insert_only,
    from_append_to_delete_insert_by_rows_without_lists,
    from_append_to_upsert_by_rows_without_lists,
    from_append_to_a_merge_key,
    from_append_to_replace,
    from_replace_to_delete_insert,
    from_replace_to_append,
    from_delete_insert_to_append,
    from_delete_insert_to_replace,
    from_delete_insert_to_upsert,
    from_delete_insert_to_insert_only,
    from_upsert_to_delete_insert,
    from_insert_only_to_upsert,
    from_one_key_to_another,
    from_append_to_scd2,
    from_append_to_scd2_with_an_end_of_time,
    from_append_to_scd2_by_a_merge_key,
    from_upsert_to_scd2,
    from_scd2_to_delete_insert,
    from_scd2_to_append,
}

fn merge(strategy: MergeStrategy) -> TestResource {
    TestResource::merge("items", strategy, &["id"])
}

const TWO: &str = r#"[{"id":1,"v":"a","l":[1],"c":[{"n":1,"d":["x"]}]},{"id":2,"v":"b","l":[2],"c":[{"n":2,"d":["y"]}]}]"#;

/// Appends two rows with lists, then another row with the first key.
fn append_three(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items");
    context.load(&items, TWO)?;
    context.load(&items, r#"[{"id":1,"v":"c","l":[3],"c":[{"n":3,"d":["z"]}]}]"#)
}

/// Merges one of the keys of [`append_three`] by `strategy`, then the other key.
fn append_then(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    append_three(context)?;
    context.load(&merge(strategy), r#"[{"id":1,"v":"d","l":[4],"c":[{"n":4,"d":["w"]}]}]"#)?;
    context.expect(ITEMS, "1 d; 2 b")?;
    context.expect(LISTS, "1 4; 2 2")?;
    context.expect(DEEP_LISTS, "1 4 w; 2 2 y")?;
    context.check_integrity()?;
    context.load(&merge(strategy), r#"[{"id":2,"v":"e"},{"id":3,"v":"f","l":[5]}]"#)?;
    context.expect(ITEMS, "1 d; 2 e; 3 f")?;
    context.expect(LISTS, "1 4; 3 5")?;
    context.expect(DEEP_LISTS, "1 4 w")?;
    context.expect("SELECT value FROM items__l", "4; 5")?;
    context.expect("SELECT value FROM items__c__d", "w")
}

fn from_append_to_delete_insert(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    append_then(context, DeleteInsert)
}

fn from_append_to_upsert(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    append_then(context, Upsert)
}

fn from_append_to_insert_only(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    append_three(context)?;
    context.load(&merge(InsertOnly), r#"[{"id":1,"v":"d","l":[4],"c":[{"n":4,"d":["w"]}]},{"id":3,"v":"e","l":[5]}]"#)?;
    context.expect(ITEMS, "1 a; 2 b; 1 c; 3 e")?;
    context.expect(LISTS, "1 1; 2 2; 1 3; 3 5")?;
    context.expect(DEEP_LISTS, "1 1 x; 2 2 y; 1 3 z")
}

fn append_then_without_lists(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    append_three(context)?;
    context.load(&merge(strategy), r#"[{"id":1,"v":"d"}]"#)?;
    context.expect(ITEMS, "1 d; 2 b")?;
    context.expect("SELECT value FROM items__l", "2")?;
    context.expect("SELECT n FROM items__c", "2")?;
    context.expect("SELECT value FROM items__c__d", "y")?;
    context.check_integrity()?;
    context.load(&merge(strategy), r#"[{"id":2,"v":"e"}]"#)?;
    context.expect("SELECT value FROM items__l", "")?;
    context.expect("SELECT n FROM items__c", "")?;
    context.expect("SELECT value FROM items__c__d", "")
}

fn from_append_to_delete_insert_by_rows_without_lists(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    append_then_without_lists(context, DeleteInsert)
}

fn from_append_to_upsert_by_rows_without_lists(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    append_then_without_lists(context, Upsert)
}

fn from_append_to_a_merge_key(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    append_three(context)?;
    let items = TestResource::merge("items", DeleteInsert, &[]).merge_key(&["id"]);
    context.load(&items, r#"[{"id":1,"v":"d","l":[4]},{"id":1,"v":"e","l":[5],"c":[{"n":5,"d":["u"]}]}]"#)?;
    context.expect(ITEMS, "1 d; 1 e; 2 b")?;
    context.expect(LISTS, "1 4; 1 5; 2 2")?;
    context.expect(DEEP_LISTS, "1 5 u; 2 2 y")
}

fn from_append_to_replace(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    append_three(context)?;
    context.load(&TestResource::replace("items"), r#"[{"id":9,"v":"z","l":[9]}]"#)?;
    context.expect(ITEMS, "9 z")?;
    context.expect("SELECT value FROM items__l", "9")?;
    context.expect("SELECT value FROM items__c__d", "")
}

fn from_replace_to_delete_insert(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&TestResource::replace("items"), TWO)?;
    context.load(&merge(DeleteInsert), r#"[{"id":1,"v":"c","l":[3],"c":[{"n":3,"d":["z"]}]}]"#)?;
    context.expect(ITEMS, "1 c; 2 b")?;
    context.expect(LISTS, "1 3; 2 2")?;
    context.expect(DEEP_LISTS, "1 3 z; 2 2 y")
}

fn from_replace_to_append(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&TestResource::replace("items"), TWO)?;
    context.load(&TestResource::append("items"), TWO)?;
    context.expect(ITEMS, "1 a; 2 b; 1 a; 2 b")?;
    context.expect(LISTS, "1 1; 2 2; 1 1; 2 2")
}

fn from_delete_insert_to_append(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&merge(DeleteInsert), TWO)?;
    context.load(&TestResource::append("items"), TWO)?;
    context.expect(ITEMS, "1 a; 2 b; 1 a; 2 b")?;
    context.expect(DEEP_LISTS, "1 1 x; 2 2 y; 1 1 x; 2 2 y")?;
    context.load(&merge(DeleteInsert), r#"[{"id":1,"v":"c","l":[3]}]"#)?;
    context.expect(LISTS, "1 3; 2 2; 2 2")
}

fn from_delete_insert_to_replace(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&merge(DeleteInsert), TWO)?;
    context.load(&TestResource::replace("items"), r#"[{"id":3,"v":"c"}]"#)?;
    context.expect(ITEMS, "3 c")?;
    context.expect("SELECT value FROM items__l", "")?;
    context.expect("SELECT value FROM items__c__d", "")
}

fn from_delete_insert_to_upsert(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&merge(DeleteInsert), TWO)?;
    context.load(&merge(Upsert), r#"[{"id":1,"v":"c","l":[3,4],"c":[{"n":3,"d":["z"]}]}]"#)?;
    context.expect(ITEMS, "1 c; 2 b")?;
    context.expect(LISTS, "1 3; 1 4; 2 2")?;
    context.expect(DEEP_LISTS, "1 3 z; 2 2 y")?;
    context.load(&merge(Upsert), r#"[{"id":1,"v":"d","l":[5]},{"id":2,"v":"e","l":[6]}]"#)?;
    context.expect(ITEMS, "1 d; 2 e")?;
    context.expect("SELECT value FROM items__l", "5; 6")?;
    context.expect("SELECT value FROM items__c__d", "")
}

fn from_delete_insert_to_insert_only(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&merge(DeleteInsert), TWO)?;
    context.load(&merge(InsertOnly), r#"[{"id":1,"v":"c","l":[3]},{"id":3,"v":"d","l":[4]}]"#)?;
    context.expect(ITEMS, "1 a; 2 b; 3 d")?;
    context.expect(LISTS, "1 1; 2 2; 3 4")
}

fn from_upsert_to_delete_insert(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&merge(Upsert), TWO)?;
    context.load(&merge(DeleteInsert), r#"[{"id":1,"v":"c","l":[3],"c":[{"n":3,"d":["z"]}]}]"#)?;
    context.expect(ITEMS, "1 c; 2 b")?;
    context.expect(LISTS, "1 3; 2 2")?;
    context.expect(DEEP_LISTS, "1 3 z; 2 2 y")
}

fn from_insert_only_to_upsert(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&merge(InsertOnly), TWO)?;
    context.load(&merge(Upsert), r#"[{"id":1,"v":"c","l":[3]}]"#)?;
    context.expect(ITEMS, "1 c; 2 b")?;
    context.expect(LISTS, "1 3; 2 2")?;
    context.expect(DEEP_LISTS, "2 2 y")
}

fn from_one_key_to_another(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&merge(DeleteInsert), TWO)?;
    let by_v = TestResource::merge("items", DeleteInsert, &["v"]);
    context.load(&by_v, r#"[{"id":9,"v":"a","l":[3]},{"id":2,"v":"c","l":[4]}]"#)?;
    context.expect(ITEMS, "9 a; 2 b; 2 c")?;
    context.expect(LISTS, "9 3; 2 2; 2 4")
}

fn versions() -> TestResource {
    TestResource::merge("items", Scd2, &[])
}

fn from_append_to_scd2(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&TestResource::append("items"), TWO)?;
    context.load(&versions(), r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    context.expect(VERSIONS, "1 a - 2024-01-02; 2 b - 2024-01-02; 1 a 2024-01-02 -")?;
    context.expect(LISTS, "1 1; 2 2; 1 1")?;
    context.load(&versions(), r#"[{"id":1,"v":"c","l":[3]}]"#)?;
    context.expect(VERSIONS, "1 a - 2024-01-02; 2 b - 2024-01-02; 1 a 2024-01-02 2024-01-03; 1 c 2024-01-03 -")
}

/// 9999-12-31T00:00:00Z.
const END_OF_TIME: i64 = 253_402_214_400_000_000;

fn from_append_to_scd2_with_an_end_of_time(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&TestResource::append("items"), TWO)?;
    let options = MergeOptions { strategy: Scd2, active_record_timestamp: Some(END_OF_TIME), ..MergeOptions::default() };
    context.load(&versions().options(options), r#"[{"id":1,"v":"a"}]"#)?;
    context.expect(VERSIONS, "1 a - 2024-01-02; 2 b - 2024-01-02; 1 a 2024-01-02 9999-12-31")
}

fn from_append_to_scd2_by_a_merge_key(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&TestResource::append("items"), TWO)?;
    context.load(&versions().merge_key(&["id"]), r#"[{"id":1,"v":"c"}]"#)?;
    context.expect(VERSIONS, "1 a - 2024-01-02; 2 b - -; 1 c 2024-01-02 -")
}

fn from_upsert_to_scd2(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&merge(Upsert), TWO)?;
    context.load(&versions(), r#"[{"id":1,"v":"c","l":[3],"c":[{"n":3,"d":["z"]}]}]"#)?;
    context.expect(VERSIONS, "1 a - 2024-01-02; 2 b - 2024-01-02; 1 c 2024-01-02 -")?;
    context.expect(LISTS, "1 1; 2 2; 1 3")?;
    context.expect(DEEP_LISTS, "1 1 x; 2 2 y; 1 3 z")
}

fn from_scd2_to_delete_insert(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&versions(), TWO)?;
    context.load(&versions(), r#"[{"id":1,"v":"c","l":[3]}]"#)?;
    context.load(&merge(DeleteInsert), r#"[{"id":1,"v":"d","l":[4]}]"#)?;
    context.expect(ITEMS, "1 d; 2 b")?;
    context.expect(LISTS, "1 4; 2 2")?;
    context.expect("SELECT value FROM items__c__d", "y")
}

fn from_scd2_to_append(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&versions(), TWO)?;
    context.load(&TestResource::append("items"), r#"[{"id":3,"v":"c","l":[3]}]"#)?;
    context.expect(VERSIONS, "1 a 2024-01-01 -; 2 b 2024-01-01 -; 3 c - -")?;
    context.expect(LISTS, "1 1; 2 2; 3 3")
}
