use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::Document;

#[derive(Debug, PartialEq, Deserialize)]
enum Shape {
    Unit,
    Newtype(i32),
    Tuple(i32, String),
    Struct { a: Option<bool> },
}

#[derive(Debug, PartialEq, Deserialize)]
struct Wrapper(u8);

fn read<T: DeserializeOwned + Debug>(json: &str) -> String {
    let document = Document::parse(json.as_bytes().to_vec()).unwrap();
    match document.root().deserialize::<T>() {
        Ok(value) => format!("{value:?}"),
        Err(error) => error.to_string(),
    }
}

/// Checks that the type is read as `serde_json` reads it.
#[track_caller]
fn check<T: DeserializeOwned + Debug + PartialEq>(json: &str) {
    let document = Document::parse(json.as_bytes().to_vec()).unwrap();
    assert_eq!(document.root().deserialize::<T>().unwrap(), serde_json::from_str::<T>(json).unwrap(), "{json}");
}

#[track_caller]
fn check_error<T: DeserializeOwned + Debug>(json: &str, expected: &str) {
    assert_eq!(read::<T>(json), format!("failed to deserialize{expected}"), "{json}");
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "its debug output is compared")]
struct Flat {
    #[serde(flatten)]
    rest: BTreeMap<String, f64>,
}

#[test]
fn types_are_read_as_serde_json_reads_them() {
    check::<(bool, i64, u64, f64, String, Option<u8>, Option<u8>, ())>(r#"[true,-7,18446744073709551615,1.5,"a\n",null,3,null]"#);
    check::<Vec<f64>>("[1,-2,0.1,1e300]");
    check::<(i128, u128)>("[-170141183460469231731687303715884105728,340282366920938463463374607431768211455]");
    check::<Vec<i128>>("[7,-7]");
    check::<BTreeMap<String, Vec<Wrapper>>>(r#"{"a":[1,2],"b":[]}"#);
    check::<BTreeMap<u16, char>>(r#"{"7":"x"}"#);
    check::<BTreeMap<bool, ()>>(r#"{"true":null}"#);
    check::<Vec<Shape>>(r#"["Unit",{"Unit":null},{"Newtype":7},{"Tuple":[1,"x"]},{"Struct":{"a":null,"other":[1,{"b":2}]}}]"#);
    check::<serde_json::Value>(r#"{"a":[1,2.5,"x",null,{"b":true}]}"#);
}

#[test]
fn numbers_beyond_64_bits_are_doubles() {
    assert_eq!(read::<f64>("18446744073709551616"), "1.8446744073709552e19");
    assert_eq!(read::<serde_json::Value>("[18446744073709551616]"), "Array [Number(1.8446744073709552e+19)]");
    assert_eq!(read::<Flat>(r#"{"a":18446744073709551616}"#), "Flat { rest: {\"a\": 1.8446744073709552e19} }");
    check_error::<u128>("-1", ": invalid value: integer `-1`, expected u128");
    assert_eq!(read::<f64>(&"9".repeat(60)), "1e60");
    assert_eq!(read::<f64>("NaN"), "NaN");
    check_error::<i64>("9999999999999999999", ": invalid value: integer `9999999999999999999`, expected i64");
}

#[test]
fn errors_have_a_path() {
    check_error::<u8>("300", ": invalid value: integer `300`, expected u8");
    check_error::<BTreeMap<String, Vec<u8>>>(r#"{"a b":[1,"x"]}"#, " at `['a b'][1]`: invalid type: string \"x\", expected u8");
    check_error::<Vec<Shape>>(
        r#"[{"Tuple":[1]}]"#,
        " at `[0].Tuple`: invalid length 1, expected tuple variant Shape::Tuple with 2 elements",
    );
    check_error::<Vec<Shape>>(r#"["Newtype"]"#, " at `[0]`: variant `Newtype` requires a value");
    check_error::<Vec<Shape>>("[7]", " at `[0]`: expected the name of a variant, or an object with it as the only key, found 7");
    check_error::<Shape>(r#"{"Unit":7}"#, " at `Unit`: expected null, found 7");
}
