//! The cases, by what they are about.

mod append;
mod change;
mod cursor_rows;
mod delete_insert;
mod equal_keys;
mod evolution;
mod hard_delete;
mod insert_only;
mod key_types;
mod many;
mod merge;
mod names;
mod once;
mod refresh;
mod refused;
mod replace;
mod scd2;
mod scd2_options;
mod stale;
mod stored;
mod types;
mod upsert;
mod way;

use super::case::Case;

/// All of them.
pub(super) const ALL: &[&[&[Case]]] = &[
    append::CASES,
    replace::CASES,
    merge::CASES,
    delete_insert::CASES,
    upsert::CASES,
    insert_only::CASES,
    equal_keys::CASES,
    hard_delete::CASES,
    scd2::CASES,
    scd2_options::CASES,
    change::CASES,
    evolution::CASES,
    once::CASES,
    stale::CASES,
    refused::CASES,
    refresh::CASES,
    cursor_rows::CASES,
    stored::CASES,
    types::CASES,
    key_types::CASES,
    names::CASES,
    many::CASES,
];

/// The rows of `items` without their lists.
const ITEMS: &str = "SELECT id, v FROM items";

/// The elements of the list `l` of `items`, each with the key of its row.
const LISTS: &str = "SELECT items.id, items__l.value FROM items JOIN items__l ON items__l._dlt_parent_id = items._dlt_id";

/// The elements of the lists `d` in the list `c` of `items`, each with the key of its row and the `n` above it.
const DEEP_LISTS: &str = "SELECT items.id, items__c.n, items__c__d.value FROM items \
    JOIN items__c ON items__c._dlt_parent_id = items._dlt_id \
    JOIN items__c__d ON items__c__d._dlt_parent_id = items__c._dlt_id";

/// The versions of `items` without their lists.
const VERSIONS: &str = "SELECT id, v, _dlt_valid_from, _dlt_valid_to FROM items";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use catchment_load_package::SealedPackage;
    use catchment_state::{BoundaryEntry, BoundaryKey};

    use super::ALL;
    use crate::{Cancelled, Destination, LoadError, LoadOutcome, Loaded, QueryResult, Restored};

    #[test]
    fn names_can_be_those_of_datasets_and_are_different() {
        let cases = ALL.concat().concat();
        let names: BTreeSet<&str> = cases.iter().map(|case| case.name()).collect();
        assert_eq!(names.len(), cases.len());
        for case in cases {
            let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            assert!(case.name().len() <= 63 && case.name().chars().all(is_plain), "{}", case.name());
            assert!(case.name().starts_with(case.group()), "{}", case.name());
        }
    }

    /// Says that everything is loaded, and has nothing.
    struct Void;

    impl Destination for Void {
        fn kind(&self) -> &'static str {
            "void"
        }

        fn location(&self) -> String {
            "nowhere".to_owned()
        }

        fn max_identifier_length(&self) -> Option<usize> {
            None
        }

        fn max_columns(&self) -> Option<usize> {
            None
        }

        fn restore(&self, _: &str, _: &str, _: &str, _: Cancelled<'_>) -> Result<Restored, LoadError> {
            Ok(Restored::default())
        }

        fn cursor_rows(&self, _: &str, _: &str, _: &BoundaryKey, _: Cancelled<'_>) -> Result<Vec<BoundaryEntry>, LoadError> {
            Ok(Vec::new())
        }

        fn load(&self, _: &SealedPackage, _: Cancelled<'_>) -> Result<Loaded, LoadError> {
            Ok(LoadOutcome::Loaded.into())
        }

        fn query(&self, _: &str, _: &str, _: Cancelled<'_>) -> Result<QueryResult, LoadError> {
            let schema = arrow::datatypes::SchemaRef::new(arrow::datatypes::Schema::empty());
            Ok(QueryResult { schema, batches: Vec::new() })
        }
    }

    #[test]
    fn no_case_passes_where_nothing_is_loaded() {
        let cases = ALL.concat().concat();
        // the packages of those take long to make
        let mut quick = cases.into_iter().filter(|case| !case.name().ends_with("takes_many_rows"));
        let passed = quick.find(|case| case.run(&Void, "d").is_ok());
        assert!(passed.is_none(), "{passed:?}");
    }
}
