//! Loads that crashed the process: retried in small batches, and failed after several crashes.

use catchment::load::LoadOutcome;
use catchment::{LoadError, PackageOutcome};

use crate::dataset::Dataset;
use crate::pipeline::{append, run};
use crate::recovery::package;

const STEP: &str = "rows of table `items` in 000001.arrow";

/// Loads a package with a crash marker of earlier processes.
fn load_after(dataset: &Dataset, marker: &str) -> Result<LoadOutcome, LoadError> {
    let package = package(dataset, "1700000000.000000", "r", None, 1);
    std::fs::write(package.folder().join("loading"), marker).unwrap();
    let loaded = dataset.load(&package)?;
    assert!(!package.folder().join("loading").exists());
    Ok(loaded.outcome)
}

#[test]
fn a_package_that_crashed_the_process_is_retried() {
    for marker in ["", "1 0 ", &format!("1 1 {STEP}"), &format!("2 2 {STEP}"), "9 1 the commit"] {
        let dataset = Dataset::new();
        assert_eq!(load_after(&dataset, marker).unwrap(), LoadOutcome::Loaded, "{marker:?}");
        assert_eq!(dataset.query("SELECT id FROM items"), "1");
    }
}

#[test]
fn a_package_that_always_crashes_the_process_fails_with_the_step() {
    let dataset = Dataset::new();
    let error = load_after(&dataset, &format!("4 3 {STEP}")).unwrap_err();
    assert!(error.is_terminal());
    let expected = format!("loading the package crashed the process 4 times, most recently at {STEP}: ");
    assert!(error.to_string().starts_with(&expected), "{error}");

    // the next run reports it and loads new rows
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
