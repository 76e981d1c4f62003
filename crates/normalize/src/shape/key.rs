//! One key of objects at one place.

use catchment_schema::naming;

/// No column, shape or table yet.
pub(super) const NONE: u32 = u32::MAX;

/// A key of an object shape of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct KeyIndex {
    pub(crate) table: usize,
    pub(crate) object: usize,
    pub(crate) key: usize,
}

/// Where what stands under a key goes to.
#[derive(Debug)]
pub(super) struct KeyShape {
    /// As it stands in the source, escapes and all.
    pub(super) raw: Box<str>,
    /// The key itself.
    pub(super) name: Box<str>,
    /// Whether the key is spelt like its name.
    pub(super) is_exact: bool,
    /// The path of its column or child table before shortening.
    pub(super) path: String,
    pub(super) column: u32,
    pub(super) object: u32,
    pub(super) list: u32,
    /// The same key under a name of its own, for objects in which another one has the plain name.
    pub(super) alias: u32,
    /// Whether other keys of the shape have the same name once they are normalised.
    pub(super) has_collisions: bool,
    pub(super) is_row_id: bool,
    /// The last object that had the key, to notice a key that stands twice.
    pub(super) seen_in: u64,
    /// The last batch that had null under it.
    pub(super) null_in: u64,
    /// Whether it stays JSON, and the batch that this was asked for.
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
