//! Options of the merge strategy `scd2`.

use catchment_schema::MergeStrategy::Scd2;
use catchment_schema::{DataType, MergeOptions};

use super::{LISTS, VERSIONS};
use crate::testing::case::cases;
use crate::testing::context::TestContext;
use crate::testing::failure::Mismatch;
use crate::testing::resource::TestResource;

cases! { "scd2":
    names_its_columns_as_declared,
    begins_versions_at_a_declared_instant,
    ends_versions_that_count_at_a_declared_instant,
    by_a_merge_key_ends_only_versions_whose_key_came,
    by_a_merge_key_ends_all_versions_of_a_key,
    by_a_compound_merge_key,
    by_a_merge_key_that_is_null,
    by_a_merge_key_with_rows_to_be_deleted,
    knows_versions_by_a_declared_column,
    knows_versions_by_a_declared_column_and_a_merge_key,
}

/// 2024-06-01T12:00:00Z.
const NOON: i64 = 1_717_243_200_000_000;
/// 9999-12-31T00:00:00Z.
const END_OF_TIME: i64 = 253_402_214_400_000_000;

fn items(options: MergeOptions) -> TestResource {
    TestResource::merge("items", Scd2, &[]).options(MergeOptions { strategy: Scd2, ..options })
}

fn by_merge_key(merge_key: &[&str]) -> TestResource {
    items(MergeOptions::default()).merge_key(merge_key)
}

fn names_its_columns_as_declared(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let names = Some(("since".to_owned(), "until".to_owned()));
    let items = items(MergeOptions { validity_column_names: names, ..MergeOptions::default() });
    context.load(&items, r#"[{"id":1,"v":"a"}]"#)?;
    context.load(&items, r#"[{"id":1,"v":"b"}]"#)?;
    context.expect("SELECT id, v, since, until FROM items", "1 a 2024-01-01 2024-01-02; 1 b 2024-01-02 -")
}

fn begins_versions_at_a_declared_instant(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let noon = MergeOptions { boundary_timestamp: Some(NOON), ..MergeOptions::default() };
    context.load(&items(MergeOptions::default()), r#"[{"id":1,"v":"a"},{"id":2,"v":"b"}]"#)?;
    context.load(&items(noon), r#"[{"id":1,"v":"c"},{"id":2,"v":"b"}]"#)?;
    context.expect(VERSIONS, "1 a 2024-01-01 2024-06-01T12:00:00Z; 1 c 2024-06-01T12:00:00Z -; 2 b 2024-01-01 -")?;
    context.load(&items(MergeOptions::default()), r#"[{"id":1,"v":"c"}]"#)?;
    context.expect(VERSIONS, "1 a 2024-01-01 2024-06-01T12:00:00Z; 1 c 2024-06-01T12:00:00Z -; 2 b 2024-01-01 2024-01-03")
}

fn ends_versions_that_count_at_a_declared_instant(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = items(MergeOptions { active_record_timestamp: Some(END_OF_TIME), ..MergeOptions::default() });
    context.load(&items, r#"[{"id":1,"v":"a","l":[1]},{"id":2,"v":"b","l":[2]}]"#)?;
    context.expect(VERSIONS, "1 a 2024-01-01 9999-12-31; 2 b 2024-01-01 9999-12-31")?;
    context.load(&items, r#"[{"id":1,"v":"c","l":[3]},{"id":2,"v":"b","l":[2]}]"#)?;
    context.load(&items, r#"[{"id":1,"v":"c","l":[3]}]"#)?;
    context.expect(VERSIONS, "1 a 2024-01-01 2024-01-02; 1 c 2024-01-02 9999-12-31; 2 b 2024-01-01 2024-01-03")?;
    context.load(&items, r#"[{"id":1,"v":"c","l":[3]},{"id":2,"v":"b","l":[2]}]"#)?;
    let expected = "1 a 2024-01-01 2024-01-02; 1 c 2024-01-02 9999-12-31; 2 b 2024-01-01 2024-01-03; 2 b 2024-01-04 9999-12-31";
    context.expect(VERSIONS, expected)?;
    context.expect("SELECT value FROM items__l", "1; 2; 3")
}

fn by_a_merge_key_ends_only_versions_whose_key_came(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = by_merge_key(&["id"]);
    context.load(&items, r#"[{"id":1,"v":"a","l":[1]},{"id":2,"v":"b","l":[2]}]"#)?;
    context.load(&items, r#"[{"id":1,"v":"c","l":[3]},{"id":3,"v":"d","l":[4]}]"#)?;
    context.expect(VERSIONS, "1 a 2024-01-01 2024-01-02; 1 c 2024-01-02 -; 2 b 2024-01-01 -; 3 d 2024-01-02 -")?;
    context.load(&items, r#"[{"id":2,"v":"b","l":[2]}]"#)?;
    context.expect(VERSIONS, "1 a 2024-01-01 2024-01-02; 1 c 2024-01-02 -; 2 b 2024-01-01 -; 3 d 2024-01-02 -")?;
    context.expect(LISTS, "1 1; 1 3; 2 2; 3 4")
}

fn by_a_merge_key_ends_all_versions_of_a_key(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = by_merge_key(&["id"]);
    context.load(&items, r#"[{"id":1,"v":"a"},{"id":1,"v":"b"},{"id":2,"v":"c"},{"id":2,"v":"d"}]"#)?;
    context.load(&items, r#"[{"id":1,"v":"b"},{"id":1,"v":"e"}]"#)?;
    context.expect(VERSIONS, "1 a 2024-01-01 2024-01-02; 1 b 2024-01-01 -; 1 e 2024-01-02 -; 2 c 2024-01-01 -; 2 d 2024-01-01 -")
}

fn by_a_compound_merge_key(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = by_merge_key(&["a", "b"]);
    // concatenated, two of the keys are equal
    context.load(&items, r#"[{"a":"x","b":"yz","v":1},{"a":"xy","b":"z","v":2},{"a":"x","b":"z","v":3}]"#)?;
    context.load(&items, r#"[{"a":"x","b":"yz","v":4}]"#)?;
    let expected = "x yz 1 2024-01-01 2024-01-02; x yz 4 2024-01-02 -; xy z 2 2024-01-01 -; x z 3 2024-01-01 -";
    context.expect("SELECT a, b, v, _dlt_valid_from, _dlt_valid_to FROM items", expected)
}

fn by_a_merge_key_that_is_null(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = by_merge_key(&["id"]).typed("id", DataType::Bigint);
    context.load(&items, r#"[{"id":null,"v":"a"},{"id":1,"v":"b"}]"#)?;
    context.load(&items, r#"[{"id":null,"v":"c"}]"#)?;
    context.expect(VERSIONS, "- a 2024-01-01 2024-01-02; - c 2024-01-02 -; 1 b 2024-01-01 -")?;
    context.load(&items, r#"[{"id":1,"v":"d"}]"#)?;
    context.expect(VERSIONS, "- a 2024-01-01 2024-01-02; - c 2024-01-02 -; 1 b 2024-01-01 2024-01-03; 1 d 2024-01-03 -")
}

fn by_a_merge_key_with_rows_to_be_deleted(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = by_merge_key(&["id"]).hard_delete("gone");
    context.load(&items, r#"[{"id":1,"v":"a","l":[1]},{"id":2,"v":"b","l":[2]}]"#)?;
    context.load(&items, r#"[{"id":1,"gone":true,"l":[3]},{"id":7,"gone":true}]"#)?;
    context.expect(VERSIONS, "1 a 2024-01-01 2024-01-02; 2 b 2024-01-01 -")?;
    context.expect(LISTS, "1 1; 2 2")?;
    context.load(&items, r#"[{"id":1,"v":"c","gone":false}]"#)?;
    context.expect(VERSIONS, "1 a 2024-01-01 2024-01-02; 1 c 2024-01-03 -; 2 b 2024-01-01 -")
}

fn knows_versions_by_a_declared_column(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = items(MergeOptions { row_version_column_name: Some("version".to_owned()), ..MergeOptions::default() });
    context.load(&items, r#"[{"id":1,"v":"a","version":"a1","l":[1]},{"id":2,"v":"b","version":"b1","l":[2]}]"#)?;
    context.load(&items, r#"[{"id":1,"v":"x","version":"a1","l":[3]},{"id":2,"v":"c","version":"b2","l":[4]}]"#)?;
    context.expect(VERSIONS, "1 a 2024-01-01 -; 2 b 2024-01-01 2024-01-02; 2 c 2024-01-02 -")?;
    context.expect(LISTS, "1 1; 2 2; 2 4")?;
    context.load(&items, r#"[{"id":1,"v":"y","version":"a1","l":[5]},{"id":1,"v":"z","version":"a1","l":[6]}]"#)?;
    context.expect(VERSIONS, "1 a 2024-01-01 -; 2 b 2024-01-01 2024-01-02; 2 c 2024-01-02 2024-01-03")?;
    context.load(&items, r#"[{"id":2,"v":"b","version":"b1","l":[7]},{"id":2,"v":"d","version":"b1","l":[8]}]"#)?;
    let expected = "1 a 2024-01-01 2024-01-04; 2 b 2024-01-01 2024-01-02; 2 c 2024-01-02 2024-01-03; 2 b 2024-01-04 -";
    context.expect(VERSIONS, expected)?;
    context.expect(LISTS, "1 1; 2 2; 2 4; 2 7")
}

fn knows_versions_by_a_declared_column_and_a_merge_key(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let options = MergeOptions { row_version_column_name: Some("version".to_owned()), ..MergeOptions::default() };
    let items = items(options).merge_key(&["id"]);
    context.load(&items, r#"[{"id":1,"v":"a","version":1},{"id":2,"v":"b","version":2}]"#)?;
    context.load(&items, r#"[{"id":2,"v":"c","version":3}]"#)?;
    context.expect(VERSIONS, "1 a 2024-01-01 -; 2 b 2024-01-01 2024-01-02; 2 c 2024-01-02 -")
}
