use proptest::prelude::*;
use serde::ser::Error;
use serde::{Serialize, Serializer};
use serde_json::json;

use super::tests::{check, entry};
use crate::parse_tests::{ANY_NUMBER, any_value};
use crate::{Number, Value, to_value};

/// Compares the output of `serde_json` for the number `text` with `expected`.
#[track_caller]
fn check_foreign(text: &str, expected: &str) {
    assert_eq!(serde_json::to_string(&Number::from_source(text)).unwrap(), expected, "{text}");
}

/// Compares the output of [`to_value`] for the number `text` with `expected`.
#[track_caller]
fn check_number(text: &str, expected: &str) {
    check(Number::from_source(text), expected);
    check(Some([Number::from_source(text)]), &format!("[{expected}]"));
}

#[test]
fn numbers_keep_their_value() {
    for text in ["1", "-1.5", "1e400", "0.10000000000000000001", "1234567890123456789012345678901234567890123", "NaN"] {
        check_number(text, text);
    }
    check_number("1.50", "1.5");
    check_number("-0", "0");
    check_number(&format!("1{}", "0".repeat(40)), &format!("1{}", "0".repeat(40)));
}

#[test]
fn nested_serialization_to_json_text_has_numbers() {
    struct AsText(Number);
    impl Serialize for AsText {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_str(&serde_json::to_string(&self.0).map_err(S::Error::custom)?)
        }
    }
    check((Number::from(1u64), AsText(Number::from(2u64))), r#"[1,"2"]"#);
}

#[test]
fn foreign_newtype_with_the_name_of_a_number_is_its_content() {
    #[derive(Serialize)]
    #[serde(rename = "$catchment_json::number")]
    struct Impostor<T>(T);
    check(Impostor("no number"), r#""no number""#);
    check(Impostor([1]), "[1]");
    check(entry(Impostor("k"), 1), r#"{"k":1}"#);
    check((Impostor(()), Number::from(1u64)), "[null,1]");
}

#[test]
fn other_serializers_get_an_exact_number_or_a_string() {
    check_foreign("0", "0");
    check_foreign("-0", "0");
    check_foreign("-0.0", "-0.0");
    check_foreign("-5", "-5");
    check_foreign("18446744073709551615", "18446744073709551615");
    check_foreign("-170141183460469231731687303715884105728", "-170141183460469231731687303715884105728");
    check_foreign("340282366920938463463374607431768211455", "340282366920938463463374607431768211455");
    check_foreign("340282366920938463463374607431768211456", r#""340282366920938463463374607431768211456""#);
    check_foreign("0.1", "0.1");
    check_foreign("-1.50", "-1.5");
    check_foreign("1E2", "100.0");
    check_foreign("0e99999", "0.0");
    check_foreign("0.10000000000000000001", r#""0.10000000000000000001""#);
    check_foreign("1e400", r#""1e400""#);
    check_foreign("1e-400", r#""1e-400""#);
    check_foreign("1e99999999999999999999", r#""1e99999999999999999999""#);
    check_foreign("NaN", "null");
    check_foreign("-Infinity", "null");
}

#[test]
fn other_serializers_get_values() {
    let value = Value::parse(r#"{"b":[null,true,"x",{}],"a":{"c":-1.5}}"#).unwrap();
    assert_eq!(serde_json::to_value(&value).unwrap(), json!({"b": [null, true, "x", {}], "a": {"c": -1.5}}));
    assert_eq!(serde_json::to_string(&value).unwrap(), value.to_string());
}

/// Returns the number without an exponent and without redundant zeros.
fn spelled_out(text: &str) -> String {
    let (sign, size) = text.strip_prefix('-').map_or(("", text), |size| ("-", size));
    let (mantissa, exponent) = size.split_once(['e', 'E']).unwrap_or((size, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let padding = "0".repeat(1100);
    let digits = format!("{padding}{whole}{fraction}{padding}");
    let point = (padding.len() + whole.len()).strict_add_signed(exponent.parse().unwrap());
    let size = format!("{}.{}", digits[..point].trim_start_matches('0'), digits[point..].trim_end_matches('0'));
    // integer types have no negative zero
    if size == "." { size } else { format!("{sign}{size}") }
}

proptest! {
    #[test]
    fn conversion_is_idempotent(value in any_value()) {
        // the first conversion may change 1.50 to 1.5
        let value = to_value(&value).unwrap();
        prop_assert_eq!(to_value(&value).unwrap(), value);
    }

    #[test]
    fn no_number_is_rounded(text in ANY_NUMBER) {
        let found = to_value(&Number::from_source(text.as_str())).unwrap().to_string();
        prop_assert_eq!(spelled_out(&found), spelled_out(&text));
    }

    #[test]
    fn no_other_serializer_gets_a_rounded_number(text in ANY_NUMBER) {
        let found = serde_json::to_string(&Number::from_source(text.as_str())).unwrap();
        prop_assert_eq!(spelled_out(found.trim_matches('"')), spelled_out(&text));
    }

    #[test]
    fn doubles_stay_doubles_for_other_serializers(n in any::<f64>()) {
        prop_assert_eq!(serde_json::to_value(Number::from(n)).unwrap(), json!(n));
    }
}
