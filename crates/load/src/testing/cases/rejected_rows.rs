//! Rows that a table refuses.

use catchment_schema::MergeStrategy::{self, DeleteInsert, InsertOnly, Upsert};
use catchment_schema::{Column, DataType};

use super::{ITEMS, LISTS};
use crate::LoadError;
use crate::testing::case::cases;
use crate::testing::context::TestContext;
use crate::testing::failure::Mismatch;
use crate::testing::resource::TestResource;

cases! { "refused":
    null_names_table_and_column,
    null_of_a_merged_row_names_table_and_column,
    null_in_a_list_names_table_and_column,
    text_for_an_integer_names_table_column_and_value,
    text_for_an_integer_of_a_merged_row_names_them_too,
    text_for_an_instant_names_table_column_and_value,
    rows_at_the_end_leave_no_trace_of_those_before,
    rows_leave_no_new_tables_or_columns,
}

/// The error of rows that can never be loaded, which has to name `names`.
fn expect_refusal(trial: &TestContext<'_>, error: &LoadError, names: &[&str]) -> Result<(), Mismatch> {
    let text = error.to_string();
    let step = "loading a package";
    if !error.is_terminal() || error.is_retryable() {
        return Err(trial.mismatch(step, "an error that trying again does not help", text));
    }
    match names.iter().find(|name| !text.to_lowercase().contains(&name.to_lowercase())) {
        Some(name) => Err(trial.mismatch(step, format!("an error that names `{name}`"), text)),
        None => Ok(()),
    }
}

fn with_not_null(resource: TestResource) -> TestResource {
    resource.column(Column::new("amount", DataType::Bigint).not_null())
}

fn null_names_table_and_column(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = with_not_null(TestResource::append("items"));
    let package = trial.package(&items, r#"[{"id":1,"amount":1},{"id":2,"amount":null}]"#)?;
    let error = trial.expect_rejected(&package)?;
    expect_refusal(trial, &error, &["items", "amount", "null"])?;
    trial.load(&items, r#"[{"id":3,"amount":3}]"#)?;
    let package = trial.package(&items, r#"[{"id":4,"amount":4},{"id":5,"amount":null}]"#)?;
    let error = trial.expect_rejected(&package)?;
    expect_refusal(trial, &error, &["items", "amount", "null"])?;
    trial.load(&items, r#"[{"id":6,"amount":6}]"#)?;
    trial.expect("SELECT id, amount FROM items", "3 3; 6 6")
}

fn null_of_a_merged_row_names_table_and_column(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    for (table, strategy) in [("deleted", DeleteInsert), ("updated", Upsert), ("inserted", InsertOnly)] {
        let resource = with_not_null(TestResource::merge(table, strategy, &["id"]));
        trial.load(&resource, r#"[{"id":1,"amount":1,"l":[1]}]"#)?;
        let package = trial.package(&resource, r#"[{"id":1,"amount":2,"l":[2]},{"id":2,"amount":null,"l":[3]}]"#)?;
        let error = trial.expect_rejected(&package)?;
        expect_refusal(trial, &error, &[table, "amount", "null"])?;
        trial.expect(&format!("SELECT id, amount FROM {table}"), "1 1")?;
        trial.expect(&format!("SELECT value FROM {table}__l"), "1")?;
        trial.load(&resource, r#"[{"id":2,"amount":3}]"#)?;
        trial.expect(&format!("SELECT id, amount FROM {table}"), "1 1; 2 3")?;
    }
    Ok(())
}

fn null_in_a_list_names_table_and_column(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items");
    let mut draft = trial.package_builder(&[&items])?;
    draft.rows("items", r#"[{"id":1,"v":"a","c":[{"amount":1}]}]"#)?;
    if let Some(table) = draft.schema.tables.get_mut("items__c") {
        table.columns.insert("amount".to_owned(), Column::new("amount", DataType::Bigint).not_null());
    }
    trial.load_package(&draft.seal()?)?;
    let package = trial.package(&items, r#"[{"id":2,"v":"b","c":[{"amount":2},{"amount":null}]}]"#)?;
    let error = trial.expect_rejected(&package)?;
    expect_refusal(trial, &error, &["items__c", "amount", "null"])?;
    trial.expect(ITEMS, "1 a")?;
    trial.expect("SELECT amount FROM items__c", "1")
}

/// A package of a source that says `data_type` of the column `amount`, which another source has made of integers.
fn contradiction(
    trial: &mut TestContext<'_>,
    table: &str,
    strategy: Option<MergeStrategy>,
    data_type: DataType,
    rows: &str,
) -> Result<LoadError, Mismatch> {
    let resource = strategy.map_or(TestResource::append(table), |strategy| TestResource::merge(table, strategy, &["id"]));
    trial.load(&resource.clone().typed("amount", data_type), rows)?;
    trial.source = "others";
    let package = trial.package(&resource.typed("amount", DataType::Text), r#"[{"id":2,"amount":"12 apples"}]"#)?;
    let error = trial.expect_rejected(&package)?;
    trial.source = "trials";
    Ok(error)
}

fn text_for_an_integer_names_table_column_and_value(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let error = contradiction(trial, "items", None, DataType::Bigint, r#"[{"id":1,"amount":7}]"#)?;
    expect_refusal(trial, &error, &["items", "amount", "12 apples"])?;
    trial.load(&TestResource::append("items"), r#"[{"id":3,"amount":8}]"#)?;
    trial.expect("SELECT id, amount FROM items", "1 7; 3 8")
}

fn text_for_an_integer_of_a_merged_row_names_them_too(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    for (table, strategy) in [("deleted", DeleteInsert), ("updated", Upsert), ("inserted", InsertOnly)] {
        let error = contradiction(trial, table, Some(strategy), DataType::Bigint, r#"[{"id":1,"amount":7}]"#)?;
        expect_refusal(trial, &error, &[table, "amount", "12 apples"])?;
        trial.expect(&format!("SELECT id, amount FROM {table}"), "1 7")?;
    }
    Ok(())
}

fn text_for_an_instant_names_table_column_and_value(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let rows = r#"[{"id":1,"amount":"2024-01-01T10:00:00Z"}]"#;
    let error = contradiction(trial, "items", None, DataType::Timestamp, rows)?;
    expect_refusal(trial, &error, &["items", "amount", "12 apples"])?;
    trial.expect("SELECT id, amount FROM items", "1 2024-01-01T10:00:00Z")
}

fn rows_at_the_end_leave_no_trace_of_those_before(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let (items, others) = (TestResource::append("items"), with_not_null(TestResource::append("others")));
    trial.load(&items, r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    let stored =
        ["SELECT load_id FROM _dlt_loads", "SELECT version FROM _dlt_version", "SELECT version FROM _dlt_pipeline_state"];
    let before: Vec<_> = stored.iter().map(|sql| trial.query(sql)).collect::<Result<_, _>>()?;
    trial.buffer_max_bytes = 0;
    let mut draft = trial.package_builder(&[&items, &others])?;
    draft.rows("items", r#"[{"id":2,"v":"b","l":[2]}]"#)?;
    draft.rows("others", r#"[{"id":3,"amount":1}]"#)?;
    draft.rows("others", r#"[{"id":4,"amount":null}]"#)?;
    draft.read_up_to("items", 7);
    trial.expect_rejected(&draft.seal()?)?;
    trial.expect(ITEMS, "1 a")?;
    trial.expect(LISTS, "1 1")?;
    let after: Vec<_> = stored.iter().map(|sql| trial.query(sql)).collect::<Result<_, _>>()?;
    trial.expect_same("rows of the system", &after, &before)
}

fn rows_leave_no_new_tables_or_columns(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = with_not_null(TestResource::append("items"));
    trial.load(&items, r#"[{"id":1,"amount":1}]"#)?;
    let package = trial.package(&items, r#"[{"id":2,"amount":null,"w":true,"l":[1]}]"#)?;
    trial.expect_rejected(&package)?;
    for sql in ["SELECT w FROM items", "SELECT value FROM items__l"] {
        if trial.destination.query(trial.dataset, sql, &|| false).is_ok() {
            return Err(trial.mismatch(sql, "no such table or column", "rows"));
        }
    }
    Ok(())
}
