//! The merge strategy `upsert`: row ids do not change.

use catchment_schema::MergeStrategy::Upsert;

use super::{DEEP_LISTS, ITEMS, LISTS};
use crate::testing::case::cases;
use crate::testing::context::TestContext;
use crate::testing::failure::Mismatch;
use crate::testing::resource::TestResource;

cases! { "upsert":
    keeps_row_ids,
    puts_lists_of_any_length_in_the_place_of_others,
    leaves_rows_that_did_not_change,
}

fn keeps_row_ids(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::merge("items", Upsert, &["id"]);
    context.load(&items, r#"[{"id":1,"v":"a","l":[1,2]},{"id":2,"v":"b"}]"#)?;
    let (ids, list_ids) = ("SELECT id, _dlt_id FROM items", "SELECT _dlt_list_idx, _dlt_id FROM items__l");
    let before = (context.query(ids)?, context.query(list_ids)?);
    context.load(&items, r#"[{"id":1,"v":"c","l":[3,4]}]"#)?;
    let after = (context.query(ids)?, context.query(list_ids)?);
    context.expect_same("row ids", &after, &before)?;
    context.expect("SELECT id, v, _dlt_load_id FROM items", "1 c 1704153600.000000; 2 b 1704067200.000000")?;
    context.expect(LISTS, "1 3; 1 4")
}

fn puts_lists_of_any_length_in_the_place_of_others(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::merge("items", Upsert, &["id"]);
    context.load(&items, r#"[{"id":1,"c":[{"n":1,"d":["x","y"]},{"n":2,"d":["z"]}]},{"id":2,"c":[{"n":9,"d":["w"]}]}]"#)?;
    context.load(&items, r#"[{"id":1,"c":[{"n":3,"d":["u"]}]}]"#)?;
    context.expect(DEEP_LISTS, "1 3 u; 2 9 w")?;
    context.load(&items, r#"[{"id":1,"c":[{"n":4,"d":[]},{"n":5,"d":["a","b","c"]},{"n":6,"d":["d"]}]}]"#)?;
    context.expect(DEEP_LISTS, "1 5 a; 1 5 b; 1 5 c; 1 6 d; 2 9 w")?;
    context.expect("SELECT n FROM items__c", "4; 5; 6; 9")?;
    context.load(&items, r#"[{"id":1,"c":[]}]"#)?;
    context.expect(DEEP_LISTS, "2 9 w")
}

fn leaves_rows_that_did_not_change(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::merge("items", Upsert, &["id"]);
    for _ in 0..3 {
        context.load(&items, r#"[{"id":1,"v":"a","l":[1,2]},{"id":2,"v":"b","l":[]}]"#)?;
        context.expect(ITEMS, "1 a; 2 b")?;
        context.expect(LISTS, "1 1; 1 2")?;
    }
    Ok(())
}
