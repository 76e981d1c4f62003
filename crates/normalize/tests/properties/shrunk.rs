//! What failures shrank to, one test for each thing that was wrong.

use catchment_normalize::NormalizeOptions;
use catchment_schema::{ContractMode, Schema, SchemaContract};

use crate::independence::{check_independent, options};
use crate::load::{BatchPlan, Plan};
use crate::naive::Settings;
use crate::tables::check_naive;

/// In one batch.
#[track_caller]
fn check(rows: &[&str]) {
    check_naive(Settings::default(), rows).unwrap();
}

/// In two batches, the second of which is shredded against what was there before the first.
#[track_caller]
fn check_late(widening: bool, first: &[&str], second: &[&str]) {
    let batch = |rows: &[&str], age| BatchPlan { rows: rows.len(), shredder: age, age };
    let plan = Plan { max_bytes: usize::MAX, shredders: 2, batches: vec![batch(first, 0), batch(second, 1)] };
    check_independent(&Schema::new("s"), &options(widening), &[first, second].concat(), &plan).unwrap();
}

/// In one batch, in a dataset that has had a row without columns.
#[track_caller]
fn check_contract(contract: SchemaContract, rows: &[&str]) {
    let options = NormalizeOptions { quarantine_table: Some("left_out".to_owned()), ..options(false) };
    let schema = crate::contracts::settled(&[crate::generate::Json::Object(Vec::new())], &options, contract);
    check_independent(&schema, &options, rows, &Plan::whole(rows.len())).unwrap();
}

#[test]
fn whole_fractions_stay_in_a_column_of_integers_that_came_in_the_meantime() {
    check_late(true, &[r#"{"a":0}"#], &[r#"{"a":2.0}"#]);
}

#[test]
fn the_first_type_stays_whoever_was_late() {
    check_late(false, &[r#"{"a":0}"#], &[r#"{"a":-9223372036854775809}"#]);
}

#[test]
fn text_goes_where_the_type_of_its_turn_takes_it() {
    check_late(true, &[r#"{"a":0.5}"#], &[r#"{"a":0}"#, r#"{"a":"1.5"}"#, r#"{"a":0.5}"#]);
}

#[test]
fn a_variant_that_came_in_the_meantime_stays_in_use() {
    check_late(true, &[r#"{"a__v_double":1}"#], &[r#"{"a":1}"#, r#"{"a":1.5}"#]);
}

#[test]
fn rows_below_two_tables_are_refused_whoever_was_late() {
    check_late(true, &[r#"{"l":{"b":[0.5]}}"#], &[r#"{"l":[{"b":[0.5]}]}"#]);
}

#[test]
fn empty_lists_say_nothing_of_tables() {
    check(&[r#"{"a":[[null]]}"#, r#"{"a":{"list":[]}}"#]);
}

#[test]
fn names_count_as_they_are_spelt_not_as_paths_end() {
    check(&[r#"{"a":{"b":1,"__b":2}}"#]);
}

#[test]
fn a_row_that_shows_a_rival_is_noted_once() {
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
fn keys_like_variants_share_a_column_or_are_refused() {
    check(&[r#"{"a":1}"#, r#"{"a__v_text":1,"a":"x"}"#]);
    check(&[r#"{"a":1,"a__v_text":"y"}"#, r#"{"a":"x"}"#]);
    check_late(true, &[r#"{"a":1,"a__v_text":"y"}"#], &[r#"{"a":"x"}"#, r#"{"a__v_text":"z"}"#]);
}

#[test]
fn rows_that_are_left_out_give_no_column_a_type_or_a_place() {
    let contract = SchemaContract { data_type: ContractMode::DiscardRow, ..SchemaContract::default() };
    check_contract(contract, &[r#"{"c":1}"#, r#"{"b":1,"c":true}"#, r#"{"b":true}"#]);
    check_contract(contract, &[r#"{"a":1.5}"#, r#"{"a":true,"b":1}"#, r#"{"c":1,"b":1}"#]);
}

#[test]
fn the_quarantine_says_the_same_whatever_the_batch() {
    let contract = SchemaContract { columns: ContractMode::DiscardRow, ..SchemaContract::default() };
    check_contract(contract, &[r#"{"b":1}"#, r#"{"a":1,"b":1}"#]);
    check_contract(contract, &[r#"{"a":1}"#, r#"{"a":[null]}"#]);
}
