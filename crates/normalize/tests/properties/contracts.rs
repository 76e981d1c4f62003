//! Schema contracts: results match the naive version and do not depend on batches.

use catchment_json::Value;
use catchment_normalize::{NormalizeOptions, NullColumnPolicy};
use catchment_schema::{ContractMode, Schema, SchemaContract};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use crate::generate::{Alphabet, Json, texts};
use crate::independence::{check_independent, options, plans_of_whole_rows};
use crate::load::{Plan, load};
use crate::naive::{Naive, Settings};
use crate::tables::{compare, config};

/// Few keys and types, so that about half of the rows have new keys or types.
const ROWS: Alphabet = Alphabet {
    keys: &["a", "b", "c"],
    scalars: &["null", "1", "1.5", "2.0", "true", "\"x\"", "9007199254740993"],
    twice: false,
    depth: 3,
};
const FLAT: Alphabet = Alphabet { depth: 1, ..ROWS };

fn contracts() -> impl Strategy<Value = SchemaContract> {
    let mode = || prop::sample::select(ContractMode::ALL.to_vec());
    (mode(), mode(), mode()).prop_map(|(tables, columns, data_type)| SchemaContract { tables, columns, data_type })
}

fn null_policies() -> impl Strategy<Value = NullColumnPolicy> {
    prop::sample::select(NullColumnPolicy::ALL.to_vec())
}

/// Returns the schema of a dataset into which `rows` were loaded.
pub(crate) fn settled(rows: &[Json], options: &NormalizeOptions, contract: SchemaContract) -> Schema {
    let texts = texts(rows);
    let plan = Plan::one_by_one(texts.len());
    let mut schema = load(&Schema::new("s"), options, &texts, &plan).map_or_else(|_| Schema::new("s"), |loaded| loaded.schema);
    let is_data = |name: &str| name == "t" || name.starts_with("t__");
    for table in schema.tables.values_mut().filter(|table| is_data(&table.name)) {
        table.set_seen_data();
    }
    schema.set_contract(contract);
    schema
}

/// Returns options, with a quarantine table if `quarantine` is true.
fn with(widening: bool, null_only_columns: NullColumnPolicy, quarantine: bool) -> NormalizeOptions {
    let quarantine_table = quarantine.then(|| "left_out".to_owned());
    NormalizeOptions { null_only_columns, quarantine_table, ..options(widening) }
}

fn check_contract(base: &[Json], rows: &[Json], settings: Settings, contract: SchemaContract) -> TestCaseResult {
    let values = |rows: &[Json]| texts(rows).iter().map(|row| Value::parse(row).unwrap()).collect::<Vec<_>>();
    let options = crate::tables::options(&settings);
    let mut naive = Naive::new(settings);
    if naive.load(&values(base)).is_err() {
        return Ok(());
    }
    naive.finish();
    naive.settle(contract);
    let texts = texts(rows);
    let schema = settled(base, &options, contract);
    let found = load(&schema, &options, &texts, &Plan::whole(rows.len()));
    let expected = naive.load(&values(rows));
    compare(naive, expected, found.map_err(|error| error.to_string()))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn contracts_match_the_naive_version(
        base in FLAT.rows(2), rows in FLAT.rows(4), contract in contracts(), widening: bool, null_only in null_policies(),
    ) {
        check_contract(&base, &rows, Settings { widening, null_only, ..Settings::default() }, contract)?;
    }

    #[test]
    fn contracts_do_not_depend_on_batches(
        base in ROWS.rows(2), rows in ROWS.rows(4), plan in plans_of_whole_rows(4), contract in contracts(),
        widening: bool, null_only in null_policies(), quarantine: bool,
    ) {
        let options = with(widening, null_only, quarantine);
        check_independent(&settled(&base, &options, contract), &options, &rows, &plan)?;
    }

    #[test]
    fn contracts_of_flat_rows_do_not_depend_on_batches(
        base in FLAT.rows(2), rows in FLAT.rows(5), plan in plans_of_whole_rows(5), contract in contracts(), widening: bool, quarantine: bool,
    ) {
        let options = with(widening, NullColumnPolicy::Drop, quarantine);
        check_independent(&settled(&base, &options, contract), &options, &rows, &plan)?;
    }

    #[test]
    fn first_loads_under_contracts_do_not_depend_on_batches(
        rows in ROWS.rows(4), plan in plans_of_whole_rows(4), contract in contracts(), null_only in null_policies(),
    ) {
        let options = with(true, null_only, false);
        let mut schema = Schema::new("s");
        schema.set_contract(contract);
        check_independent(&schema, &options, &rows, &plan)?;
    }
}
