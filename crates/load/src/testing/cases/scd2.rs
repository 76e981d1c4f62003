//! The merge strategy `scd2`.

use catchment_schema::MergeStrategy::Scd2;

use super::{LISTS, VERSIONS};
use crate::testing::case::cases;
use crate::testing::context::TestContext;
use crate::testing::failure::Mismatch;
use crate::testing::resource::TestResource;

cases! { "scd2":
    begins_versions_with_the_load,
    ends_a_version_where_the_row_changed,
    ends_a_version_where_only_a_list_changed,
    leaves_unchanged_rows_alone,
    ends_versions_of_rows_that_are_missing,
    begins_a_version_anew_where_the_row_comes_back,
    takes_equal_rows_of_a_package_once,
    keeps_the_lists_of_ended_versions,
    keeps_lists_of_lists,
    ends_versions_of_rows_that_are_to_be_deleted,
    of_nothing_changes_nothing,
    takes_rows_of_several_segments,
    takes_new_columns,
}

fn items() -> TestResource {
    TestResource::merge("items", Scd2, &[])
}

/// Queries the list elements of active versions.
const CURRENT_LISTS: &str = "SELECT items.id, items__l.value FROM items JOIN items__l ON items__l._dlt_parent_id = items._dlt_id \
    WHERE items._dlt_valid_to IS NULL";

fn begins_versions_with_the_load(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&items(), r#"[{"id":1,"v":"a"},{"id":2,"v":"b"}]"#)?;
    context.expect(VERSIONS, "1 a 2024-01-01 -; 2 b 2024-01-01 -")
}

fn ends_a_version_where_the_row_changed(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&items(), r#"[{"id":1,"v":"a"},{"id":2,"v":"b"}]"#)?;
    context.load(&items(), r#"[{"id":1,"v":"c"},{"id":2,"v":"b"}]"#)?;
    context.expect(VERSIONS, "1 a 2024-01-01 2024-01-02; 1 c 2024-01-02 -; 2 b 2024-01-01 -")?;
    context.load(&items(), r#"[{"id":1,"v":"d"},{"id":2,"v":"b"}]"#)?;
    context.expect(VERSIONS, "1 a 2024-01-01 2024-01-02; 1 c 2024-01-02 2024-01-03; 1 d 2024-01-03 -; 2 b 2024-01-01 -")
}

fn ends_a_version_where_only_a_list_changed(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&items(), r#"[{"id":1,"v":"a","l":[1,2]}]"#)?;
    context.load(&items(), r#"[{"id":1,"v":"a","l":[1,3]}]"#)?;
    context.expect(VERSIONS, "1 a 2024-01-01 2024-01-02; 1 a 2024-01-02 -")?;
    context.expect(CURRENT_LISTS, "1 1; 1 3")?;
    context.expect("SELECT value FROM items__l", "1; 2; 1; 3")
}

fn leaves_unchanged_rows_alone(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    for _ in 0..3 {
        context.load(&items(), r#"[{"id":1,"v":"a","l":[1,2]},{"id":2,"v":null,"l":[]}]"#)?;
        context.expect(VERSIONS, "1 a 2024-01-01 -; 2 - 2024-01-01 -")?;
        context.expect("SELECT id, _dlt_load_id FROM items", "1 1704067200.000000; 2 1704067200.000000")?;
        context.expect(LISTS, "1 1; 1 2")?;
    }
    Ok(())
}

fn ends_versions_of_rows_that_are_missing(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&items(), r#"[{"id":1,"v":"a","l":[1]},{"id":2,"v":"b","l":[2]}]"#)?;
    context.load(&items(), r#"[{"id":2,"v":"b","l":[2]}]"#)?;
    context.expect(VERSIONS, "1 a 2024-01-01 2024-01-02; 2 b 2024-01-01 -")?;
    context.load(&items(), r#"[{"id":3,"v":"c"}]"#)?;
    context.expect(VERSIONS, "1 a 2024-01-01 2024-01-02; 2 b 2024-01-01 2024-01-03; 3 c 2024-01-03 -")?;
    context.expect(LISTS, "1 1; 2 2")
}

fn begins_a_version_anew_where_the_row_comes_back(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&items(), r#"[{"id":1,"v":"a","l":[1,2]},{"id":2,"v":"b"}]"#)?;
    context.load(&items(), r#"[{"id":2,"v":"b"}]"#)?;
    context.load(&items(), r#"[{"id":1,"v":"a","l":[1,2]},{"id":2,"v":"b"}]"#)?;
    context.expect(VERSIONS, "1 a 2024-01-01 2024-01-02; 1 a 2024-01-03 -; 2 b 2024-01-01 -")?;
    context.expect(CURRENT_LISTS, "1 1; 1 2")?;
    // Both versions have the same id and share their lists.
    context.expect("SELECT value FROM items__l", "1; 2")?;
    context.load(&items(), r#"[{"id":2,"v":"b"}]"#)?;
    context.expect(VERSIONS, "1 a 2024-01-01 2024-01-02; 1 a 2024-01-03 2024-01-04; 2 b 2024-01-01 -")
}

fn takes_equal_rows_of_a_package_once(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let rows = r#"[{"id":1,"v":"a","l":[1,2]},{"id":2,"v":"b"},{"id":1,"v":"a","l":[1,2]},{"id":2,"v":"b"},{"id":2,"v":"c"}]"#;
    for _ in 0..2 {
        context.load(&items(), rows)?;
        context.expect(VERSIONS, "1 a 2024-01-01 -; 2 b 2024-01-01 -; 2 c 2024-01-01 -")?;
        context.expect(LISTS, "1 1; 1 2")?;
    }
    Ok(())
}

fn keeps_the_lists_of_ended_versions(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&items(), r#"[{"id":1,"v":"a","l":[1]},{"id":2,"v":"b","l":[2]}]"#)?;
    context.load(&items(), r#"[{"id":1,"v":"c","l":[3]},{"id":2,"v":"b","l":[2]}]"#)?;
    context.load(&items(), r#"[{"id":2,"v":"b","l":[2]}]"#)?;
    context.expect(LISTS, "1 1; 1 3; 2 2")?;
    context.expect(CURRENT_LISTS, "2 2")
}

fn keeps_lists_of_lists(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let first = r#"[{"id":1,"c":[{"n":1,"d":["x","y"]}]},{"id":2,"c":[{"n":2,"d":["z"]}]}]"#;
    context.load(&items(), first)?;
    context.load(&items(), r#"[{"id":1,"c":[{"n":1,"d":["x"]}]},{"id":2,"c":[{"n":2,"d":["z"]}]}]"#)?;
    context.load(&items(), first)?;
    context.expect(
        "SELECT id, _dlt_valid_from, _dlt_valid_to FROM items",
        "1 2024-01-01 2024-01-02; 1 2024-01-02 2024-01-03; 1 2024-01-03 -; 2 2024-01-01 -",
    )?;
    context.expect("SELECT n FROM items__c", "1; 1; 2")?;
    context.expect("SELECT value FROM items__c__d", "x; y; x; z")
}

fn ends_versions_of_rows_that_are_to_be_deleted(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = items().hard_delete("gone");
    context.load(&items, r#"[{"id":1,"v":"a"},{"id":2,"v":"b","l":[1]},{"id":3,"v":"c","gone":false}]"#)?;
    context.load(
        &items,
        r#"[{"id":1,"v":"a"},{"id":2,"v":"b","l":[2],"gone":true},{"id":3,"v":"c","gone":false},{"id":4,"gone":true}]"#,
    )?;
    context.expect(VERSIONS, "1 a 2024-01-01 -; 2 b 2024-01-01 2024-01-02; 3 c 2024-01-01 -")?;
    context.expect(LISTS, "2 1")
}

fn of_nothing_changes_nothing(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&items(), "[]")?;
    context.load(&items(), r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    context.load(&items(), "[]")?;
    let mut builder = context.package_builder(&[&items()])?;
    builder.empty_batch("items")?;
    builder.empty_batch("items__l")?;
    context.load_package(&builder.seal()?)?;
    context.expect(VERSIONS, "1 a 2024-01-02 -")?;
    context.expect(LISTS, "1 1")
}

fn takes_rows_of_several_segments(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&items(), r#"[{"id":1,"v":"a","l":[1]},{"id":2,"v":"b","l":[2]},{"id":3,"v":"c"}]"#)?;
    context.buffer_max_bytes = 0;
    let mut builder = context.package_builder(&[&items()])?;
    builder.rows("items", r#"[{"id":2,"v":"b","l":[2]},{"id":1,"v":"d","l":[3]}]"#)?;
    builder.rows("items", r#"[{"id":1,"v":"d","l":[3]},{"id":4,"v":"e","l":[4]}]"#)?;
    context.load_package(&builder.seal()?)?;
    let expected = "1 a 2024-01-01 2024-01-02; 1 d 2024-01-02 -; 2 b 2024-01-01 -; 3 c 2024-01-01 2024-01-02; 4 e 2024-01-02 -";
    context.expect(VERSIONS, expected)?;
    context.expect(LISTS, "1 1; 1 3; 2 2; 4 4")
}

fn takes_new_columns(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&items(), r#"[{"id":1,"v":"a"},{"id":2,"v":"b"}]"#)?;
    context.load(&items(), r#"[{"w":7,"id":1,"v":"a","l":[1]},{"id":2,"v":"b"}]"#)?;
    let expected = "1 a - 2024-01-01 2024-01-02; 1 a 7 2024-01-02 -; 2 b - 2024-01-01 -";
    context.expect("SELECT id, v, w, _dlt_valid_from, _dlt_valid_to FROM items", expected)?;
    context.expect(LISTS, "1 1")
}
