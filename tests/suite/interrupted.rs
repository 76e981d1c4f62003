//! Loads that ended the process: tried again in small steps, and given up after a while.

use catchment::load::{Destination as _, LoadOutcome};
use catchment::{LoadError, PackageOutcome};

use crate::dataset::Dataset;
use crate::pipeline::{append, run};
use crate::recovery::package;

const STEP: &str = "rows of table `items` in 000001.arrow";

/// Loads a package in whose folder earlier processes left that they ended while they loaded it.
fn load_after(dataset: &Dataset, left: &str) -> Result<LoadOutcome, LoadError> {
    let package = package(dataset, "1700000000.000000", "r", None, 1);
    std::fs::write(package.folder().join("loading"), left).unwrap();
    let loaded = dataset.destination().load(&package, &|| false)?;
    assert!(!package.folder().join("loading").exists());
    Ok(loaded.outcome)
}

#[test]
fn a_package_that_ended_the_process_is_tried_more_carefully() {
    for left in ["", "1 0 ", &format!("1 1 {STEP}"), &format!("2 2 {STEP}"), "9 1 the commit"] {
        let dataset = Dataset::new();
        assert_eq!(load_after(&dataset, left).unwrap(), LoadOutcome::Loaded, "{left:?}");
        assert_eq!(dataset.query("SELECT id FROM items"), "1");
    }
}

#[test]
fn a_package_that_always_ends_the_process_is_set_aside_with_the_step() {
    let dataset = Dataset::new();
    let error = load_after(&dataset, &format!("4 3 {STEP}")).unwrap_err();
    assert!(error.is_terminal());
    let expected = format!("loading the package ended the process 4 times, the last ones at {STEP}: ");
    assert!(error.to_string().starts_with(&expected), "{error}");

    // the run that finds it reports it, and goes on with new rows
    let dataset = Dataset::new();
    let package = package(&dataset, "1700000000.000000", "r", None, 1);
    std::fs::write(package.folder().join("loading"), format!("3 3 {STEP}")).unwrap();
    drop(package);
    let info = run(&dataset, r#"[{"id":2}]"#, append).unwrap();
    let outcomes: Vec<_> = info.packages.iter().map(|package| &package.outcome).collect();
    assert!(
        matches!(&outcomes[..], [PackageOutcome::Failed(reason), PackageOutcome::Loaded] if reason.contains(STEP)),
        "{outcomes:?}"
    );
    assert_eq!(dataset.query("SELECT id FROM items"), "2");
}
