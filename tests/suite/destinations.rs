//! The conformance suite of destinations, against DuckDB.

use catchment_load::testing;

use crate::dataset::Dataset;

/// Runs the cases of a group, each in a file of its own, and shows all that fail.
#[track_caller]
fn check(group: &str) {
    let cases: Vec<_> = testing::cases().into_iter().filter(|case| case.group() == group).collect();
    assert!(!cases.is_empty(), "there is no group `{group}`");
    let mut failures = Vec::new();
    for case in &cases {
        let dataset = Dataset::new();
        if let Err(failure) = case.run(&dataset.destination(), case.name()) {
            failures.push(failure.to_string());
        }
    }
    assert!(failures.is_empty(), "{} of {} cases fail:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

macro_rules! groups {
    ($($group:ident),*) => {
        $(
            #[test]
            fn $group() {
                check(stringify!($group));
            }
        )*

        #[test]
        fn no_group_is_left_out() {
            let tested = [$(stringify!($group)),*];
            let left_out = testing::cases().into_iter().find(|case| !tested.contains(&case.group()));
            assert!(left_out.is_none(), "{left_out:?}");
        }
    };
}

groups!(append, replace, delete_insert, upsert, insert_only, scd2, change, evolution, stale, refused, stored);
