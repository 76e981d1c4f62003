//! Rows that are versions.

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

/// The elements of the lists of versions that still count.
const CURRENT_LISTS: &str = "SELECT items.id, items__l.value FROM items JOIN items__l ON items__l._dlt_parent_id = items._dlt_id \
    WHERE items._dlt_valid_to IS NULL";

fn begins_versions_with_the_load(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    trial.load(&items(), r#"[{"id":1,"v":"a"},{"id":2,"v":"b"}]"#)?;
    trial.expect(VERSIONS, "1 a 2024-01-01 -; 2 b 2024-01-01 -")
}

fn ends_a_version_where_the_row_changed(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    trial.load(&items(), r#"[{"id":1,"v":"a"},{"id":2,"v":"b"}]"#)?;
    trial.load(&items(), r#"[{"id":1,"v":"c"},{"id":2,"v":"b"}]"#)?;
    trial.expect(VERSIONS, "1 a 2024-01-01 2024-01-02; 1 c 2024-01-02 -; 2 b 2024-01-01 -")?;
    trial.load(&items(), r#"[{"id":1,"v":"d"},{"id":2,"v":"b"}]"#)?;
    trial.expect(VERSIONS, "1 a 2024-01-01 2024-01-02; 1 c 2024-01-02 2024-01-03; 1 d 2024-01-03 -; 2 b 2024-01-01 -")
}

fn ends_a_version_where_only_a_list_changed(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    trial.load(&items(), r#"[{"id":1,"v":"a","l":[1,2]}]"#)?;
    trial.load(&items(), r#"[{"id":1,"v":"a","l":[1,3]}]"#)?;
    trial.expect(VERSIONS, "1 a 2024-01-01 2024-01-02; 1 a 2024-01-02 -")?;
    trial.expect(CURRENT_LISTS, "1 1; 1 3")?;
    trial.expect("SELECT value FROM items__l", "1; 2; 1; 3")
}

fn leaves_unchanged_rows_alone(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    for _ in 0..3 {
        trial.load(&items(), r#"[{"id":1,"v":"a","l":[1,2]},{"id":2,"v":null,"l":[]}]"#)?;
        trial.expect(VERSIONS, "1 a 2024-01-01 -; 2 - 2024-01-01 -")?;
        trial.expect("SELECT id, _dlt_load_id FROM items", "1 1704067200.000000; 2 1704067200.000000")?;
        trial.expect(LISTS, "1 1; 1 2")?;
    }
    Ok(())
}

fn ends_versions_of_rows_that_are_missing(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    trial.load(&items(), r#"[{"id":1,"v":"a","l":[1]},{"id":2,"v":"b","l":[2]}]"#)?;
    trial.load(&items(), r#"[{"id":2,"v":"b","l":[2]}]"#)?;
    trial.expect(VERSIONS, "1 a 2024-01-01 2024-01-02; 2 b 2024-01-01 -")?;
    trial.load(&items(), r#"[{"id":3,"v":"c"}]"#)?;
    trial.expect(VERSIONS, "1 a 2024-01-01 2024-01-02; 2 b 2024-01-01 2024-01-03; 3 c 2024-01-03 -")?;
    trial.expect(LISTS, "1 1; 2 2")
}

fn begins_a_version_anew_where_the_row_comes_back(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    trial.load(&items(), r#"[{"id":1,"v":"a","l":[1,2]},{"id":2,"v":"b"}]"#)?;
    trial.load(&items(), r#"[{"id":2,"v":"b"}]"#)?;
    trial.load(&items(), r#"[{"id":1,"v":"a","l":[1,2]},{"id":2,"v":"b"}]"#)?;
    trial.expect(VERSIONS, "1 a 2024-01-01 2024-01-02; 1 a 2024-01-03 -; 2 b 2024-01-01 -")?;
    trial.expect(CURRENT_LISTS, "1 1; 1 2")?;
    // both versions have the same id, and so the same lists
    trial.expect("SELECT value FROM items__l", "1; 2")?;
    trial.load(&items(), r#"[{"id":2,"v":"b"}]"#)?;
    trial.expect(VERSIONS, "1 a 2024-01-01 2024-01-02; 1 a 2024-01-03 2024-01-04; 2 b 2024-01-01 -")
}

fn takes_equal_rows_of_a_package_once(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let rows = r#"[{"id":1,"v":"a","l":[1,2]},{"id":2,"v":"b"},{"id":1,"v":"a","l":[1,2]},{"id":2,"v":"b"},{"id":2,"v":"c"}]"#;
    for _ in 0..2 {
        trial.load(&items(), rows)?;
        trial.expect(VERSIONS, "1 a 2024-01-01 -; 2 b 2024-01-01 -; 2 c 2024-01-01 -")?;
        trial.expect(LISTS, "1 1; 1 2")?;
    }
    Ok(())
}

fn keeps_the_lists_of_ended_versions(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    trial.load(&items(), r#"[{"id":1,"v":"a","l":[1]},{"id":2,"v":"b","l":[2]}]"#)?;
    trial.load(&items(), r#"[{"id":1,"v":"c","l":[3]},{"id":2,"v":"b","l":[2]}]"#)?;
    trial.load(&items(), r#"[{"id":2,"v":"b","l":[2]}]"#)?;
    trial.expect(LISTS, "1 1; 1 3; 2 2")?;
    trial.expect(CURRENT_LISTS, "2 2")
}

fn keeps_lists_of_lists(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let first = r#"[{"id":1,"c":[{"n":1,"d":["x","y"]}]},{"id":2,"c":[{"n":2,"d":["z"]}]}]"#;
    trial.load(&items(), first)?;
    trial.load(&items(), r#"[{"id":1,"c":[{"n":1,"d":["x"]}]},{"id":2,"c":[{"n":2,"d":["z"]}]}]"#)?;
    trial.load(&items(), first)?;
    trial.expect(
        "SELECT id, _dlt_valid_from, _dlt_valid_to FROM items",
        "1 2024-01-01 2024-01-02; 1 2024-01-02 2024-01-03; 1 2024-01-03 -; 2 2024-01-01 -",
    )?;
    trial.expect("SELECT n FROM items__c", "1; 1; 2")?;
    trial.expect("SELECT value FROM items__c__d", "x; y; x; z")
}

fn ends_versions_of_rows_that_are_to_be_deleted(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = items().hard_delete("gone");
    trial.load(&items, r#"[{"id":1,"v":"a"},{"id":2,"v":"b","l":[1]},{"id":3,"v":"c","gone":false}]"#)?;
    trial.load(
        &items,
        r#"[{"id":1,"v":"a"},{"id":2,"v":"b","l":[2],"gone":true},{"id":3,"v":"c","gone":false},{"id":4,"gone":true}]"#,
    )?;
    trial.expect(VERSIONS, "1 a 2024-01-01 -; 2 b 2024-01-01 2024-01-02; 3 c 2024-01-01 -")?;
    trial.expect(LISTS, "2 1")
}

fn of_nothing_changes_nothing(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    trial.load(&items(), "[]")?;
    trial.load(&items(), r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    trial.load(&items(), "[]")?;
    let mut draft = trial.package_builder(&[&items()])?;
    draft.empty_batch("items")?;
    draft.empty_batch("items__l")?;
    trial.load_package(&draft.seal()?)?;
    trial.expect(VERSIONS, "1 a 2024-01-02 -")?;
    trial.expect(LISTS, "1 1")
}

fn takes_rows_of_several_segments(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    trial.load(&items(), r#"[{"id":1,"v":"a","l":[1]},{"id":2,"v":"b","l":[2]},{"id":3,"v":"c"}]"#)?;
    trial.buffer_max_bytes = 0;
    let mut draft = trial.package_builder(&[&items()])?;
    draft.rows("items", r#"[{"id":2,"v":"b","l":[2]},{"id":1,"v":"d","l":[3]}]"#)?;
    draft.rows("items", r#"[{"id":1,"v":"d","l":[3]},{"id":4,"v":"e","l":[4]}]"#)?;
    trial.load_package(&draft.seal()?)?;
    let expected = "1 a 2024-01-01 2024-01-02; 1 d 2024-01-02 -; 2 b 2024-01-01 -; 3 c 2024-01-01 2024-01-02; 4 e 2024-01-02 -";
    trial.expect(VERSIONS, expected)?;
    trial.expect(LISTS, "1 1; 1 3; 2 2; 4 4")
}

fn takes_new_columns(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    trial.load(&items(), r#"[{"id":1,"v":"a"},{"id":2,"v":"b"}]"#)?;
    trial.load(&items(), r#"[{"w":7,"id":1,"v":"a","l":[1]},{"id":2,"v":"b"}]"#)?;
    let expected = "1 a - 2024-01-01 2024-01-02; 1 a 7 2024-01-02 -; 2 b - 2024-01-01 -";
    trial.expect("SELECT id, v, w, _dlt_valid_from, _dlt_valid_to FROM items", expected)?;
    trial.expect(LISTS, "1 1")
}
