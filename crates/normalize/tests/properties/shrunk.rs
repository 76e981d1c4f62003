//! Regression tests: minimized failures of the property tests.

use catchment_normalize::NormalizeOptions;
use catchment_schema::{ContractMode, Schema, SchemaContract};

use crate::independence::{check_independent, options};
use crate::load::{BatchPlan, Plan};
use crate::naive::Settings;
use crate::tables::check_naive;

/// Loads the rows in one batch and compares the result with the naive version.
#[track_caller]
fn check(rows: &[&str]) {
    check_naive(Settings::default(), rows).unwrap();
}

/// Loads two batches, the second of which is shredded against the schema before the first.
#[track_caller]
fn check_late(widening: bool, first: &[&str], second: &[&str]) {
    let batch = |rows: &[&str], age| BatchPlan { rows: rows.len(), shredder: age, age };
    let plan = Plan { max_bytes: usize::MAX, shredders: 2, batches: vec![batch(first, 0), batch(second, 1)] };
    check_independent(&Schema::new("s"), &options(widening), &[first, second].concat(), &plan).unwrap();
}

/// Loads the rows in one batch into a dataset with one empty row.
#[track_caller]
fn check_contract(contract: SchemaContract, rows: &[&str]) {
    let options = NormalizeOptions { quarantine_table: Some("left_out".to_owned()), ..options(false) };
    let schema = crate::contracts::settled(&[crate::generate::Json::Object(Vec::new())], &options, contract);
    check_independent(&schema, &options, rows, &Plan::whole(rows.len())).unwrap();
}

#[test]
fn fractions_with_an_integer_value_do_not_widen_a_concurrent_bigint_column() {
    check_late(true, &[r#"{"a":0}"#], &[r#"{"a":2.0}"#]);
}

#[test]
fn the_first_type_stays_with_an_outdated_snapshot() {
    check_late(false, &[r#"{"a":0}"#], &[r#"{"a":-9223372036854775809}"#]);
}

#[test]
fn text_is_converted_to_the_current_type() {
    check_late(true, &[r#"{"a":0.5}"#], &[r#"{"a":0}"#, r#"{"a":"1.5"}"#, r#"{"a":0.5}"#]);
}

#[test]
fn a_concurrent_variant_column_stays_in_use() {
    check_late(true, &[r#"{"a__v_double":1}"#], &[r#"{"a":1}"#, r#"{"a":1.5}"#]);
}

#[test]
fn a_table_with_two_parents_is_rejected_with_an_outdated_snapshot() {
    check_late(true, &[r#"{"l":{"b":[0.5]}}"#], &[r#"{"l":[{"b":[0.5]}]}"#]);
}

#[test]
fn empty_lists_create_no_tables() {
    check(&[r#"{"a":[[null]]}"#, r#"{"a":{"list":[]}}"#]);
}

#[test]
fn exact_spelling_compares_keys_not_paths() {
    check(&[r#"{"a":{"b":1,"__b":2}}"#]);
}

#[test]
fn nulls_of_a_row_with_a_new_collision_are_reported_once() {
    check(&[r#"{"aB":{"a":{"a_b":null}},"a_b":null}"#]);
}

#[test]
fn three_values_with_one_name_have_three_columns() {
    check(&[r#"{"a__b":{"c":1},"a":{"b__c":2,"b":{"c":3}}}"#]);
}

#[test]
fn text_of_long_integers_is_not_rounded() {
    check(&[r#"{"a":0.5}"#, r#"{"a":"18446744073709551616"}"#]);
}

#[test]
fn keys_named_like_variants_share_a_column_or_are_rejected() {
    check(&[r#"{"a":1}"#, r#"{"a__v_text":1,"a":"x"}"#]);
    check(&[r#"{"a":1,"a__v_text":"y"}"#, r#"{"a":"x"}"#]);
    check_late(true, &[r#"{"a":1,"a__v_text":"y"}"#], &[r#"{"a":"x"}"#, r#"{"a__v_text":"z"}"#]);
}

#[test]
fn discarded_rows_affect_neither_types_nor_the_order_of_columns() {
    let contract = SchemaContract { data_type: ContractMode::DiscardRow, ..SchemaContract::default() };
    check_contract(contract, &[r#"{"c":1}"#, r#"{"b":1,"c":true}"#, r#"{"b":true}"#]);
    check_contract(contract, &[r#"{"a":1.5}"#, r#"{"a":true,"b":1}"#, r#"{"c":1,"b":1}"#]);
}

#[test]
fn quarantined_rows_do_not_depend_on_batches() {
    let contract = SchemaContract { columns: ContractMode::DiscardRow, ..SchemaContract::default() };
    check_contract(contract, &[r#"{"b":1}"#, r#"{"a":1,"b":1}"#]);
    check_contract(contract, &[r#"{"a":1}"#, r#"{"a":[null]}"#]);
}
