use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Serialize;
use serde::ser::{Error, SerializeMap, Serializer};

use crate::{Number, Value, to_value};

/// Compares the value as text, or the error, with `expected`.
#[track_caller]
pub(super) fn check(input: impl Serialize, expected: &str) {
    let found = to_value(&input).map_or_else(|error| error.to_string(), |value| value.to_string());
    assert_eq!(found, expected);
}

#[derive(Serialize, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    Unit,
    Newtype(i32),
    Tuple(i32, char),
    Struct { x: i32 },
}

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct Unit;

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct Newtype<T>(T);

#[derive(Serialize)]
struct Pair(i32, &'static str);

/// A map with a single entry.
fn map<K: Ord>(key: K) -> BTreeMap<K, i32> {
    BTreeMap::from([(key, 1)])
}

/// A map that keeps the order of its entries, with keys of any type.
pub(super) struct Entries<K, V, const N: usize>([(K, V); N]);

impl<K: Serialize, V: Serialize, const N: usize> Serialize for Entries<K, V, N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

pub(super) fn entry<K, V>(key: K, value: V) -> Entries<K, V, 1> {
    Entries([(key, value)])
}

/// Serializes as bytes, not as a sequence.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Bytes;

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&[0, 255])
    }
}

struct Failing;

impl Serialize for Failing {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("not today"))
    }
}

#[test]
fn integers_are_exact() {
    check(i8::MIN, "-128");
    check(i64::MIN, "-9223372036854775808");
    check(u64::MAX, "18446744073709551615");
    check(i128::MIN, "-170141183460469231731687303715884105728");
    check(u128::MAX, "340282366920938463463374607431768211455");
}

#[test]
fn floats_have_the_shortest_text_of_their_width() {
    check(0.1f32, "0.1");
    check(0.1f64, "0.1");
    check(f64::from(0.1f32), "0.10000000149011612");
    check(1f64, "1.0");
    check(-0f32, "-0.0");
    check(1e300, "1e300");
    check(f64::NAN, "NaN");
    check(f32::NAN, "NaN");
    check(f32::NEG_INFINITY, "-Infinity");
    check(f64::INFINITY, "Infinity");
}

#[test]
fn scalars() {
    check(true, "true");
    check('é', r#""é""#);
    check("a\n", r#""a\n""#);
    check((), "null");
    check(None::<i32>, "null");
    check(Some(Some(1)), "1");
    check(Unit, "null");
    check(Newtype(1), "1");
    check(Bytes, "[0,255]");
}

#[test]
fn containers() {
    check([1, 2], "[1,2]");
    check((1, "a", ()), r#"[1,"a",null]"#);
    check(Pair(1, "a"), r#"[1,"a"]"#);
    check(Entries([("b", 1), ("a", 2)]), r#"{"b":1,"a":2}"#);
    check(Vec::<i32>::new(), "[]");
    check(BTreeMap::<String, i32>::new(), "{}");
}

#[test]
fn variants_are_externally_tagged() {
    check(Shape::Unit, r#""Unit""#);
    check(Shape::Newtype(1), r#"{"Newtype":1}"#);
    check(Shape::Tuple(1, 'a'), r#"{"Tuple":[1,"a"]}"#);
    check(Shape::Struct { x: 1 }, r#"{"Struct":{"x":1}}"#);
}

#[test]
fn keys_are_strings() {
    check(map("a"), r#"{"a":1}"#);
    check(map('a'), r#"{"a":1}"#);
    check(map(-7), r#"{"-7":1}"#);
    check(map(u128::MAX), r#"{"340282366920938463463374607431768211455":1}"#);
    check(map(true), r#"{"true":1}"#);
    check(map(Shape::Unit), r#"{"Unit":1}"#);
    check(map(Newtype(Newtype(5))), r#"{"5":1}"#);
    check(map(Some(5)), r#"{"5":1}"#);
    check(entry(0.1f32, 1), r#"{"0.1":1}"#);
    check(entry(Number::from_source("1.50"), 1), r#"{"1.5":1}"#);
    check(entry(Value::from("a"), 1), r#"{"a":1}"#);
}

#[test]
fn invalid_keys_are_rejected() {
    let not_string = |found: &str| format!("failed to serialize: a map key must be a string, found {found}");
    check(map([1]), &not_string("a list"));
    check(map((1, 2)), &not_string("a list"));
    check(map(map(1)), &not_string("an object"));
    check(map(()), &not_string("null"));
    check(map(Unit), &not_string("null"));
    check(map(None::<i32>), &not_string("null"));
    check(map(Bytes), &not_string("bytes"));
    check(map(Shape::Newtype(1)), &not_string("a variant with content"));
    check(map(Shape::Tuple(1, 'a')), &not_string("a variant with content"));
    check(map(Shape::Struct { x: 1 }), &not_string("a variant with content"));
    check(entry(f64::NAN, 1), &not_string("a number that is not finite"));
    check(entry(Value::from(f64::INFINITY), 1), &not_string("a number that is not finite"));
}

#[test]
fn the_last_of_equal_keys_takes_precedence() {
    check(Entries([("a", 1), ("b", 2), ("a", 3)]), r#"{"a":3,"b":2}"#);
}

#[test]
fn errors_have_a_path() {
    let at = |path: &str| format!("failed to serialize at `{path}`: not today");
    check(Failing, "failed to serialize: not today");
    check(Some(Newtype(Failing)), "failed to serialize: not today");
    check((1, 2, Failing), &at("[2]"));
    check(entry("tags", [[entry("name", Failing)]]), &at("tags[0][0].name"));
    check(entry("a.b", entry("it's", Failing)), &at(r#"['a.b']["it's"]"#));
    check(entry("", Failing), &at("['']"));
    check(Ok::<_, ()>(Failing), &at("Ok"));
    #[derive(Serialize)]
    enum Fails {
        Tuple((), Failing),
        Struct { x: Failing },
    }
    check([Fails::Tuple((), Failing)], &at("[0].Tuple[1]"));
    check([Fails::Struct { x: Failing }], &at("[0].Struct.x"));
}

#[test]
fn a_value_without_a_key_is_rejected() {
    struct Keyless;
    impl Serialize for Keyless {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(None)?;
            map.serialize_value(&1)?;
            map.end()
        }
    }
    check(Keyless, "failed to serialize: found a map value before its key");
}

#[test]
fn all_shapes_agree_with_serde_json() {
    #[derive(Serialize)]
    struct All {
        shapes: Vec<Shape>,
        by_number: BTreeMap<i32, Shape>,
        by_variant: BTreeMap<Shape, Option<Option<u8>>>,
        by_bool: BTreeMap<bool, BTreeMap<char, ()>>,
        nothing: Option<Option<i32>>,
        tuple: (u8, (f32, f64), Pair, Unit),
        newtype: Newtype<Newtype<&'static str>>,
        result: Result<i128, String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        skipped: Option<i32>,
        #[serde(rename = "renamed field")]
        bytes: Bytes,
    }
    let shapes = vec![Shape::Unit, Shape::Newtype(-1), Shape::Tuple(2, '"'), Shape::Struct { x: 3 }];
    let all = All {
        by_number: shapes.iter().cloned().enumerate().map(|(i, shape)| (i as i32 - 2, shape)).collect(),
        shapes,
        by_variant: BTreeMap::from([(Shape::Unit, Some(Some(4)))]),
        by_bool: BTreeMap::from([(false, BTreeMap::from([('ß', ())])), (true, BTreeMap::new())]),
        nothing: Some(None),
        tuple: (5, (0.1, -2.5e-7), Pair(6, "\u{1}"), Unit),
        newtype: Newtype(Newtype("inner")),
        result: Ok(7),
        skipped: None,
        bytes: Bytes,
    };
    check(&all, &serde_json::to_string(&all).unwrap());
}

/// Returns the key of a map with one entry, as converted by us and by `serde_json`.
fn keys<K: Serialize>(key: K) -> [String; 2] {
    let map = entry(key, 1);
    let ours = to_value(&map).unwrap().as_object().unwrap().keys().next().cloned();
    let theirs = serde_json::to_value(&map).unwrap().as_object().unwrap().keys().next().cloned();
    [ours, theirs].map(Option::unwrap)
}

proptest! {
    // The text may differ: that of serde_json is 1e40 or 1e+40, depending on its version.
    #[test]
    fn float_keys_are_the_numbers_of_serde_json(n in any::<f64>(), narrow in any::<f32>()) {
        prop_assert_eq!(keys(n).map(|key| key.parse()), [Ok(n), Ok(n)]);
        prop_assert_eq!(keys(narrow).map(|key| key.parse()), [Ok(narrow), Ok(narrow)]);
    }
}
