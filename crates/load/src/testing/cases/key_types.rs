//! Primary keys of all types.

use catchment_json::Value;
use catchment_schema::{Column, ColumnType};

use super::load_mode::LoadMode::{self, DeleteInsert, InsertOnly, Upsert};
use super::types::VALUES;
use crate::testing::case::cases_by_strategy;
use crate::testing::context::TestContext;
use crate::testing::failure::Mismatch;
use crate::testing::resource::TestResource;

cases_by_strategy! { [("delete_insert", DeleteInsert), ("upsert", Upsert), ("insert_only", InsertOnly)]:
    knows_rows_by_keys_of_all_types,
}

/// Loads all values of each comparable type twice, each type in a separate table.
fn knows_rows_by_keys_of_all_types(context: &mut TestContext<'_>, mode: LoadMode) -> Result<(), Mismatch> {
    let comparable = || VALUES.iter().filter(|(_, column_type, _)| *column_type != ColumnType::Json);
    let resources: Vec<TestResource> = comparable()
        .map(|(name, column_type, _)| mode.resource(name, &["k"]).column(Column::with_type("k", *column_type)))
        .collect();
    for load in [1, 2] {
        let mut builder = context.package_builder(&resources.iter().collect::<Vec<_>>())?;
        for (name, _, values) in comparable() {
            let keys = values.iter().map(|(json, _)| Value::parse(json).unwrap_or_default()).chain([Value::Null]);
            let rows: Vec<Value> = keys.map(|key| Value::object([("k", key), ("v", Value::from(load))])).collect();
            builder.rows_from_values(name, &rows)?;
        }
        context.load_package(&builder.seal()?)?;
    }
    for (name, _, values) in comparable() {
        let mut expected: Vec<String> = values.iter().map(|(_, shown)| (*shown).to_owned()).chain(["-".to_owned()]).collect();
        let load = if mode == InsertOnly { 1 } else { 2 };
        expected.iter_mut().for_each(|key| *key += &format!(" {load}"));
        expected.sort_unstable();
        let sql = format!("SELECT k, v FROM {name}");
        context.expect_same(&sql, &context.query(&sql)?, &expected)?;
    }
    Ok(())
}
