//! Repeated and cancelled loads.

use super::DEEP_LISTS;
use super::load_mode::LoadMode::{self, Append, DeleteInsert, InsertOnly, Replace, Scd2, Upsert};
use crate::testing::case::cases_by_strategy;
use crate::testing::context::TestContext;
use crate::testing::failure::Mismatch;

cases_by_strategy! { [
    ("append", Append),
    ("replace", Replace),
    ("delete_insert", DeleteInsert),
    ("upsert", Upsert),
    ("insert_only", InsertOnly),
    ("scd2", Scd2)
]:
    of_a_package_is_done_once,
    that_is_stopped_changes_nothing,
    that_is_stopped_at_first_leaves_no_dataset,
}

/// Returns the expected rows and nested lists of `items` after loading [`FIRST`] and [`SECOND`].
fn outcome(mode: LoadMode) -> (&'static str, &'static str) {
    match mode {
        Append | Scd2 => ("1 a; 2 b; 1 c; 3 d", "1 1 x; 2 2 y; 1 3 z; 3 4 w"),
        Replace => ("1 c; 3 d", "1 3 z; 3 4 w"),
        DeleteInsert | Upsert => ("1 c; 2 b; 3 d", "1 3 z; 2 2 y; 3 4 w"),
        InsertOnly => ("1 a; 2 b; 3 d", "1 1 x; 2 2 y; 3 4 w"),
    }
}

const FIRST: &str = r#"[{"id":1,"v":"a","c":[{"n":1,"d":["x"]}]},{"id":2,"v":"b","c":[{"n":2,"d":["y"]}]}]"#;
const SECOND: &str = r#"[{"id":1,"v":"c","c":[{"n":3,"d":["z"]}]},{"id":3,"v":"d","w":true,"c":[{"n":4,"d":["w"]}]}]"#;

/// Returns everything that packages of these cases change, except new columns. One query, because it runs often.
fn contents(context: &TestContext<'_>) -> Result<Vec<String>, Mismatch> {
    context.query(
        "SELECT v AS a, _dlt_load_id AS b, _dlt_id AS c FROM items \
         UNION ALL SELECT 'list', _dlt_parent_id, _dlt_id FROM items__c \
         UNION ALL SELECT value, _dlt_parent_id, _dlt_id FROM items__c__d \
         UNION ALL SELECT 'load', load_id, schema_version_hash FROM _dlt_loads \
         UNION ALL SELECT 'schema', schema_name, version_hash FROM _dlt_version \
         UNION ALL SELECT 'state', pipeline_name, version_hash FROM _dlt_pipeline_state",
    )
}

fn expect_outcome(context: &TestContext<'_>, mode: LoadMode) -> Result<(), Mismatch> {
    let (rows, lists) = outcome(mode);
    context.expect("SELECT id, v FROM items", rows)?;
    context.expect(DEEP_LISTS, lists)
}

fn of_a_package_is_done_once(context: &mut TestContext<'_>, mode: LoadMode) -> Result<(), Mismatch> {
    let first = context.package(&mode.resource("items", &["id"]), FIRST)?;
    context.load_package(&first)?;
    context.load_again(&first)?;
    let second = context.package(&mode.resource("items", &["id"]), SECOND)?;
    context.load_package(&second)?;
    expect_outcome(context, mode)?;
    let before = contents(context)?;
    context.load_again(&second)?;
    context.load_again(&first)?;
    context.expect_same("the content of the dataset", &contents(context)?, &before)
}

fn that_is_stopped_changes_nothing(context: &mut TestContext<'_>, mode: LoadMode) -> Result<(), Mismatch> {
    context.load(&mode.resource("items", &["id"]), FIRST)?;
    let before = contents(context)?;
    let package = context.package(&mode.resource("items", &["id"]), SECOND)?;
    context.cancel_ever_later(&package, || {
        context.expect_same("the content of the dataset after a cancelled load", &contents(context)?, &before)
    })?;
    expect_outcome(context, mode)
}

fn that_is_stopped_at_first_leaves_no_dataset(context: &mut TestContext<'_>, mode: LoadMode) -> Result<(), Mismatch> {
    let package = context.package(&mode.resource("items", &["id"]), FIRST)?;
    let has_transactional_ddl = context.destination.capabilities().transactional_ddl;
    context.cancel_ever_later(&package, || {
        let restored = context.restored()?;
        let has_any = restored.state.is_some() || restored.schema.is_some() || restored.last_load_id.is_some();
        context.expect_same("whether anything is restored", &has_any, &false)?;
        match context.try_query("SELECT id FROM items") {
            // Without transactional DDL, an empty table can remain.
            Ok(found) if !has_transactional_ddl && found.num_rows() == 0 => Ok(()),
            Ok(_) => Err(context.mismatch("SELECT id FROM items", "no such table", "rows")),
            Err(_) => Ok(()),
        }
    })?;
    context.expect("SELECT id, v FROM items", "1 a; 2 b")
}
