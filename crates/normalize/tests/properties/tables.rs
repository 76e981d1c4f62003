//! Tables, columns, types and values match the naive version.

use std::collections::BTreeMap;
use std::fmt::Display;

use catchment_json::Value;
use catchment_normalize::{NormalizeFindings, NormalizeOptions, NullColumnPolicy};
use catchment_schema::{ColumnType, Schema, is_system_name};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use crate::generate::{Alphabet, texts};
use crate::load::{Loaded, Plan, load};
use crate::naive::{Naive, Refused, Settings};

/// Loads the rows and compares the result with the naive version.
pub(crate) fn check_naive(settings: Settings, rows: &[impl Display]) -> TestCaseResult {
    let options = options(&settings);
    let schema = if settings.max_nesting < 1000 { nested(settings.max_nesting) } else { Schema::new("s") };
    let texts = texts(rows);
    let found = load(&schema, &options, &texts, &Plan::whole(rows.len()));
    let mut naive = Naive::new(settings);
    let values: Vec<Value> = texts.iter().map(|row| Value::parse(row).unwrap()).collect();
    let expected = naive.load(&values);
    compare(naive, expected, found.map_err(|error| error.to_string()))
}

/// Returns a schema with a nesting limit.
pub(crate) fn nested(max_nesting: i64) -> Schema {
    let mut schema = Schema::new("s");
    let config = Value::object([("max_nesting", Value::from(max_nesting))]);
    schema.normalizers["json"].as_object_mut().unwrap().insert("config".to_owned(), config);
    schema
}

pub(crate) fn options(settings: &Settings) -> NormalizeOptions {
    NormalizeOptions {
        numeric_widening: settings.widening,
        null_only_columns: settings.null_only,
        max_identifier_length: settings.max_length,
        ..NormalizeOptions::default()
    }
}

pub(crate) fn compare(mut naive: Naive, expected: Result<(), Refused>, found: Result<Loaded, String>) -> TestCaseResult {
    let found = match (expected, found) {
        (Err(Refused::Undecided), _) => return Ok(()),
        (Err(_), Err(_)) => return Ok(()),
        (Ok(()), Ok(found)) => found,
        (Ok(()), Err(error)) => return fail(format!("unexpected error: {error}")),
        (Err(refused), Ok(_)) => return fail(format!("expected error {refused:?}, found none")),
    };
    let nulls = naive.finish();
    let shape = |table: &catchment_schema::Table| -> (String, Option<String>, Vec<(String, ColumnType)>) {
        let columns = table.complete_columns().map(|c| (c.name.clone(), c.column_type().unwrap()));
        (table.name.clone(), table.parent.clone(), columns.collect())
    };
    let found_shapes: Vec<_> = found.schema.tables.values().filter(|t| !is_system_name(&t.name)).map(shape).collect();
    let expected_shapes: Vec<_> = naive
        .tables
        .iter()
        .map(|(name, table)| (name.clone(), table.parent.clone(), table.columns.iter().map(|(c, t)| (c.clone(), *t)).collect()))
        .collect();
    prop_assert_eq!(found_shapes, expected_shapes, "tables: found, expected");
    for (name, table) in &naive.tables {
        let rows = found.tables.get(name).cloned().unwrap_or_default();
        prop_assert_eq!(&rows, &table.rows, "rows of {}: found, expected", name);
    }
    let NormalizeFindings { discarded, renamed_keys, null_only_columns, .. } = found.findings;
    prop_assert_eq!(discarded.into_iter().collect::<BTreeMap<_, _>>(), naive.discarded, "discarded");
    let renamed = renamed_keys.into_iter().map(|key| (key.table, key.key, key.column)).collect();
    prop_assert_eq!(naive.renamed, renamed, "renamed keys: expected, found");
    let found_nulls = null_only_columns.into_iter().map(|null| (null.table, null.column)).collect();
    prop_assert_eq!(nulls, found_nulls, "null-only columns: expected, found");
    Ok(())
}

fn fail(reason: String) -> TestCaseResult {
    Err(TestCaseError::fail(reason))
}

/// Returns the configuration of the tests. Failures are printed but not persisted. `PROPTEST_CASES` overrides the number of
/// cases.
pub(crate) fn config() -> ProptestConfig {
    with_cases(1_000)
}

pub(crate) fn with_cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 20_000, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn types_match_the_naive_version(rows in Alphabet::TYPES.rows(6), widening: bool) {
        check_naive(Settings { widening, ..Settings::default() }, &rows)?;
    }

    #[test]
    fn shapes_match_the_naive_version(rows in Alphabet::SHAPES.rows(4)) {
        check_naive(Settings::default(), &rows)?;
    }

    #[test]
    fn nesting_limits_match_the_naive_version(rows in Alphabet::NESTED.rows(3), max_nesting in 0..4_i64) {
        check_naive(Settings { max_nesting, ..Settings::default() }, &rows)?;
    }

    #[test]
    fn null_only_columns_match_the_naive_version(rows in Alphabet::NESTED.rows(3), json: bool) {
        let null_only = if json { NullColumnPolicy::Json } else { NullColumnPolicy::Text };
        check_naive(Settings { null_only, ..Settings::default() }, &rows)?;
    }

    #[test]
    fn short_names_match_the_naive_version(rows in Alphabet::LONG.rows(3), max_length in 16..30_usize) {
        check_naive(Settings { max_length: Some(max_length), ..Settings::default() }, &rows)?;
    }

    #[test]
    fn names_at_many_depths_match_the_naive_version(rows in Alphabet::DEPTHS.rows(3)) {
        check_naive(Settings::default(), &rows)?;
    }

    #[test]
    fn numbers_match_the_naive_version(rows in Alphabet::NUMBERS.rows(6), widening: bool) {
        check_naive(Settings { widening, ..Settings::default() }, &rows)?;
    }

    #[test]
    fn keys_named_like_variants_match_the_naive_version(rows in Alphabet::VARIANTS.rows(5), widening: bool) {
        check_naive(Settings { widening, ..Settings::default() }, &rows)?;
    }

    #[test]
    fn names_match_the_naive_version(rows in Alphabet::RIVALS.rows(3)) {
        check_naive(Settings::default(), &rows)?;
    }
}
