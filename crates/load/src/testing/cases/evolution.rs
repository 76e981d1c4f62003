//! Schema evolution.

use catchment_schema::MergeStrategy::{self, DeleteInsert, Upsert};
use catchment_schema::{Column, ColumnType, DataType};

use super::{DEEP_LISTS, ITEMS, LISTS};
use crate::testing::case::cases;
use crate::testing::context::TestContext;
use crate::testing::failure::Mismatch;
use crate::testing::resource::TestResource;

cases! { "evolution":
    adds_columns,
    adds_columns_to_merged_tables,
    adds_columns_to_lists,
    adds_tables_of_lists,
    adds_tables_of_lists_to_merged_tables,
    takes_columns_in_any_order,
    takes_rows_without_columns_that_are_there,
    adds_columns_that_are_not_null_to_tables_with_rows,
    adds_columns_that_are_not_null_to_new_tables,
    widens_integers_to_doubles,
    widens_integers_to_doubles_of_merged_rows,
    widens_integers_to_doubles_between_batches,
    widens_integers_to_decimals,
    widens_small_integers,
    widens_decimals,
    widens_columns_of_lists,
    leaves_integers_that_no_double_is_equal_to,
    leaves_columns_of_other_sources,
    stores_the_schema_once_for_each_change,
    joins_schemas_that_did_not_know_of_each_other,
}

fn adds_columns(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items");
    context.load(&items, r#"[{"id":1}]"#)?;
    context.load(&items, r#"[{"id":2,"v":"b"}]"#)?;
    context.load(&items, r#"[{"id":3,"w":true,"v":"c","x":0.5}]"#)?;
    context.expect("SELECT id, v, w, x FROM items", "1 - - -; 2 b - -; 3 c true 0.5")
}

fn adds_columns_to_merged_tables(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    for (table, strategy) in [("deleted", DeleteInsert), ("updated", Upsert), ("inserted", MergeStrategy::InsertOnly)] {
        let resource = TestResource::merge(table, strategy, &["id"]);
        context.load(&resource, r#"[{"id":1},{"id":2}]"#)?;
        context.load(&resource, r#"[{"w":true,"id":3,"v":"c"}]"#)?;
        context.expect(&format!("SELECT id, v, w FROM {table}"), "1 - -; 2 - -; 3 c true")?;
    }
    Ok(())
}

fn adds_columns_to_lists(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::merge("items", DeleteInsert, &["id"]);
    context.load(&items, r#"[{"id":1,"c":[{"n":1}]}]"#)?;
    context.load(&items, r#"[{"id":2,"c":[{"m":"x","n":2},{"n":3}]}]"#)?;
    context.expect("SELECT n, m FROM items__c", "1 -; 2 x; 3 -")
}

fn adds_tables_of_lists(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items");
    context.load(&items, r#"[{"id":1,"v":"a"}]"#)?;
    context.load(&items, r#"[{"id":2,"v":"b","l":[1],"c":[{"n":1}]}]"#)?;
    context.load(&items, r#"[{"id":3,"v":"c","c":[{"n":2,"d":["x"]}]}]"#)?;
    context.expect(ITEMS, "1 a; 2 b; 3 c")?;
    context.expect(LISTS, "2 1")?;
    context.expect(DEEP_LISTS, "3 2 x")
}

fn adds_tables_of_lists_to_merged_tables(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::merge("items", DeleteInsert, &["id"]);
    context.load(&items, r#"[{"id":1,"v":"a"},{"id":2,"v":"b"}]"#)?;
    context.load(&items, r#"[{"id":2,"v":"c","l":[1],"c":[{"n":1}]}]"#)?;
    context.load(&items, r#"[{"id":2,"v":"d","c":[{"n":2,"d":["x"]}]}]"#)?;
    context.expect(ITEMS, "1 a; 2 d")?;
    context.expect("SELECT value FROM items__l", "")?;
    context.expect(DEEP_LISTS, "2 2 x")
}

fn takes_columns_in_any_order(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let (added, merged) = (TestResource::append("added"), TestResource::merge("merged", Upsert, &["id"]));
    for resource in [added, merged] {
        context.load(&resource, r#"[{"id":1,"v":"a","w":"b","c":[{"n":"x","m":"y"}]}]"#)?;
        context.load(&resource, r#"[{"w":"c","v":"d","id":2,"c":[{"m":"z","n":"w"}]}]"#)?;
        let table = resource.table;
        context.expect(&format!("SELECT id, v, w FROM {table}"), "1 a b; 2 d c")?;
        context.expect(&format!("SELECT n, m FROM {table}__c"), "x y; w z")?;
    }
    Ok(())
}

fn takes_rows_without_columns_that_are_there(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items");
    context.load(&items, r#"[{"id":1,"v":"a","w":1}]"#)?;
    context.load(&items, r#"[{"w":2}]"#)?;
    context.load(&items, r#"[{"id":3}]"#)?;
    context.expect("SELECT id, v, w FROM items", "1 a 1; - - 2; 3 - -")
}

fn adds_columns_that_are_not_null_to_tables_with_rows(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let column = Column::new("w", DataType::Text).not_null();
    for (table, strategy) in [("deleted", Some(DeleteInsert)), ("updated", Some(Upsert)), ("added", None)] {
        let resource = strategy.map_or(TestResource::append(table), |strategy| TestResource::merge(table, strategy, &["id"]));
        context.load(&resource, r#"[{"id":1}]"#)?;
        let resource = resource.column(column.clone());
        context.load(&resource, r#"[{"id":2,"w":"x"}]"#)?;
        context.load(&resource, r#"[{"id":3,"w":"y"}]"#)?;
        context.expect(&format!("SELECT id, w FROM {table}"), "1 -; 2 x; 3 y")?;
    }
    Ok(())
}

fn adds_columns_that_are_not_null_to_new_tables(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items").column(Column::new("w", DataType::Text).not_null());
    context.load(&items, r#"[{"id":1,"w":"x"}]"#)?;
    let package = context.package(&items, r#"[{"id":2,"w":null}]"#)?;
    context.expect_rejected(&package)?;
    context.expect("SELECT id, w FROM items", "1 x")
}

fn widens_integers_to_doubles(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items");
    context.load(&items, r#"[{"id":1,"v":7},{"id":2,"v":-9007199254740992}]"#)?;
    context.load(&items, r#"[{"id":3,"v":0.5},{"id":4,"v":1e300}]"#)?;
    context.load(&items, r#"[{"id":5,"v":8}]"#)?;
    context.expect(ITEMS, "1 7; 2 -9.007199254740992e15; 3 0.5; 4 1e300; 5 8")
}

fn widens_integers_to_doubles_of_merged_rows(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    for (table, strategy) in [("deleted", DeleteInsert), ("updated", Upsert), ("inserted", MergeStrategy::InsertOnly)] {
        let resource = TestResource::merge(table, strategy, &["id"]);
        context.load(&resource, r#"[{"id":1,"v":7,"l":[1]},{"id":2,"v":8}]"#)?;
        context.load(&resource, r#"[{"id":3,"v":0.5,"l":[1.5]},{"id":4,"v":9}]"#)?;
        context.expect(&format!("SELECT id, v FROM {table}"), "1 7; 2 8; 3 0.5; 4 9")?;
        context.expect(&format!("SELECT value FROM {table}__l"), "1; 1.5")?;
    }
    Ok(())
}

fn widens_integers_to_doubles_between_batches(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let (added, merged) = (TestResource::append("added"), TestResource::merge("merged", Upsert, &["id"]));
    for (resource, buffer_max_bytes) in [(&added, 0), (&merged, 0), (&added, 1 << 20), (&merged, 1 << 20)] {
        context.buffer_max_bytes = buffer_max_bytes;
        let mut builder = context.package_builder(&[resource])?;
        for rows in [r#"[{"id":1,"v":7}]"#, r#"[{"id":2,"v":0.5}]"#, r#"[{"id":3,"v":8}]"#] {
            builder.rows(&resource.table, rows)?;
        }
        context.load_package(&builder.seal()?)?;
    }
    context.expect("SELECT id, v FROM added", "1 7; 2 0.5; 3 8; 1 7; 2 0.5; 3 8")?;
    context.expect("SELECT id, v FROM merged", "1 7; 2 0.5; 3 8")
}

fn decimal(precision: u8, scale: u8) -> Column {
    Column::with_type("v", ColumnType::Decimal { precision, scale })
}

fn widens_integers_to_decimals(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    for (table, strategy) in [("added", None), ("merged", Some(DeleteInsert))] {
        let resource = strategy.map_or(TestResource::append(table), |strategy| TestResource::merge(table, strategy, &["id"]));
        context.load(&resource, r#"[{"id":1,"v":9223372036854775807}]"#)?;
        context.load(&resource.column(decimal(38, 9)), r#"[{"id":2,"v":12345678901234567890123456789.123456789}]"#)?;
        context
            .expect(&format!("SELECT id, v FROM {table}"), "1 9223372036854775807; 2 12345678901234567890123456789.123456789")?;
    }
    Ok(())
}

fn widens_small_integers(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items =
        |bits| TestResource::append("items").column(Column::with_type("v", ColumnType::Bigint { bits, beyond_double: false }));
    context.load(&items(8), r#"[{"id":1,"v":127}]"#)?;
    context.load(&items(16), r#"[{"id":2,"v":32767}]"#)?;
    context.load(&items(32), r#"[{"id":3,"v":-2147483648}]"#)?;
    context.load(&items(64), r#"[{"id":4,"v":9223372036854775807}]"#)?;
    context.expect(ITEMS, "1 127; 2 32767; 3 -2147483648; 4 9223372036854775807")
}

fn widens_decimals(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&TestResource::append("items").column(decimal(5, 2)), r#"[{"id":1,"v":-999.99}]"#)?;
    context.load(&TestResource::append("items").column(decimal(6, 4)), r#"[{"id":2,"v":12.3456}]"#)?;
    context.load(&TestResource::append("items").column(decimal(20, 2)), r#"[{"id":3,"v":123456789012345678.25}]"#)?;
    context.expect(ITEMS, "1 -999.99; 2 12.3456; 3 123456789012345678.25")
}

fn widens_columns_of_lists(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items");
    context.load(&items, r#"[{"id":1,"l":[1]}]"#)?;
    context.load(&items, r#"[{"id":2,"l":[0.5,2]}]"#)?;
    context.expect(LISTS, "1 1; 2 0.5; 2 2")
}

fn leaves_integers_that_no_double_is_equal_to(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    for (table, strategy) in [("added", None), ("deleted", Some(DeleteInsert)), ("updated", Some(Upsert))] {
        let resource = strategy.map_or(TestResource::append(table), |strategy| TestResource::merge(table, strategy, &["id"]));
        context.load(&resource, r#"[{"id":1,"v":9007199254740993}]"#)?;
        context.load(&resource, r#"[{"id":2,"v":0.5},{"id":3,"v":4}]"#)?;
        context.load(&resource, r#"[{"id":4,"v":-9007199254740993}]"#)?;
        let expected = "1 9007199254740993 -; 2 - 0.5; 3 4 -; 4 -9007199254740993 -";
        context.expect(&format!("SELECT id, v, v__v_double FROM {table}"), expected)?;
    }
    Ok(())
}

fn leaves_columns_of_other_sources(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::merge("items", DeleteInsert, &["id"]);
    context.load(&items, r#"[{"id":1,"v":"a"},{"id":2,"v":"b"}]"#)?;
    context.source = "others";
    context.load(&items, r#"[{"id":1,"w":true},{"id":3,"w":false}]"#)?;
    context.source = "trials";
    context.load(&items, r#"[{"id":3,"v":"c"}]"#)?;
    context.expect("SELECT id, v, w FROM items", "1 - true; 2 b -; 3 c -")
}

fn stores_the_schema_once_for_each_change(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items");
    let stored = "SELECT schema_name, version FROM _dlt_version";
    context.load(&items, r#"[{"id":1}]"#)?;
    context.load(&items, r#"[{"id":2}]"#)?;
    context.expect(stored, "trials 1")?;
    context.load(&items, r#"[{"id":3,"v":"a"}]"#)?;
    context.expect(stored, "trials 1; trials 2")?;
    let schema = context.restored()?.schema.unwrap_or_else(|| catchment_schema::Schema::new("none"));
    context.expect_same("the version that is restored", &schema.version, &2)?;
    let columns = schema.tables.get("items").map(|table| table.columns.keys().cloned().collect::<Vec<_>>());
    let expected = ["id", "_dlt_load_id", "_dlt_id", "v"].map(str::to_owned).to_vec();
    context.expect_same("the columns that are restored", &columns, &Some(expected))
}

fn joins_schemas_that_did_not_know_of_each_other(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items");
    context.load(&items, r#"[{"id":1}]"#)?;
    let one = context.package(&items, r#"[{"id":2,"v":"a","l":[1]}]"#)?;
    let other = context.package(&items, r#"[{"id":3,"w":true,"v":"b"}]"#)?;
    context.load_package(&other)?;
    context.load_package(&one)?;
    context.load(&items, r#"[{"id":4,"v":"c","w":false,"l":[2]}]"#)?;
    context.expect("SELECT id, v, w FROM items", "1 - -; 2 a -; 3 b true; 4 c false")?;
    context.expect(LISTS, "2 1; 4 2")
}
