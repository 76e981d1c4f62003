//! Rows that a table rejects.

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

/// Checks that an error is terminal and contains all `names`.
fn expect_refusal(context: &TestContext<'_>, error: &LoadError, names: &[&str]) -> Result<(), Mismatch> {
    let text = error.to_string();
    let step = "loading a package";
    if !error.is_terminal() || error.is_retryable() {
        return Err(context.mismatch(step, "an error that cannot be retried", text));
    }
    match names.iter().find(|name| !text.to_lowercase().contains(&name.to_lowercase())) {
        Some(name) => Err(context.mismatch(step, format!("an error that names `{name}`"), text)),
        None => Ok(()),
    }
}

fn with_not_null(resource: TestResource) -> TestResource {
    resource.column(Column::new("amount", DataType::Bigint).not_null())
}

fn null_names_table_and_column(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = with_not_null(TestResource::append("items"));
    let package = context.package(&items, r#"[{"id":1,"amount":1},{"id":2,"amount":null}]"#)?;
    let error = context.expect_rejected(&package)?;
    expect_refusal(context, &error, &["items", "amount", "null"])?;
    context.load(&items, r#"[{"id":3,"amount":3}]"#)?;
    let package = context.package(&items, r#"[{"id":4,"amount":4},{"id":5,"amount":null}]"#)?;
    let error = context.expect_rejected(&package)?;
    expect_refusal(context, &error, &["items", "amount", "null"])?;
    context.load(&items, r#"[{"id":6,"amount":6}]"#)?;
    context.expect("SELECT id, amount FROM items", "3 3; 6 6")
}

fn null_of_a_merged_row_names_table_and_column(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    for (table, strategy) in [("deleted", DeleteInsert), ("updated", Upsert), ("inserted", InsertOnly)] {
        let resource = with_not_null(TestResource::merge(table, strategy, &["id"]));
        context.load(&resource, r#"[{"id":1,"amount":1,"l":[1]}]"#)?;
        let package = context.package(&resource, r#"[{"id":1,"amount":2,"l":[2]},{"id":2,"amount":null,"l":[3]}]"#)?;
        let error = context.expect_rejected(&package)?;
        expect_refusal(context, &error, &[table, "amount", "null"])?;
        context.expect(&format!("SELECT id, amount FROM {table}"), "1 1")?;
        context.expect(&format!("SELECT value FROM {table}__l"), "1")?;
        context.load(&resource, r#"[{"id":2,"amount":3}]"#)?;
        context.expect(&format!("SELECT id, amount FROM {table}"), "1 1; 2 3")?;
    }
    Ok(())
}

fn null_in_a_list_names_table_and_column(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items");
    let mut builder = context.package_builder(&[&items])?;
    builder.rows("items", r#"[{"id":1,"v":"a","c":[{"amount":1}]}]"#)?;
    if let Some(table) = builder.schema.tables.get_mut("items__c") {
        table.columns.insert("amount".to_owned(), Column::new("amount", DataType::Bigint).not_null());
    }
    context.load_package(&builder.seal()?)?;
    let package = context.package(&items, r#"[{"id":2,"v":"b","c":[{"amount":2},{"amount":null}]}]"#)?;
    let error = context.expect_rejected(&package)?;
    expect_refusal(context, &error, &["items__c", "amount", "null"])?;
    context.expect(ITEMS, "1 a")?;
    context.expect("SELECT amount FROM items__c", "1")
}

/// Loads `rows` with a column `amount` of `data_type`, then returns the error of a package of another source that has
/// strings in it.
fn contradiction(
    context: &mut TestContext<'_>,
    table: &str,
    strategy: Option<MergeStrategy>,
    data_type: DataType,
    rows: &str,
) -> Result<LoadError, Mismatch> {
    let resource = strategy.map_or(TestResource::append(table), |strategy| TestResource::merge(table, strategy, &["id"]));
    context.load(&resource.clone().typed("amount", data_type), rows)?;
    context.source = "others";
    let package = context.package(&resource.typed("amount", DataType::Text), r#"[{"id":2,"amount":"12 apples"}]"#)?;
    let error = context.expect_rejected(&package)?;
    context.source = "trials";
    Ok(error)
}

fn text_for_an_integer_names_table_column_and_value(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let error = contradiction(context, "items", None, DataType::Bigint, r#"[{"id":1,"amount":7}]"#)?;
    expect_refusal(context, &error, &["items", "amount", "12 apples"])?;
    context.load(&TestResource::append("items"), r#"[{"id":3,"amount":8}]"#)?;
    context.expect("SELECT id, amount FROM items", "1 7; 3 8")
}

fn text_for_an_integer_of_a_merged_row_names_them_too(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    for (table, strategy) in [("deleted", DeleteInsert), ("updated", Upsert), ("inserted", InsertOnly)] {
        let error = contradiction(context, table, Some(strategy), DataType::Bigint, r#"[{"id":1,"amount":7}]"#)?;
        expect_refusal(context, &error, &[table, "amount", "12 apples"])?;
        context.expect(&format!("SELECT id, amount FROM {table}"), "1 7")?;
    }
    Ok(())
}

fn text_for_an_instant_names_table_column_and_value(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let rows = r#"[{"id":1,"amount":"2024-01-01T10:00:00Z"}]"#;
    let error = contradiction(context, "items", None, DataType::Timestamp, rows)?;
    expect_refusal(context, &error, &["items", "amount", "12 apples"])?;
    context.expect("SELECT id, amount FROM items", "1 2024-01-01T10:00:00Z")
}

fn rows_at_the_end_leave_no_trace_of_those_before(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let (items, others) = (TestResource::append("items"), with_not_null(TestResource::append("others")));
    context.load(&items, r#"[{"id":1,"v":"a","l":[1]}]"#)?;
    let stored =
        ["SELECT load_id FROM _dlt_loads", "SELECT version FROM _dlt_version", "SELECT version FROM _dlt_pipeline_state"];
    let before: Vec<_> = stored.iter().map(|sql| context.query(sql)).collect::<Result<_, _>>()?;
    context.buffer_max_bytes = 0;
    let mut builder = context.package_builder(&[&items, &others])?;
    builder.rows("items", r#"[{"id":2,"v":"b","l":[2]}]"#)?;
    builder.rows("others", r#"[{"id":3,"amount":1}]"#)?;
    builder.rows("others", r#"[{"id":4,"amount":null}]"#)?;
    builder.read_up_to("items", 7);
    context.expect_rejected(&builder.seal()?)?;
    context.expect(ITEMS, "1 a")?;
    context.expect(LISTS, "1 1")?;
    let after: Vec<_> = stored.iter().map(|sql| context.query(sql)).collect::<Result<_, _>>()?;
    context.expect_same("the rows of the system tables", &after, &before)
}

fn rows_leave_no_new_tables_or_columns(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = with_not_null(TestResource::append("items"));
    context.load(&items, r#"[{"id":1,"amount":1}]"#)?;
    let package = context.package(&items, r#"[{"id":2,"amount":null,"w":true,"l":[1]}]"#)?;
    context.expect_rejected(&package)?;
    let has_transactional_ddl = context.destination.capabilities().transactional_ddl;
    for sql in ["SELECT w FROM items WHERE w IS NOT NULL", "SELECT value FROM items__l"] {
        match context.try_query(sql) {
            // Without transactional DDL, empty tables and columns can remain.
            Ok(found) if has_transactional_ddl || found.num_rows() > 0 => {
                return Err(context.mismatch(sql, "no such table or column", "rows"));
            }
            _ => {}
        }
    }
    Ok(())
}
