//! The conformance suite of destinations, run against DuckDB.

use catchment_load::testing::{self, Case};

use crate::dataset::Dataset;

/// Runs the cases of a group, each with a separate file, and reports all failures.
#[track_caller]
fn check(group: &str) {
    let result = testing::run_group(group, |case| case.run(&Dataset::new().destination(), case.name()));
    assert!(result.is_ok(), "{}", result.unwrap_err());
}

catchment_load::conformance_tests!(check);

/// Returns one case for each load mode, with child tables and a second load.
fn one_case_per_mode() -> impl Iterator<Item = Case> {
    testing::cases().into_iter().filter(|case| case.name().ends_with("_of_a_package_is_done_once"))
}

#[test]
fn loads_leave_no_other_tables_or_files() {
    for case in one_case_per_mode() {
        let dataset = Dataset::new();
        case.run(&dataset.destination(), "d").unwrap();
        let tables = dataset.query("SELECT table_schema, table_name FROM information_schema.tables ORDER BY ALL");
        let expected = "d _dlt_loads; d _dlt_pipeline_state; d _dlt_version; d items; d items__c; d items__c__d";
        assert_eq!(tables, expected, "{}", case.name());
        let files = std::fs::read_dir(dataset.dir()).unwrap().map(|entry| entry.unwrap().file_name());
        assert_eq!(files.collect::<Vec<_>>(), ["data.duckdb"], "{}", case.name());
    }
}

#[test]
fn datasets_can_have_any_name() {
    let dataset = Dataset::new();
    // `data` is also the name of the database
    for (case, name) in one_case_per_mode().zip(["data", "select", r#"Odd "name" 'x'; --"#, "ünï 日本 🦀", "a.b", "main"]) {
        case.run(&dataset.destination(), name).unwrap_or_else(|failure| panic!("{name}: {failure}"));
        let tables = dataset.try_query_in(name, "SELECT count(*) FROM items").unwrap();
        assert_eq!(tables.num_rows(), 1);
    }
}
