//! Packages that are loaded again, or stopped.

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

/// What [`INITIAL_BYTES`] and then [`SECOND`] leave in `items`, and of their lists of lists.
fn outcome(way: LoadMode) -> (&'static str, &'static str) {
    match way {
        Append | Scd2 => ("1 a; 2 b; 1 c; 3 d", "1 1 x; 2 2 y; 1 3 z; 3 4 w"),
        Replace => ("1 c; 3 d", "1 3 z; 3 4 w"),
        DeleteInsert | Upsert => ("1 c; 2 b; 3 d", "1 3 z; 2 2 y; 3 4 w"),
        InsertOnly => ("1 a; 2 b; 3 d", "1 1 x; 2 2 y; 3 4 w"),
    }
}

const FIRST: &str = r#"[{"id":1,"v":"a","c":[{"n":1,"d":["x"]}]},{"id":2,"v":"b","c":[{"n":2,"d":["y"]}]}]"#;
const SECOND: &str = r#"[{"id":1,"v":"c","c":[{"n":3,"d":["z"]}]},{"id":3,"v":"d","w":true,"c":[{"n":4,"d":["w"]}]}]"#;

/// What packages of these cases change, but for new columns; as one query, as it is asked often.
fn contents(trial: &TestContext<'_>) -> Result<Vec<String>, Mismatch> {
    trial.query(
        "SELECT v AS a, _dlt_load_id AS b, _dlt_id AS c FROM items \
         UNION ALL SELECT 'list', _dlt_parent_id, _dlt_id FROM items__c \
         UNION ALL SELECT value, _dlt_parent_id, _dlt_id FROM items__c__d \
         UNION ALL SELECT 'load', load_id, schema_version_hash FROM _dlt_loads \
         UNION ALL SELECT 'schema', schema_name, version_hash FROM _dlt_version \
         UNION ALL SELECT 'state', pipeline_name, version_hash FROM _dlt_pipeline_state",
    )
}

fn expect_outcome(trial: &TestContext<'_>, way: LoadMode) -> Result<(), Mismatch> {
    let (rows, lists) = outcome(way);
    trial.expect("SELECT id, v FROM items", rows)?;
    trial.expect(DEEP_LISTS, lists)
}

fn of_a_package_is_done_once(trial: &mut TestContext<'_>, way: LoadMode) -> Result<(), Mismatch> {
    let first = trial.package(&way.resource("items", &["id"]), FIRST)?;
    trial.load_package(&first)?;
    trial.load_again(&first)?;
    let second = trial.package(&way.resource("items", &["id"]), SECOND)?;
    trial.load_package(&second)?;
    expect_outcome(trial, way)?;
    let before = contents(trial)?;
    trial.load_again(&second)?;
    trial.load_again(&first)?;
    trial.expect_same("what the dataset has", &contents(trial)?, &before)
}

/// More often than that no destination asks while it loads these packages.
const MOST_QUESTIONS: u32 = 1_000;

fn that_is_stopped_changes_nothing(trial: &mut TestContext<'_>, way: LoadMode) -> Result<(), Mismatch> {
    trial.load(&way.resource("items", &["id"]), FIRST)?;
    let before = contents(trial)?;
    let package = trial.package(&way.resource("items", &["id"]), SECOND)?;
    for question in 0..MOST_QUESTIONS {
        if !trial.cancel_at(question, &package)? {
            let asked = question > 0;
            trial.expect_same("whether a load asks if it is to stop", &asked, &true)?;
            return expect_outcome(trial, way);
        }
        trial.expect_same(&format!("what the dataset has after a stop at question {question}"), &contents(trial)?, &before)?;
    }
    Err(trial.mismatch("stopping a load", format!("an end of questions before {MOST_QUESTIONS}"), "none"))
}

fn that_is_stopped_at_first_leaves_no_dataset(trial: &mut TestContext<'_>, way: LoadMode) -> Result<(), Mismatch> {
    let package = trial.package(&way.resource("items", &["id"]), FIRST)?;
    let mut question = 0;
    while question < MOST_QUESTIONS && trial.cancel_at(question, &package)? {
        let restored = trial.restored()?;
        let has_any = restored.state.is_some() || restored.schema.is_some() || restored.last_load_id.is_some();
        trial.expect_same("whether anything is restored", &has_any, &false)?;
        if trial.destination.query(trial.dataset, "SELECT id FROM items", &|| false).is_ok() {
            return Err(trial.mismatch("SELECT id FROM items", "no such table", "rows"));
        }
        question += 1;
    }
    trial.expect("SELECT id, v FROM items", "1 a; 2 b")
}
