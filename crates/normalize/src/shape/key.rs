//! Shapes of keys.

use catchment_schema::naming;

/// The index of a column, object shape or table that is not assigned yet.
pub(super) const NONE: u32 = u32::MAX;

/// The position of a key: table, object shape and key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct KeyIndex {
    pub(crate) table: usize,
    pub(crate) object: usize,
    pub(crate) key: usize,
}

/// A key and the targets of its values.
#[derive(Debug)]
pub(super) struct KeyShape {
    /// The key as spelled in the document, including escapes.
    pub(super) raw: Box<str>,
    /// The unescaped key.
    pub(super) name: Box<str>,
    /// Whether the key equals its normalized name.
    pub(super) is_exact: bool,
    /// The path of the column or child table before shortening.
    pub(super) path: String,
    pub(super) column: u32,
    pub(super) object: u32,
    pub(super) list: u32,
    /// The alias of the key, for objects in which another key has the plain name.
    pub(super) alias: u32,
    /// Whether other keys of the object shape have the same normalized name.
    pub(super) has_collisions: bool,
    /// Whether the key is the `_dlt_id` of the row.
    pub(super) is_row_id: bool,
    /// The number of the last object with the key, to detect duplicate keys.
    pub(super) seen_in: u64,
    /// The last batch with a null under the key.
    pub(super) null_in: u64,
    /// The batch for which `stays_json` was determined last, and the result.
    pub(super) json_in: (u64, bool),
}

impl KeyShape {
    pub(super) fn new(raw: &str, name: &str, path: String) -> KeyShape {
        KeyShape {
            raw: raw.into(),
            name: name.into(),
            is_exact: naming::normalize_key(name) == name,
            path,
            column: NONE,
            object: NONE,
            list: NONE,
            alias: NONE,
            has_collisions: false,
            is_row_id: false,
            seen_in: 0,
            null_in: 0,
            json_in: (0, false),
        }
    }
}
