//! Loading only what is new.

mod cursor;
#[cfg(test)]
mod tests;
mod tracker;

use catchment_json::{Path, Value};

pub(crate) use tracker::Tracker;

/// How new rows are told from those of earlier runs: by a cursor, a field whose values grow.
///
/// Rows below the greatest value of earlier runs are left out, and so are those at it that an earlier run
/// has loaded, which are known by their primary key or by a hash of the row.
#[derive(Debug, Clone, PartialEq)]
pub struct Incremental {
    /// Where the cursor stands in a row.
    pub cursor_path: Path,
    /// The value that the first run starts from; all rows are taken where there is none.
    pub initial_value: Option<Value>,
}

impl Incremental {
    /// The cursor in the field `field`.
    pub fn new(field: &str) -> Incremental {
        Incremental { cursor_path: Path::key(field), initial_value: None }
    }

    /// The same cursor, which the first run starts at `value`.
    #[must_use]
    pub fn initial_value(mut self, value: impl Into<Value>) -> Incremental {
        self.initial_value = Some(value.into());
        self
    }
}
