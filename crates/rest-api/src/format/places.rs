//! Where keys stand in a file.

use std::collections::HashMap;

use crate::key_path::outwards;

/// The line and column of each key, by its path.
#[derive(Debug, Default)]
pub(crate) struct KeyLocations(HashMap<String, (usize, usize)>);

impl KeyLocations {
    pub(crate) fn note(&mut self, path: String, place: (usize, usize)) {
        self.0.insert(path, place);
    }

    /// The place of a key, or of what it should stand in.
    pub(crate) fn of(&self, path: &str) -> Option<(usize, usize)> {
        outwards(path).find_map(|path| self.0.get(path)).copied()
    }
}
