//! Stored loads, states and schemas.

use catchment_json::{Object, Value};
use catchment_schema::Schema;

use crate::testing::case::cases;
use crate::testing::context::TestContext;
use crate::testing::failure::Mismatch;
use crate::testing::resource::TestResource;
use crate::{LoadError, LoadOutcome};

cases! { "stored":
    is_nothing_at_first,
    is_a_row_for_each_load,
    state_and_schema_come_back,
    state_comes_back_without_rows,
    state_of_any_size_and_text_comes_back,
    state_is_that_of_its_pipeline,
    schema_is_that_of_its_name,
    load_id_is_the_greatest,
    queries_have_columns_where_they_have_no_rows,
    queries_that_are_wrong_are_errors,
}

fn is_nothing_at_first(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let restored = context.restored()?;
    let has = (restored.state.is_some(), restored.schema.is_some(), restored.last_load_id);
    context.expect_same("what is restored", &has, &(false, false, None))?;
    match context.try_query("SELECT 1") {
        Ok(_) => Err(context.mismatch("SELECT 1", "an error, because the dataset does not exist", "rows")),
        Err(_) => Ok(()),
    }
}

fn is_a_row_for_each_load(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items");
    context.load(&items, r#"[{"id":1}]"#)?;
    context.load(&items, r#"[{"id":2}]"#)?;
    let loads = "SELECT load_id, schema_name, status FROM _dlt_loads";
    context.expect(loads, "1704067200.000000 trials 0; 1704153600.000000 trials 0")?;
    let with_schema =
        "SELECT count(*) FROM _dlt_loads JOIN _dlt_version ON _dlt_loads.schema_version_hash = _dlt_version.version_hash";
    context.expect(with_schema, "2")?;
    context.expect("SELECT load_id FROM _dlt_loads WHERE inserted_at IS NULL", "")?;
    let states = "SELECT pipeline_name, version, engine_version, _dlt_load_id FROM _dlt_pipeline_state";
    context.expect(states, "trials 1 4 1704067200.000000")?;
    let versions = "SELECT schema_name, version, engine_version FROM _dlt_version";
    context.expect(versions, "trials 1 11")
}

fn state_and_schema_come_back(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items");
    for cursor in [1, 2] {
        let mut builder = context.package_builder(&[&items])?;
        builder.rows("items", &format!(r#"[{{"id":{cursor},"v{cursor}":"a","l":[0.5]}}]"#))?;
        builder.read_up_to("items", cursor);
        let package = builder.seal()?;
        context.load_package(&package)?;
        let (seal, restored) = (package.footer(), context.restored()?);
        context.expect_same("the state", &restored.state.map(|state| state.to_value()), &Some(seal.state.to_value()))?;
        context.expect_same("the schema", &restored.schema.as_ref().map(Schema::to_value), &Some(seal.schema.to_value()))?;
        context.expect_same("the load id", &restored.last_load_id, &Some(package.header().load_id.clone()))?;
    }
    Ok(())
}

fn state_comes_back_without_rows(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let mut builder = context.package_builder(&[])?;
    builder.read_up_to("items", 7);
    let package = builder.seal()?;
    context.load_package(&package)?;
    context.load_again(&package)?;
    let state = context.restored()?.state.map(|state| state.to_value());
    context.expect_same("the state", &state, &Some(package.footer().state.to_value()))
}

fn state_of_any_size_and_text_comes_back(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let mut builder = context.package_builder(&[])?;
    // numbers that compress badly
    let numbers = (0_i64..50_000).map(|n| Value::from(n.wrapping_mul(6_364_136_223_846_793_005)));
    let entries =
        [("numbers", Value::Array(numbers.collect())), ("it's \"quoted\" \\ with ünïcödé 🦀", Value::from("line\nbreak\ttab '"))];
    builder.state.set_resource(
        context.source,
        "items",
        Some(entries.map(|(key, value)| (key.to_owned(), value)).into_iter().collect::<Object>()),
    );
    let package = builder.seal()?;
    context.load_package(&package)?;
    let state = context.restored()?.state.map(|state| state.to_value());
    context.expect_same("whether the state is the same", &(state == Some(package.footer().state.to_value())), &true)
}

fn state_is_that_of_its_pipeline(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&TestResource::append("items"), r#"[{"id":1}]"#)?;
    context.source = "others";
    context.expect_same("whether a pipeline that never ran has a state", &context.restored()?.state.is_some(), &false)?;
    context.load(&TestResource::append("items"), r#"[{"id":2}]"#)?;
    for name in ["others", "trials"] {
        context.source = name;
        let state = context.restored()?.state.map(|state| state.pipeline_name().to_owned());
        context.expect_same("the pipeline of the state", &state.as_deref(), &Some(name))?;
    }
    Ok(())
}

fn schema_is_that_of_its_name(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&TestResource::append("items"), r#"[{"id":1}]"#)?;
    context.source = "others";
    context.expect_same("whether a schema that was never stored is restored", &context.restored()?.schema.is_some(), &false)?;
    context.load(&TestResource::append("things"), r#"[{"id":2}]"#)?;
    for (name, table) in [("others", "things"), ("trials", "items")] {
        context.source = name;
        let tables =
            context.restored()?.schema.map(|schema| schema.data_tables().map(|table| table.name.clone()).collect::<Vec<_>>());
        context.expect_same("the tables of the schema", &tables, &Some(vec![table.to_owned()]))?;
    }
    Ok(())
}

fn load_id_is_the_greatest(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items");
    context.load(&items, r#"[{"id":1}]"#)?;
    let earlier = context.package(&items, r#"[{"id":2}]"#)?;
    let later = context.package(&items, r#"[{"id":3}]"#)?;
    context.load_package(&later)?;
    context.load_package(&earlier)?;
    context.expect_same("the load id", &context.restored()?.last_load_id, &Some(later.header().load_id.clone()))?;
    let loaded = context.try_load(&earlier).ok().map(|loaded| loaded.outcome);
    context.expect_same("loading the earlier package again", &loaded, &Some(LoadOutcome::AlreadyLoaded))
}

fn queries_have_columns_where_they_have_no_rows(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&TestResource::append("items"), r#"[{"id":1,"v":"a"}]"#)?;
    let sql = "SELECT id, v FROM items WHERE id = 7";
    let result = context.try_query(sql).map_err(|error| context.mismatch(sql, "no rows", error))?;
    let columns: Vec<&str> = result.schema.fields().iter().map(|field| field.name().as_str()).collect();
    context.expect_same("the columns", &columns, &vec!["id", "v"])?;
    context.expect_same("the rows", &result.num_rows(), &0)
}

fn queries_that_are_wrong_are_errors(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    context.load(&TestResource::append("items"), r#"[{"id":1,"v":"a"}]"#)?;
    for sql in ["SELEC 1", "SELECT nothing FROM items", "SELECT id FROM nowhere"] {
        match context.try_query(sql) {
            Err(LoadError::Cancelled) | Ok(_) => return Err(context.mismatch(sql, "an error", "none")),
            Err(_) => context.expect("SELECT id FROM items", "1")?,
        }
    }
    Ok(())
}
