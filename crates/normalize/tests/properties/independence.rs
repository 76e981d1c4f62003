//! The result does not depend on batch boundaries, shredders or the age of snapshots.

use std::collections::HashSet;
use std::fmt::Display;
use std::hash::Hash;

use catchment_json::Value;
use catchment_normalize::{NormalizeFindings, NormalizeOptions, NullColumnPolicy};
use catchment_schema::{Column, DataType, Schema, Table};
use indexmap::IndexSet;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use crate::generate::{Alphabet, texts};
use crate::load::{BatchPlan, Loaded, Plan, load};
use crate::tables::{config, nested, with_cases};

/// Generates plans to load up to `rows` rows.
pub(crate) fn plans(rows: usize) -> impl Strategy<Value = Plan> {
    let max_bytes = prop::sample::select(vec![usize::MAX, 1, 500, 3000]);
    (max_bytes, plans_of_whole_rows(rows)).prop_map(|(max_bytes, plan)| Plan { max_bytes, ..plan })
}

/// Generates plans to load up to `rows` rows without shredding a row in parts: in parts, fewer nulls are reported if a
/// contract discards some rows of a list.
pub(crate) fn plans_of_whole_rows(rows: usize) -> impl Strategy<Value = Plan> {
    let batch = (1..4_usize, 0..8_usize, 0..4_usize).prop_map(|(rows, shredder, age)| BatchPlan { rows, shredder, age });
    let plan = (prop::sample::select(vec![1, 2, 8]), prop::collection::vec(batch, rows));
    plan.prop_map(|(shredders, batches)| Plan { max_bytes: usize::MAX, shredders, batches })
}

/// Loads the rows one by one and by the plan, and compares the results.
pub(crate) fn check_independent(base: &Schema, options: &NormalizeOptions, rows: &[impl Display], plan: &Plan) -> TestCaseResult {
    let texts = texts(rows);
    let expected = load(base, options, &texts, &Plan::one_by_one(rows.len()));
    let found = load(base, options, &texts, plan);
    match (expected, found) {
        (Ok(expected), Ok(found)) => assert_same(expected, found, options),
        (Err(_), Err(_)) => Ok(()),
        (Ok(_), Err(error)) => Err(TestCaseError::fail(format!("fails only by the plan: {error}"))),
        (Err(error), Ok(_)) => Err(TestCaseError::fail(format!("fails only row by row: {error}"))),
    }
}

pub(crate) fn assert_same(expected: Loaded, mut found: Loaded, options: &NormalizeOptions) -> TestCaseResult {
    prop_assert_eq!(shown(&found.schema), shown(&expected.schema), "schemas");
    prop_assert_eq!(found.schema.to_value().to_string(), expected.schema.to_value().to_string(), "schemas");
    let Loaded { mut tables, findings, .. } = expected;
    // The order of quarantined rows depends on batches, and so does the recorded reason of a row with several reasons.
    for tables in [&mut tables, &mut found.tables] {
        if let Some(quarantine) = options.quarantine_table.as_ref().and_then(|table| tables.get_mut(table)) {
            for entry in quarantine.iter_mut() {
                entry.retain(|column, _| column != "column_name" && column != "_dlt_id");
            }
            quarantine.sort();
        }
    }
    prop_assert_eq!(found.tables, tables, "rows");
    assert_same_findings(&findings, &found.findings)
}

fn assert_same_findings(expected: &NormalizeFindings, found: &NormalizeFindings) -> TestCaseResult {
    prop_assert_eq!(&found.discarded, &expected.discarded, "discarded");
    prop_assert_eq!(set(&found.renamed_keys), set(&expected.renamed_keys), "renamed keys");
    prop_assert_eq!(set(&found.new_variants), set(&expected.new_variants), "new variants");
    prop_assert_eq!(set(&found.null_only_columns), set(&expected.null_only_columns), "null-only columns");
    Ok(())
}

/// Formats one line per table, with types and hints of its columns.
fn shown(schema: &Schema) -> Vec<String> {
    let column = |column: &Column| {
        let data_type = column.data_type.map_or("?", DataType::name);
        format!("{} {data_type} {}", column.name, Value::Object(column.hints.clone()))
    };
    let table = |table: &Table| format!("{}: {}", table.name, table.columns.values().map(column).collect::<Vec<_>>().join(", "));
    schema.data_tables().map(table).collect()
}

fn set<T: Eq + Hash>(list: &IndexSet<T>) -> HashSet<&T> {
    list.iter().collect()
}

pub(crate) fn options(numeric_widening: bool) -> NormalizeOptions {
    NormalizeOptions { numeric_widening, ..NormalizeOptions::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn types_do_not_depend_on_batches(rows in Alphabet::TYPES.rows(6), plan in plans(6)) {
        check_independent(&Schema::new("s"), &options(true), &rows, &plan)?;
    }

    #[test]
    fn types_without_widening_do_not_depend_on_batches(rows in Alphabet::TYPES.rows(6), plan in plans(6)) {
        check_independent(&Schema::new("s"), &options(false), &rows, &plan)?;
    }

    #[test]
    fn exact_digits_do_not_depend_on_batches(
        rows in Alphabet::TYPES.rows(4), numbers in prop::collection::vec("-?[1-9][0-9]{0,17}(\\.[0-9]{1,20})?", 2), plan in plans(6),
    ) {
        let options = NormalizeOptions { exact_digits: true, ..options(true) };
        let numbers = numbers.iter().map(|number| format!(r#"{{"a": {number}, "n": {number}}}"#));
        let rows: Vec<String> = rows.iter().map(ToString::to_string).chain(numbers).collect();
        check_independent(&Schema::new("s"), &options, &rows, &plan)?;
    }

    #[test]
    fn shapes_do_not_depend_on_batches(rows in Alphabet::SHAPES.rows(5), plan in plans(5), widening: bool) {
        check_independent(&Schema::new("s"), &options(widening), &rows, &plan)?;
    }

    #[test]
    fn nesting_does_not_depend_on_batches(
        rows in Alphabet::NESTED.rows(4), plan in plans(4), max_nesting in 0..4_i64, json: bool,
    ) {
        let null_only_columns = if json { NullColumnPolicy::Json } else { NullColumnPolicy::Drop };
        let options = NormalizeOptions { null_only_columns, ..options(true) };
        check_independent(&nested(max_nesting), &options, &rows, &plan)?;
    }

    #[test]
    fn short_names_do_not_depend_on_batches(rows in Alphabet::LONG.rows(4), plan in plans(4), max_length in 16..30_usize) {
        let options = NormalizeOptions { max_identifier_length: Some(max_length), ..options(true) };
        check_independent(&Schema::new("s"), &options, &rows, &plan)?;
    }

    #[test]
    fn names_at_many_depths_do_not_depend_on_batches(rows in Alphabet::DEPTHS.rows(4), plan in plans(4)) {
        check_independent(&Schema::new("s"), &options(true), &rows, &plan)?;
    }

    #[test]
    fn keys_named_like_variants_do_not_depend_on_batches(rows in Alphabet::VARIANTS.rows(5), plan in plans(5), widening: bool) {
        check_independent(&Schema::new("s"), &options(widening), &rows, &plan)?;
    }

    #[test]
    fn names_do_not_depend_on_batches(rows in Alphabet::RIVALS.rows(4), plan in plans(4)) {
        check_independent(&Schema::new("s"), &options(true), &rows, &plan)?;
    }

    #[test]
    fn duplicate_keys_do_not_depend_on_batches(rows in Alphabet::TWICE.rows(4), plan in plans(4)) {
        check_independent(&Schema::new("s"), &options(true), &rows, &plan)?;
    }
}

proptest! {
    // More cases, because batches that reach the same type in different ways are rare.
    #![proptest_config(with_cases(6_000))]

    #[test]
    fn numbers_do_not_depend_on_batches(rows in Alphabet::NUMBERS.rows(6), plan in plans(6), widening: bool) {
        check_independent(&Schema::new("s"), &options(widening), &rows, &plan)?;
    }
}
