//! What a dataset keeps of loads.

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

fn is_nothing_at_first(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let restored = trial.restored()?;
    let has = (restored.state.is_some(), restored.schema.is_some(), restored.last_load_id);
    trial.expect_same("what is restored", &has, &(false, false, None))?;
    match trial.destination.query(trial.dataset, "SELECT 1", &|| false) {
        Ok(_) => Err(trial.mismatch("SELECT 1", "an error, as there is no such dataset", "rows")),
        Err(_) => Ok(()),
    }
}

fn is_a_row_for_each_load(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items");
    trial.load(&items, r#"[{"id":1}]"#)?;
    trial.load(&items, r#"[{"id":2}]"#)?;
    let loads = "SELECT load_id, schema_name, status FROM _dlt_loads";
    trial.expect(loads, "1704067200.000000 trials 0; 1704153600.000000 trials 0")?;
    let with_schema =
        "SELECT count(*) FROM _dlt_loads JOIN _dlt_version ON _dlt_loads.schema_version_hash = _dlt_version.version_hash";
    trial.expect(with_schema, "2")?;
    trial.expect("SELECT load_id FROM _dlt_loads WHERE inserted_at IS NULL", "")?;
    let states = "SELECT pipeline_name, version, engine_version, _dlt_load_id FROM _dlt_pipeline_state";
    trial.expect(states, "trials 1 4 1704067200.000000")?;
    let versions = "SELECT schema_name, version, engine_version FROM _dlt_version";
    trial.expect(versions, "trials 1 11")
}

fn state_and_schema_come_back(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items");
    for cursor in [1, 2] {
        let mut draft = trial.package_builder(&[&items])?;
        draft.rows("items", &format!(r#"[{{"id":{cursor},"v{cursor}":"a","l":[0.5]}}]"#))?;
        draft.read_up_to("items", cursor);
        let package = draft.seal()?;
        trial.load_package(&package)?;
        let (seal, restored) = (package.footer(), trial.restored()?);
        trial.expect_same("the state", &restored.state.map(|state| state.to_value()), &Some(seal.state.to_value()))?;
        trial.expect_same("the schema", &restored.schema.as_ref().map(Schema::to_value), &Some(seal.schema.to_value()))?;
        trial.expect_same("the load id", &restored.last_load_id, &Some(package.header().load_id.clone()))?;
    }
    Ok(())
}

fn state_comes_back_without_rows(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let mut draft = trial.package_builder(&[])?;
    draft.read_up_to("items", 7);
    let package = draft.seal()?;
    trial.load_package(&package)?;
    trial.load_again(&package)?;
    let state = trial.restored()?.state.map(|state| state.to_value());
    trial.expect_same("the state", &state, &Some(package.footer().state.to_value()))
}

fn state_of_any_size_and_text_comes_back(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let mut draft = trial.package_builder(&[])?;
    // numbers that do not get much smaller by packing
    let numbers = (0_i64..50_000).map(|n| Value::from(n.wrapping_mul(6_364_136_223_846_793_005)));
    let kept =
        [("numbers", Value::Array(numbers.collect())), ("it's \"quoted\" \\ with ünïcödé 🦀", Value::from("line\nbreak\ttab '"))];
    draft.state.set_resource(
        trial.source,
        "items",
        Some(kept.map(|(key, value)| (key.to_owned(), value)).into_iter().collect::<Object>()),
    );
    let package = draft.seal()?;
    trial.load_package(&package)?;
    let state = trial.restored()?.state.map(|state| state.to_value());
    trial.expect_same("whether the state is the same", &(state == Some(package.footer().state.to_value())), &true)
}

fn state_is_that_of_its_pipeline(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    trial.load(&TestResource::append("items"), r#"[{"id":1}]"#)?;
    trial.source = "others";
    trial.expect_same("whether a pipeline that never ran has a state", &trial.restored()?.state.is_some(), &false)?;
    trial.load(&TestResource::append("items"), r#"[{"id":2}]"#)?;
    for name in ["others", "trials"] {
        trial.source = name;
        let state = trial.restored()?.state.map(|state| state.pipeline_name().to_owned());
        trial.expect_same("the pipeline of the state", &state.as_deref(), &Some(name))?;
    }
    Ok(())
}

fn schema_is_that_of_its_name(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    trial.load(&TestResource::append("items"), r#"[{"id":1}]"#)?;
    trial.source = "others";
    trial.expect_same("whether there is a schema that was never stored", &trial.restored()?.schema.is_some(), &false)?;
    trial.load(&TestResource::append("things"), r#"[{"id":2}]"#)?;
    for (name, table) in [("others", "things"), ("trials", "items")] {
        trial.source = name;
        let tables =
            trial.restored()?.schema.map(|schema| schema.data_tables().map(|table| table.name.clone()).collect::<Vec<_>>());
        trial.expect_same("the tables of the schema", &tables, &Some(vec![table.to_owned()]))?;
    }
    Ok(())
}

fn load_id_is_the_greatest(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items");
    trial.load(&items, r#"[{"id":1}]"#)?;
    let earlier = trial.package(&items, r#"[{"id":2}]"#)?;
    let later = trial.package(&items, r#"[{"id":3}]"#)?;
    trial.load_package(&later)?;
    trial.load_package(&earlier)?;
    trial.expect_same("the load id", &trial.restored()?.last_load_id, &Some(later.header().load_id.clone()))?;
    let loaded = trial.destination.load(&earlier, &|| false).ok().map(|loaded| loaded.outcome);
    trial.expect_same("loading the earlier package again", &loaded, &Some(LoadOutcome::AlreadyLoaded))
}

fn queries_have_columns_where_they_have_no_rows(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    trial.load(&TestResource::append("items"), r#"[{"id":1,"v":"a"}]"#)?;
    let sql = "SELECT id, v FROM items WHERE id = 7";
    let result = trial.destination.query(trial.dataset, sql, &|| false).map_err(|error| trial.mismatch(sql, "no rows", error))?;
    let columns: Vec<&str> = result.schema.fields().iter().map(|field| field.name().as_str()).collect();
    trial.expect_same("the columns", &columns, &vec!["id", "v"])?;
    trial.expect_same("the rows", &result.num_rows(), &0)
}

fn queries_that_are_wrong_are_errors(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    trial.load(&TestResource::append("items"), r#"[{"id":1,"v":"a"}]"#)?;
    for sql in ["SELECT", "SELECT nothing FROM items", "SELECT id FROM nowhere"] {
        match trial.destination.query(trial.dataset, sql, &|| false) {
            Err(LoadError::Cancelled) | Ok(_) => return Err(trial.mismatch(sql, "an error", "none")),
            Err(_) => trial.expect("SELECT id FROM items", "1")?,
        }
    }
    Ok(())
}
