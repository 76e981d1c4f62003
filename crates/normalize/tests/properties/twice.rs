//! The last of duplicate keys in an object wins, as if the others did not exist.

use catchment_json::Value;
use catchment_normalize::NormalizeError;
use catchment_schema::Schema;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use crate::generate::{Alphabet, Json, texts};
use crate::independence::{assert_same, options};
use crate::load::{Loaded, Plan, load};
use crate::tables::config;

fn check_once(rows: &[Json]) -> TestCaseResult {
    let options = options(true);
    let load = |row: &dyn Fn(&Json) -> Json| -> Result<Loaded, NormalizeError> {
        let texts = texts(&rows.iter().map(row).collect::<Vec<_>>());
        load(&Schema::new("s"), &options, &texts, &Plan::whole(rows.len()))
    };
    match (load(&Json::once), load(&Json::clone)) {
        (Ok(once), Ok(twice)) => assert_same(once, twice, &options),
        (Err(_), Err(_)) => Ok(()),
        (once, twice) => Err(TestCaseError::fail(format!("{once:?}\n{twice:?}"))),
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_last_duplicate_key_wins(rows in Alphabet::TWICE_IN_PLACE.rows(2)) {
        for row in &rows {
            let (once, twice) = (row.once().to_string(), row.to_string());
            // The order of keys differs, but their values are equal.
            prop_assert_eq!(Value::parse(&once).unwrap(), Value::parse(&twice).unwrap());
        }
        check_once(&rows)?;
    }
}

#[test]
fn duplicate_keys_do_not_remove_values_of_other_keys() {
    let twice = |value| Json::Object(vec![("b", Json::Scalar(value)), ("b", Json::Scalar(value))]);
    for value in ["null", "1"] {
        check_once(&[Json::Object(vec![("a__b", Json::Scalar("2")), ("a", twice(value))])]).unwrap();
        check_once(&[Json::Object(vec![("a", twice(value)), ("a__b", Json::Scalar("2"))])]).unwrap();
    }
}
