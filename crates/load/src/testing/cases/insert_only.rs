//! Inserting rows whose keys are new.

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

fn leaves_rows_that_are_there(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    trial.load(&items(), r#"[{"id":1,"v":"a","l":[1,2]},{"id":2,"v":"b","l":[3]}]"#)?;
    trial.load(&items(), r#"[{"id":1,"v":"c","l":[4,5,6]},{"id":3,"v":"d","l":[7]}]"#)?;
    trial.load(&items(), r#"[{"id":2,"v":"e"},{"id":3,"v":"f","l":[]}]"#)?;
    trial
        .expect("SELECT id, v, _dlt_load_id FROM items", "1 a 1704067200.000000; 2 b 1704067200.000000; 3 d 1704153600.000000")?;
    trial.expect(LISTS, "1 1; 1 2; 2 3; 3 7")
}

fn leaves_lists_of_lists_that_are_there(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    trial.load(&items(), r#"[{"id":1,"c":[{"n":1,"d":["x"]}]}]"#)?;
    trial.load(&items(), r#"[{"id":1,"c":[{"n":2,"d":["y","z"]},{"n":3,"d":["w"]}]},{"id":2,"c":[{"n":4,"d":["u"]}]}]"#)?;
    trial.expect(DEEP_LISTS, "1 1 x; 2 4 u")?;
    trial.expect("SELECT n FROM items__c", "1; 4")?;
    trial.expect("SELECT value FROM items__c__d", "x; u")
}

fn by_a_compound_key_with_nulls(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::merge("items", InsertOnly, &["a", "b"]).typed("a", DataType::Bigint).typed("b", DataType::Text);
    trial.load(&items, r#"[{"a":1,"b":null,"v":1},{"a":null,"b":null,"v":2},{"a":1,"b":"x","v":3}]"#)?;
    trial.load(&items, r#"[{"a":1,"b":null,"v":4},{"a":null,"b":null,"v":5},{"a":null,"b":"x","v":6}]"#)?;
    trial.expect("SELECT a, b, v FROM items", "1 - 1; - - 2; 1 x 3; - x 6")
}

fn inserts_no_rows_that_are_to_be_deleted(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = items().hard_delete("gone");
    trial.load(&items, r#"[{"id":1,"v":"a","l":[1]},{"id":2,"v":"b","gone":true,"l":[2]}]"#)?;
    trial.load(&items, r#"[{"id":1,"gone":true,"l":[3]},{"id":3,"gone":true},{"id":4,"v":"c","gone":false,"l":[4]}]"#)?;
    trial.expect(ITEMS, "1 a; 4 c")?;
    trial.expect(LISTS, "1 1; 4 4")
}

fn of_nothing_changes_nothing(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    trial.load(&items(), r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    trial.load(&items(), "[]")?;
    let mut draft = trial.package_builder(&[&items()])?;
    draft.empty_batch("items")?;
    draft.empty_batch("items__l")?;
    trial.load_package(&draft.seal()?)?;
    trial.expect(ITEMS, "1 a")?;
    trial.expect(LISTS, "1 1")
}

fn takes_rows_of_several_segments(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    trial.load(&items(), r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    trial.buffer_max_bytes = 0;
    let mut draft = trial.package_builder(&[&items()])?;
    draft.rows("items", r#"[{"id":1,"v":"b","l":[2]},{"id":2,"v":"c"}]"#)?;
    draft.rows("items", r#"[{"id":3,"v":"d","l":[3]},{"id":1,"v":"e","l":[4]}]"#)?;
    trial.load_package(&draft.seal()?)?;
    trial.expect(ITEMS, "1 a; 2 c; 3 d")?;
    trial.expect(LISTS, "1 1; 3 3")
}
