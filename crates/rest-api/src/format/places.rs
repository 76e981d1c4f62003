//! Locations of keys in a spec file.

use std::collections::HashMap;

use crate::key_path::outwards;

/// The line and column of each key, by path.
#[derive(Debug, Default)]
pub(crate) struct KeyLocations(HashMap<String, (usize, usize)>);

impl KeyLocations {
    pub(crate) fn note(&mut self, path: String, location: (usize, usize)) {
        self.0.insert(path, location);
    }

    /// Returns the location of a key, or of its nearest container that has one.
    pub(crate) fn of(&self, path: &str) -> Option<(usize, usize)> {
        outwards(path).find_map(|path| self.0.get(path)).copied()
    }
}
