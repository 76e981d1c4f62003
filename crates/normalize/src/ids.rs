//! Ids of rows.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use catchment_json::{Node, Object, Value, write_value};
use catchment_schema::{DLT_ID_COLUMN, MergeStrategy, Schema, WriteDisposition, is_system_name, short_hash};

/// What the ids of root rows are drawn from: 16 random bytes for each package.
///
/// The same seed gives the same ids, wherever batches begin and end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdSeed([u64; 2]);

impl From<[u8; 16]> for IdSeed {
    fn from(bytes: [u8; 16]) -> Self {
        let number = u128::from_le_bytes(bytes);
        IdSeed([number as u64, (number >> 64) as u64])
    }
}

impl IdSeed {
    /// The id of row `row` of page `ordinal`: 80 bits, 14 characters.
    pub(crate) fn root_id(self, ordinal: u64, row: u64) -> String {
        let [low, high] = self.0;
        let position = mix(ordinal ^ high).wrapping_add(row);
        let first = mix(position ^ low).to_le_bytes();
        let second = mix(position.rotate_left(32) ^ high).to_le_bytes();
        let mut bytes = [0; 10];
        for (byte, random) in bytes.iter_mut().zip(first.into_iter().chain(second)) {
            *byte = random;
        }
        STANDARD_NO_PAD.encode(bytes)
    }
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014): a bijection, so that different positions keep
/// different numbers.
fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The id of row `index` of the list in table `table` below the row `parent`: the same whoever computes it.
pub(crate) fn child_id(parent: &str, table: &str, index: i64) -> String {
    short_hash::<10>(&format!("{parent}_{table}_{index}"))
}

/// How root rows get their ids.
pub(crate) enum RootIds {
    /// At random, by the seed of the package.
    Random,
    /// From the values of these columns, so that a row keeps its id when it changes, and whether they may be null.
    KeyHash(Vec<(String, bool)>),
    /// From all of the row, so that equal rows have one id.
    RowHash,
}

impl RootIds {
    /// The way that the merge strategy of `root` asks for.
    pub(crate) fn from_schema(schema: &Schema, root: &str) -> RootIds {
        let Some(table) = schema.tables.get(root).filter(|table| table.write_disposition == Some(WriteDisposition::Merge)) else {
            return RootIds::Random;
        };
        let key = table.columns.values().filter(|column| column.has_hint("primary_key"));
        match table.merge_strategy() {
            Ok(MergeStrategy::Upsert | MergeStrategy::InsertOnly) => {
                RootIds::KeyHash(key.map(|column| (column.name.clone(), column.is_nullable())).collect())
            }
            Ok(MergeStrategy::Scd2) if table.row_version() == DLT_ID_COLUMN => RootIds::RowHash,
            // A strategy of another tool: the load says that there is none of the name.
            Ok(MergeStrategy::DeleteInsert | MergeStrategy::Scd2) | Err(_) => RootIds::Random,
        }
    }

    /// The id of a row, at its place of its page; `value` gives those of its columns. The error is a column of the key
    /// without one.
    pub(crate) fn id<'d>(
        &self,
        seed: IdSeed,
        (ordinal, row): (u64, u64),
        node: Node<'d>,
        value: impl Fn(&str) -> Option<Node<'d>>,
    ) -> Result<String, String> {
        match self {
            RootIds::Random => Ok(seed.root_id(ordinal, row)),
            RootIds::KeyHash(columns) => {
                let entry = |(column, is_nullable): &(String, bool)| match value(column) {
                    Some(value) => Ok((column.clone(), value.to_value())),
                    None if *is_nullable => Ok((column.clone(), Value::Null)),
                    None => Err(column.clone()),
                };
                Ok(key_hash(columns.iter().map(entry).collect::<Result<_, _>>()?))
            }
            RootIds::RowHash => Ok(row_hash(&node.to_value())),
        }
    }
}

/// The id of a row by the values of its key columns, which have their normalised names.
///
/// ```
/// use catchment_json::{Object, Value};
/// use catchment_normalize::key_hash;
///
/// assert_eq!(key_hash(Object::from_iter([("id".to_owned(), Value::from(5))])), "k2m2W4pvOwjKag");
/// ```
pub fn key_hash(key: Object) -> String {
    hash(Value::Object(key))
}

/// The id of a row by all that is in it, as the source has it; what earlier loads added (`_dlt…`) does not count.
///
/// ```
/// use catchment_json::Value;
/// use catchment_normalize::row_hash;
///
/// let row = Value::object([("b", Value::from("x")), ("a", Value::from(1)), ("_dlt_id", Value::from("y"))]);
/// assert_eq!(row_hash(&row), "khlsLbyhkJKGeQ");
/// ```
pub fn row_hash(row: &Value) -> String {
    let mut row = row.clone();
    if let Value::Object(fields) = &mut row {
        fields.retain(|key, _| !is_system_name(key));
    }
    hash(row)
}

fn hash(value: Value) -> String {
    let mut text = String::new();
    write_value(&canonical(value), true, &mut text);
    short_hash::<10>(&text)
}

/// Fractions as the shortest text of their double, however they were written.
fn canonical(value: Value) -> Value {
    match value {
        Value::Number(n) if !n.is_integer() => n.as_f64().map_or(Value::Null, Value::from),
        Value::Array(elements) => Value::Array(elements.into_iter().map(canonical).collect()),
        Value::Object(object) => Value::Object(object.into_iter().map(|(key, value)| (key, canonical(value))).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::{IdSeed, child_id};
    use std::collections::HashSet;

    #[test]
    fn child_ids_are_those_of_the_reference() {
        assert_eq!(child_id("parentid", "t__children", 3), "cBocD5ba8OPb1g");
    }

    #[test]
    fn root_ids_differ_by_seed_page_and_row() {
        let mut seen = HashSet::new();
        for seed in [[1; 16], [2; 16]] {
            for page in 0..50 {
                for row in 0..100 {
                    let id = IdSeed::from(seed).root_id(page, row);
                    assert_eq!(id.len(), 14);
                    assert!(seen.insert(id), "{seed:?} {page} {row}");
                }
            }
        }
    }
}
