//! The cases by topic.

mod append;
mod cursor_entries;
mod delete_insert;
mod disposition_changes;
mod equal_keys;
mod evolution;
mod hard_delete;
mod idempotence;
mod insert_only;
mod key_types;
mod load_mode;
mod merge;
mod names;
mod partitions;
mod refresh;
mod rejected_rows;
mod replace;
mod restored_state;
mod scale;
mod scd2;
mod scd2_options;
mod stale;
mod types;
mod upsert;

use super::case::Case;

/// All cases.
pub(super) const ALL: &[&[&[Case]]] = &[
    append::CASES,
    replace::CASES,
    merge::CASES,
    partitions::CASES,
    delete_insert::CASES,
    upsert::CASES,
    insert_only::CASES,
    equal_keys::CASES,
    hard_delete::CASES,
    scd2::CASES,
    scd2_options::CASES,
    disposition_changes::CASES,
    evolution::CASES,
    idempotence::CASES,
    stale::CASES,
    rejected_rows::CASES,
    refresh::CASES,
    cursor_entries::CASES,
    restored_state::CASES,
    types::CASES,
    key_types::CASES,
    names::CASES,
    scale::CASES,
];

/// Queries the rows of `items` without their lists.
const ITEMS: &str = "SELECT id, v FROM items";

/// Queries the elements of the lists `l` of `items`, each with the key of its row.
const LISTS: &str = "SELECT items.id, items__l.value FROM items JOIN items__l ON items__l._dlt_parent_id = items._dlt_id";

/// Queries the elements of the lists `d` in the lists `c` of `items`, each with the key of its row and `n` of its parent.
const DEEP_LISTS: &str = "SELECT items.id, items__c.n, items__c__d.value FROM items \
    JOIN items__c ON items__c._dlt_parent_id = items._dlt_id \
    JOIN items__c__d ON items__c__d._dlt_parent_id = items__c._dlt_id";

/// Queries the versions of `items` without their lists.
const VERSIONS: &str = "SELECT id, v, _dlt_valid_from, _dlt_valid_to FROM items";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::ALL;
    use crate::testing::void::Void;

    #[test]
    fn case_names_are_unique_dataset_names() {
        let cases = ALL.concat().concat();
        let names: BTreeSet<&str> = cases.iter().map(|case| case.name()).collect();
        assert_eq!(names.len(), cases.len());
        for case in cases {
            let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            assert!(case.name().len() <= 63 && case.name().chars().all(is_plain), "{}", case.name());
            assert!(case.name().starts_with(case.group()), "{}", case.name());
        }
    }

    #[test]
    fn every_case_fails_if_nothing_is_loaded() {
        let cases = ALL.concat().concat();
        // Packages with many rows take long to build.
        let mut quick = cases.into_iter().filter(|case| !case.name().ends_with("takes_many_rows"));
        let passed = quick.find(|case| case.run(&Void, "d").is_ok());
        assert!(passed.is_none(), "{passed:?}");
    }
}
