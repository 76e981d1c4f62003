//! Stale packages.

use std::sync::Arc;

use catchment_load_package::{RefreshTables, SealedPackage};

use super::ITEMS;
use crate::testing::case::cases;
use crate::testing::context::TestContext;
use crate::testing::failure::Mismatch;
use crate::testing::resource::TestResource;
use crate::{LoadError, LoadOutcome};

cases! { "stale":
    is_a_copy_of_a_package,
    is_a_package_of_a_copied_folder,
    is_no_package_of_a_cursor_that_goes_back,
    is_a_package_with_types_that_others_contradict,
    is_no_package_of_another_resource,
    is_no_package_of_another_resource_at_the_same_time,
    is_no_package_of_another_pipeline,
    is_no_package_that_does_not_change_the_state,
    is_a_refresh_of_a_state_that_others_change,
}

/// Builds a package with one row that moves the cursor of `resource` to `cursor`.
fn package(context: &mut TestContext<'_>, resource: &str, cursor: i64) -> Result<Arc<SealedPackage>, Mismatch> {
    let items = TestResource::append("items");
    let mut builder = context.package_builder(&[&items])?;
    builder.rows("items", &format!(r#"[{{"id":{cursor},"v":"{resource}","l":[{cursor}]}}]"#))?;
    builder.read_up_to(resource, cursor);
    builder.seal()
}

fn expect_stale(context: &TestContext<'_>, package: &Arc<SealedPackage>) -> Result<(), Mismatch> {
    match context.expect_rejected(package)? {
        LoadError::Stale { .. } => Ok(()),
        error => Err(context.mismatch("loading a stale package", "the error `Stale`", error)),
    }
}

/// Returns the cursors stored in the dataset.
fn cursors(context: &TestContext<'_>) -> Result<String, Mismatch> {
    let state = context.restored()?.state.map(|state| state.to_value()).unwrap_or_default();
    let sources = state.get("sources").and_then(|sources| sources.get(context.source));
    Ok(sources.and_then(|source| source.get("resources")).map(ToString::to_string).unwrap_or_default())
}

fn is_a_copy_of_a_package(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let one = package(context, "a", 1)?;
    let copy = package(context, "a", 1)?;
    context.load_package(&one)?;
    expect_stale(context, &copy)?;
    context.expect(ITEMS, "1 a")?;
    context.expect("SELECT value FROM items__l", "1")?;
    context.expect("SELECT count(*) FROM _dlt_loads", "1")
}

fn is_a_package_of_a_copied_folder(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let first = package(context, "a", 1)?;
    context.load_package(&first)?;
    let one = package(context, "a", 2)?;
    let other = package(context, "a", 3)?;
    context.load_package(&other)?;
    expect_stale(context, &one)?;
    context.expect(ITEMS, "1 a; 3 a")?;
    context.expect_same("the cursors", &cursors(context)?, &r#"{"a":{"at":3}}"#.to_owned())?;
    let next = package(context, "a", 4)?;
    context.load_package(&next)?;
    context.expect(ITEMS, "1 a; 3 a; 4 a")
}

fn is_no_package_of_a_cursor_that_goes_back(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let first = package(context, "a", 1)?;
    context.load_package(&first)?;
    let forward = package(context, "a", 2)?;
    context.load_package(&forward)?;
    let back = package(context, "a", 1)?;
    context.load_package(&back)?;
    context.expect_same("the cursors", &cursors(context)?, &r#"{"a":{"at":1}}"#.to_owned())?;
    let again = package(context, "a", 3)?;
    context.load_package(&again)?;
    context.expect_same("the cursors", &cursors(context)?, &r#"{"a":{"at":3}}"#.to_owned())?;
    context.expect(ITEMS, "1 a; 2 a; 1 a; 3 a")
}

fn is_a_package_with_types_that_others_contradict(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items");
    context.load(&items, r#"[{"id":1,"v":"a"}]"#)?;
    let one = context.package(&items, r#"[{"id":2,"v":"b","w":"text"}]"#)?;
    let other = context.package(&items, r#"[{"id":3,"v":"c","w":true}]"#)?;
    context.load_package(&one)?;
    expect_stale(context, &other)?;
    context.expect("SELECT id, v, w FROM items", "1 a -; 2 b text")
}

fn is_no_package_of_another_resource(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let first = package(context, "a", 1)?;
    context.load_package(&first)?;
    let packages = [package(context, "a", 2)?, package(context, "b", 3)?, package(context, "c", 4)?];
    for package in packages.iter().rev() {
        context.load_package(package)?;
    }
    context.expect(ITEMS, "1 a; 2 a; 3 b; 4 c")?;
    let mut found: Vec<char> = cursors(context)?.chars().collect();
    let mut expected: Vec<char> = r#"{"a":{"at":2},"b":{"at":3},"c":{"at":4}}"#.chars().collect();
    found.sort_unstable();
    expected.sort_unstable();
    context.expect_same("the cursors in any order", &found, &expected)
}

fn is_no_package_of_another_resource_at_the_same_time(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let packages = [package(context, "a", 1)?, package(context, "b", 2)?, package(context, "c", 3)?];
    let loads = context.load_at_once(&packages);
    context.expect_same("loading three packages at once", &loads, &vec![Some(LoadOutcome::Loaded); packages.len()])?;
    context.expect(ITEMS, "1 a; 2 b; 3 c")?;
    context.expect("SELECT count(*) FROM _dlt_loads", "3")
}

fn is_no_package_of_another_pipeline(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let one = package(context, "a", 1)?;
    context.source = "others";
    let other = package(context, "a", 2)?;
    context.load_package(&one)?;
    context.load_package(&other)?;
    context.expect(ITEMS, "1 a; 2 a")?;
    context.expect_same("the cursors of one pipeline", &cursors(context)?, &r#"{"a":{"at":2}}"#.to_owned())?;
    context.source = "trials";
    context.expect_same("the cursors of the other one", &cursors(context)?, &r#"{"a":{"at":1}}"#.to_owned())
}

fn is_no_package_that_does_not_change_the_state(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let first = package(context, "a", 1)?;
    context.load_package(&first)?;
    let without = context.package(&TestResource::append("items"), r#"[{"id":2,"v":"b"}]"#)?;
    let moved_on = package(context, "a", 3)?;
    context.load_package(&moved_on)?;
    context.load_package(&without)?;
    context.expect(ITEMS, "1 a; 2 b; 3 a")?;
    context.expect_same("the cursors", &cursors(context)?, &r#"{"a":{"at":3}}"#.to_owned())?;
    context.expect("SELECT count(*) FROM _dlt_pipeline_state", "2")
}

/// The refresh would delete the rows of the other package, whose cursor stays.
fn is_a_refresh_of_a_state_that_others_change(context: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items");
    let first = package(context, "a", 1)?;
    context.load_package(&first)?;
    context.refresh = RefreshTables { emptied: vec!["items".to_owned(), "items__l".to_owned()], ..RefreshTables::default() };
    let refresh = context.package(&items, r#"[{"id":1,"v":"b"}]"#)?;
    let other = package(context, "a", 2)?;
    context.load_package(&other)?;
    expect_stale(context, &refresh)?;
    context.expect(ITEMS, "1 a; 2 a")
}
