//! Cursor entries that exceed the size limit of the state and are stored in a table of the dataset.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// The kind of the entries of a cursor. Each kind has its own table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CursorEntryKind {
    /// Rows at the last cursor value (boundary rows).
    Rows,
    /// Cursors of the parent rows of a dependent resource.
    Parents,
}

impl CursorEntryKind {
    /// All kinds.
    pub const ALL: [CursorEntryKind; 2] = [CursorEntryKind::Rows, CursorEntryKind::Parents];
}

/// The key of a cursor that has entries in a table beside the state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CursorEntryKey {
    /// The kind of the entries.
    pub kind: CursorEntryKind,
    /// The name of the source.
    pub source: String,
    /// The name of the resource.
    pub resource: String,
    /// The JSONPath of the cursor.
    pub cursor_path: String,
}

impl CursorEntryKey {
    /// Creates the key of the entries of a cursor.
    ///
    /// ```
    /// use catchment_state::{CursorEntryKey, CursorEntryKind};
    ///
    /// let key = CursorEntryKey::new(CursorEntryKind::Rows, "github", "issues", "updated_at");
    /// assert_eq!((key.resource.as_str(), key.cursor_path.as_str()), ("issues", "updated_at"));
    /// ```
    pub fn new(kind: CursorEntryKind, source: &str, resource: &str, cursor_path: &str) -> CursorEntryKey {
        let [source, resource, cursor_path] = [source, resource, cursor_path].map(str::to_owned);
        CursorEntryKey { kind, source, resource, cursor_path }
    }
}

/// An entry of a cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CursorEntry {
    /// The hash of a boundary row, or of the key of a parent row.
    pub id: RowHash,
    /// The cursor of the parent row as JSON; `None` for boundary rows.
    pub cursor: Option<Arc<str>>,
}

impl From<RowHash> for CursorEntry {
    fn from(id: RowHash) -> CursorEntry {
        CursorEntry { id, cursor: None }
    }
}

/// A change of the entries of a cursor by a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CursorEntryChange {
    /// The cursor.
    pub key: CursorEntryKey,
    /// Whether the previous entries are deleted first.
    pub replaces: bool,
    /// The new entries.
    pub entries: Vec<CursorEntry>,
}

/// The hash that identifies a boundary row: 9 bytes, or 15 bytes if an old version of dlt created it.
///
/// ```
/// use catchment_state::RowHash;
///
/// let hash: RowHash = "Tp44cKMYfAuJ".parse()?;
/// assert_eq!((hash.to_string().as_str(), hash.is_legacy()), ("Tp44cKMYfAuJ", false));
/// # Ok::<(), catchment_state::RowHashError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowHash([u8; 16]);

/// An error for a text that is not a row hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not a row hash; expected 12 or 20 base64 characters")]
pub struct RowHashError {
    found: String,
}

impl RowHash {
    fn of(digest: &[u8]) -> RowHash {
        let mut bytes = [0; 16];
        // The length comes first, because a hash may end in zeros.
        for (to, from) in bytes.iter_mut().zip(std::iter::once(&(digest.len() as u8)).chain(digest)) {
            *to = *from;
        }
        RowHash(bytes)
    }

    fn digest(&self) -> &[u8] {
        let [length, digest @ ..] = &self.0;
        digest.get(..usize::from(*length)).unwrap_or_default()
    }

    /// Returns true for a 15-byte hash of an old version of dlt.
    pub fn is_legacy(&self) -> bool {
        self.digest().len() == 15
    }
}

impl From<[u8; 9]> for RowHash {
    fn from(digest: [u8; 9]) -> RowHash {
        RowHash::of(&digest)
    }
}

impl From<[u8; 15]> for RowHash {
    fn from(digest: [u8; 15]) -> RowHash {
        RowHash::of(&digest)
    }
}

impl std::str::FromStr for RowHash {
    type Err = RowHashError;

    fn from_str(text: &str) -> Result<RowHash, RowHashError> {
        let digest = STANDARD_NO_PAD.decode(text).ok().filter(|digest| [9, 15].contains(&digest.len()));
        digest.map(|digest| RowHash::of(&digest)).ok_or_else(|| RowHashError { found: text.to_owned() })
    }
}

impl fmt::Display for RowHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD_NO_PAD.encode(self.digest()))
    }
}

impl fmt::Debug for RowHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::RowHash;

    #[test]
    fn text_round_trip() {
        for text in ["Tp44cKMYfAuJ", "AAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAA", "Cn/dwi436vBbAAAAAAAA"] {
            assert_eq!(text.parse::<RowHash>().unwrap().to_string(), text);
        }
        assert_ne!("AAAAAAAAAAAA".parse::<RowHash>(), "AAAAAAAAAAAAAAAAAAAA".parse());
        for text in ["", "Tp44", "Tp44cKMYfAu!", "Tp44cKMYfAuJTp44"] {
            assert!(text.parse::<RowHash>().is_err(), "{text}");
        }
    }
}
