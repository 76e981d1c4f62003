//! Generators of rows with few keys, so that shapes repeat and collide.

use std::fmt;

use proptest::prelude::*;

/// A JSON text, which may contain duplicate keys.
#[derive(Clone)]
pub(crate) enum Json {
    Scalar(&'static str),
    List(Vec<Json>),
    Object(Vec<(&'static str, Json)>),
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |items: Vec<String>| items.join(",");
        match self {
            Json::Scalar(literal) => f.write_str(literal),
            Json::List(items) => write!(f, "[{}]", list(items.iter().map(Json::to_string).collect())),
            Json::Object(entries) => write!(f, "{{{}}}", list(entries.iter().map(|(k, v)| format!("{k:?}:{v}")).collect())),
        }
    }
}

/// Shows rows as JSON, so that failures can be reproduced.
impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Numbers near the limits of types, text with numbers, and a few values of other types.
pub(crate) const SCALARS: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "1",
    "-7",
    "9007199254740992",
    "9007199254740993",
    "-9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551616",
    "99999999999999999999999999999999999999",
    "100000000000000000000000000000000000000",
    "-0",
    "0.5",
    "-0.0",
    "2.0",
    "1e3",
    "9007199254740993.0",
    "1e20",
    "1e-7",
    "NaN",
    "-Infinity",
    "1e999",
    "-1e-999",
    "0.10000000000000000001",
    "\"12\"",
    "\" 0x10 \"",
    "\"007\"",
    "\"+7\"",
    "\"1e999\"",
    "\"NaN\"",
    "\"-0\"",
    "\"n\"",
    "\"1_000\"",
    "\"1.5\"",
    "\"2.0\"",
    "\"9007199254740993\"",
    "\"18446744073709551616\"",
    "\"true\"",
    "\"0\"",
    "\"x\"",
    "\"\"",
    "\"2024-01-01T00:00:00Z\"",
    "\"2024-01-02\"",
];

/// Few scalars, for tests that are not about types.
pub(crate) const FEW_SCALARS: &[&str] = &["null", "1", "1.5", "\"x\""];

/// Keys without name collisions.
pub(crate) const PLAIN_KEYS: &[&str] = &["a", "b", "c", "value", "list"];

/// Keys with name collisions, in one object and at different depths, and keys longer than their names.
pub(crate) const RIVAL_KEYS: &[&str] = &["a", "A", "b", "a_b", "aB", "A B", "a__b", "a__b__c", "b__c", "c", "__b", "b__"];

/// Keys that soon exceed the length limit.
pub(crate) const LONG_KEYS: &[&str] =
    &["long_name_a", "longNameA", "long_name_b", "s", "a_name_that_has_no_room_at_all_anywhere"];

/// The keys and values of generated rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alphabet {
    pub(crate) keys: &'static [&'static str],
    pub(crate) scalars: &'static [&'static str],
    /// Whether objects may have duplicate keys.
    pub(crate) twice: bool,
    /// The maximum nesting depth. Rows of depth 1 contain only scalars.
    pub(crate) depth: u32,
}

impl Alphabet {
    pub(crate) const TYPES: Alphabet = Alphabet { keys: &["a", "b"], scalars: SCALARS, twice: false, depth: 1 };
    pub(crate) const SHAPES: Alphabet = Alphabet { keys: PLAIN_KEYS, scalars: SCALARS, twice: false, depth: 4 };
    pub(crate) const RIVALS: Alphabet = Alphabet { keys: RIVAL_KEYS, scalars: FEW_SCALARS, twice: false, depth: 3 };
    /// Duplicate keys, without collisions at different depths.
    pub(crate) const TWICE_IN_PLACE: Alphabet =
        Alphabet { keys: &["a", "A", "a_b", "aB", "A B", "b", "__b", "b__"], ..Alphabet::TWICE };
    pub(crate) const TWICE: Alphabet = Alphabet { keys: RIVAL_KEYS, scalars: FEW_SCALARS, twice: true, depth: 3 };

    /// Rows for nesting limits, without keys that share a column at different levels: whether such a column stays JSON
    /// depends on the schema snapshot of the batch.
    pub(crate) const NESTED: Alphabet =
        Alphabet { keys: &["a", "b", "c"], scalars: &["null", "1", "\"x\"", "\"[1]\""], twice: false, depth: 4 };
    pub(crate) const LONG: Alphabet = Alphabet { keys: LONG_KEYS, scalars: FEW_SCALARS, twice: false, depth: 4 };

    /// One column with numbers of all sizes, and text that fits some of their types.
    pub(crate) const NUMBERS: Alphabet = Alphabet {
        keys: &["a"],
        scalars: &["0", "0.5", "2.0", "1e20", "9007199254740993", "18446744073709551616", "\"1.5\"", "\"2.0\"", "\"0x10\""],
        twice: false,
        depth: 1,
    };
    /// Up to four keys of a row that share a column.
    pub(crate) const DEPTHS: Alphabet =
        Alphabet { keys: &["a", "b", "c", "a__b", "b__c", "a__b__c"], scalars: &["1", "\"x\""], twice: false, depth: 3 };
    /// Keys with the names of variant columns.
    pub(crate) const VARIANTS: Alphabet = Alphabet {
        keys: &["a", "a__v_text", "a__v_double"],
        scalars: &["1", "1.5", "\"x\"", "true", "9007199254740993"],
        twice: false,
        depth: 1,
    };

    /// Generates up to `max` rows, all of them objects.
    pub(crate) fn rows(self, max: usize) -> impl Strategy<Value = Vec<Json>> + Clone {
        prop::collection::vec(self.object(self.value(self.depth - 1)), 1..=max)
    }

    fn value(self, depth: u32) -> BoxedStrategy<Json> {
        let scalar = prop::sample::select(self.scalars).prop_map(Json::Scalar);
        if depth == 0 {
            return scalar.boxed();
        }
        let inner = self.value(depth - 1);
        let list = prop::collection::vec(inner.clone(), 0..4).prop_map(Json::List);
        prop_oneof![3 => scalar, 2 => self.object(inner), 2 => list].boxed()
    }

    fn object(self, value: BoxedStrategy<Json>) -> BoxedStrategy<Json> {
        let entries = prop::collection::vec((prop::sample::select(self.keys), value), 0..5);
        entries
            .prop_map(move |entries| if self.twice { Json::Object(entries) } else { Json::Object(last_of_equal(entries)) })
            .boxed()
    }
}

impl Json {
    /// Removes all but the last of duplicate keys.
    pub(crate) fn once(&self) -> Json {
        match self {
            Json::Scalar(literal) => Json::Scalar(literal),
            Json::List(items) => Json::List(items.iter().map(Json::once).collect()),
            Json::Object(entries) => {
                Json::Object(last_of_equal(entries.iter().map(|(key, value)| (*key, value.once())).collect()))
            }
        }
    }
}

fn last_of_equal(entries: Vec<(&'static str, Json)>) -> Vec<(&'static str, Json)> {
    let keys: Vec<&str> = entries.iter().map(|(key, _)| *key).collect();
    let is_repeated = |at: usize, key: &str| keys.iter().skip(at + 1).any(|later| *later == key);
    entries.into_iter().enumerate().filter(|(at, (key, _))| !is_repeated(*at, key)).map(|(_, entry)| entry).collect()
}

/// Formats rows as JSON with known row ids.
pub(crate) fn texts<R: fmt::Display>(rows: &[R]) -> Vec<String> {
    let with_id = |(number, row): (usize, &R)| {
        let text = row.to_string();
        match text.strip_prefix('{') {
            Some("}") => format!("{{\"_dlt_id\":\"r{number}\"}}"),
            Some(rest) => format!("{{\"_dlt_id\":\"r{number}\",{rest}"),
            None => text,
        }
    };
    rows.iter().enumerate().map(with_id).collect()
}
