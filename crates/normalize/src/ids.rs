//! Row ids.

use std::hash::{BuildHasher as _, RandomState};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use catchment_json::{Node, Object, Value, write_value};
use catchment_schema::{DLT_ID_COLUMN, MergeStrategy, Schema, WriteDisposition, is_system_name, short_hash};

/// The seed for ids of root rows: 16 random bytes for each package.
///
/// The same seed gives the same ids, independent of batch boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdSeed([u64; 2]);

impl From<[u8; 16]> for IdSeed {
    fn from(bytes: [u8; 16]) -> Self {
        let number = u128::from_le_bytes(bytes);
        IdSeed([number as u64, (number >> 64) as u64])
    }
}

impl IdSeed {
    /// Creates a random seed.
    pub fn random() -> IdSeed {
        // Each `RandomState` has different random keys.
        let random = || RandomState::new().hash_one(());
        IdSeed([random(), random()])
    }

    /// Returns the id of row `row` of page `ordinal`: 80 bits in 14 characters.
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

/// The finalizer of SplitMix64 (Steele, Lea and Flood 2014). It is a bijection, so different positions get different
/// numbers.
fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Returns the id of element `index` in the list of row `parent` that becomes table `table`. It matches dlt's id.
pub(crate) fn child_id(parent: &str, table: &str, index: i64) -> String {
    short_hash::<10>(&format!("{parent}_{table}_{index}"))
}

/// The method to generate ids of root rows.
pub(crate) enum RootIds {
    /// Derives ids from the seed of the package and the position of the row.
    Random,
    /// Hashes the key columns, so that a row keeps its id when other values change. The flag is true for nullable columns.
    KeyHash(Vec<(String, bool)>),
    /// Hashes the complete row, so that equal rows have the same id.
    RowHash,
}

impl RootIds {
    /// Returns the method that the merge strategy of `root` requires.
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
            // An error is a strategy of another tool, which the load rejects.
            Ok(MergeStrategy::DeleteInsert | MergeStrategy::Scd2) | Err(_) => RootIds::Random,
        }
    }

    /// Returns the id of the row at a page and position. `value` returns the value of a column.
    ///
    /// # Errors
    ///
    /// Returns the name of a NOT NULL key column without a value.
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

/// Returns the row id for the values of the key columns, by normalized column name.
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

/// Returns the row id for the complete source row. Keys that begin with `_dlt`, which earlier loads added, are ignored.
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

/// Replaces fractions by the shortest text of their double, so that the spelling does not affect the hash.
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
    fn child_ids_match_dlt() {
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
