//! Packages that others have overtaken.

use catchment_load_package::SealedPackage;

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
}

/// A package with one row, which moves the cursor of `resource` on to `cursor`.
fn package(trial: &mut TestContext<'_>, resource: &str, cursor: i64) -> Result<SealedPackage, Mismatch> {
    let items = TestResource::append("items");
    let mut draft = trial.package_builder(&[&items])?;
    draft.rows("items", &format!(r#"[{{"id":{cursor},"v":"{resource}","l":[{cursor}]}}]"#))?;
    draft.read_up_to(resource, cursor);
    draft.seal()
}

fn expect_stale(trial: &TestContext<'_>, package: &SealedPackage) -> Result<(), Mismatch> {
    match trial.expect_rejected(package)? {
        LoadError::Stale { .. } => Ok(()),
        error => Err(trial.mismatch("loading a stale package", "that it is stale", error)),
    }
}

/// The cursors that the dataset has stored.
fn cursors(trial: &TestContext<'_>) -> Result<String, Mismatch> {
    let state = trial.restored()?.state.map(|state| state.to_value()).unwrap_or_default();
    let sources = state.get("sources").and_then(|sources| sources.get(trial.source));
    Ok(sources.and_then(|source| source.get("resources")).map(ToString::to_string).unwrap_or_default())
}

fn is_a_copy_of_a_package(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let one = package(trial, "a", 1)?;
    let copy = package(trial, "a", 1)?;
    trial.load_package(&one)?;
    expect_stale(trial, &copy)?;
    trial.expect(ITEMS, "1 a")?;
    trial.expect("SELECT value FROM items__l", "1")?;
    trial.expect("SELECT count(*) FROM _dlt_loads", "1")
}

fn is_a_package_of_a_copied_folder(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let first = package(trial, "a", 1)?;
    trial.load_package(&first)?;
    let one = package(trial, "a", 2)?;
    let other = package(trial, "a", 3)?;
    trial.load_package(&other)?;
    expect_stale(trial, &one)?;
    trial.expect(ITEMS, "1 a; 3 a")?;
    trial.expect_same("the cursors", &cursors(trial)?, &r#"{"a":{"at":3}}"#.to_owned())?;
    let next = package(trial, "a", 4)?;
    trial.load_package(&next)?;
    trial.expect(ITEMS, "1 a; 3 a; 4 a")
}

fn is_no_package_of_a_cursor_that_goes_back(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let first = package(trial, "a", 1)?;
    trial.load_package(&first)?;
    let forward = package(trial, "a", 2)?;
    trial.load_package(&forward)?;
    let back = package(trial, "a", 1)?;
    trial.load_package(&back)?;
    trial.expect_same("the cursors", &cursors(trial)?, &r#"{"a":{"at":1}}"#.to_owned())?;
    let again = package(trial, "a", 3)?;
    trial.load_package(&again)?;
    trial.expect_same("the cursors", &cursors(trial)?, &r#"{"a":{"at":3}}"#.to_owned())?;
    trial.expect(ITEMS, "1 a; 2 a; 1 a; 3 a")
}

fn is_a_package_with_types_that_others_contradict(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let items = TestResource::append("items");
    trial.load(&items, r#"[{"id":1,"v":"a"}]"#)?;
    let one = trial.package(&items, r#"[{"id":2,"v":"b","w":"text"}]"#)?;
    let other = trial.package(&items, r#"[{"id":3,"v":"c","w":true}]"#)?;
    trial.load_package(&one)?;
    expect_stale(trial, &other)?;
    trial.expect("SELECT id, v, w FROM items", "1 a -; 2 b text")
}

fn is_no_package_of_another_resource(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let first = package(trial, "a", 1)?;
    trial.load_package(&first)?;
    let packages = [package(trial, "a", 2)?, package(trial, "b", 3)?, package(trial, "c", 4)?];
    for package in packages.iter().rev() {
        trial.load_package(package)?;
    }
    trial.expect(ITEMS, "1 a; 2 a; 3 b; 4 c")?;
    let mut found: Vec<char> = cursors(trial)?.chars().collect();
    let mut expected: Vec<char> = r#"{"a":{"at":2},"b":{"at":3},"c":{"at":4}}"#.chars().collect();
    found.sort_unstable();
    expected.sort_unstable();
    trial.expect_same("the cursors in any order", &found, &expected)
}

fn is_no_package_of_another_resource_at_the_same_time(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let packages = [package(trial, "a", 1)?, package(trial, "b", 2)?, package(trial, "c", 3)?];
    let destination = trial.destination;
    let loads: Vec<Option<LoadOutcome>> = std::thread::scope(|scope| {
        let load = |package| scope.spawn(move || destination.load(package, &|| false).ok().map(|loaded| loaded.outcome));
        let threads: Vec<_> = packages.iter().map(load).collect();
        threads.into_iter().map(|thread| thread.join().ok().flatten()).collect()
    });
    trial.expect_same("loading three packages at once", &loads, &vec![Some(LoadOutcome::Loaded); packages.len()])?;
    trial.expect(ITEMS, "1 a; 2 b; 3 c")?;
    trial.expect("SELECT count(*) FROM _dlt_loads", "3")
}

fn is_no_package_of_another_pipeline(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let one = package(trial, "a", 1)?;
    trial.source = "others";
    let other = package(trial, "a", 2)?;
    trial.load_package(&one)?;
    trial.load_package(&other)?;
    trial.expect(ITEMS, "1 a; 2 a")?;
    trial.expect_same("the cursors of one pipeline", &cursors(trial)?, &r#"{"a":{"at":2}}"#.to_owned())?;
    trial.source = "trials";
    trial.expect_same("the cursors of the other one", &cursors(trial)?, &r#"{"a":{"at":1}}"#.to_owned())
}

fn is_no_package_that_does_not_change_the_state(trial: &mut TestContext<'_>) -> Result<(), Mismatch> {
    let first = package(trial, "a", 1)?;
    trial.load_package(&first)?;
    let without = trial.package(&TestResource::append("items"), r#"[{"id":2,"v":"b"}]"#)?;
    let moved_on = package(trial, "a", 3)?;
    trial.load_package(&moved_on)?;
    trial.load_package(&without)?;
    trial.expect(ITEMS, "1 a; 2 b; 3 a")?;
    trial.expect_same("the cursors", &cursors(trial)?, &r#"{"a":{"at":3}}"#.to_owned())?;
    trial.expect("SELECT count(*) FROM _dlt_pipeline_state", "2")
}
