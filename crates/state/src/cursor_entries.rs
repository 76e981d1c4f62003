//! Entries of cursors that are too many for the state: a table of the dataset has them.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// What the entries of a cursor are. Each kind has a table of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CursorEntryKind {
    /// The rows at its last value.
    Rows,
    /// The cursors of the parents of a dependent resource.
    Parents,
}

impl CursorEntryKind {
    /// All kinds.
    pub const ALL: [CursorEntryKind; 2] = [CursorEntryKind::Rows, CursorEntryKind::Parents];
}

/// A cursor of a pipeline of which a table beside the state has entries, as they are too many for the state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CursorEntryKey {
    /// What the entries are.
    pub kind: CursorEntryKind,
    /// The source.
    pub source: String,
    /// The resource.
    pub resource: String,
    /// The path of its cursor.
    pub cursor_path: String,
}

impl CursorEntryKey {
    /// The key of the entries of a cursor.
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
    /// The hash of a row at the cursor, or of the key of a parent.
    pub id: RowHash,
    /// The cursor of the parent, as JSON; none for rows.
    pub cursor: Option<Arc<str>>,
}

impl From<RowHash> for CursorEntry {
    fn from(id: RowHash) -> CursorEntry {
        CursorEntry { id, cursor: None }
    }
}

/// What a run adds to the entries of a cursor, or puts in their place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CursorEntryChange {
    /// Whose they are.
    pub key: CursorEntryKey,
    /// Whether the entries from before are deleted.
    pub replaces: bool,
    /// The new entries.
    pub entries: Vec<CursorEntry>,
}

/// The hash by which a row at the cursor is known again: of 9 bytes, or of 15 where an old version of dlt made it.
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

/// A text that is no hash of a row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no hash of a row: 12 or 20 characters of base64")]
pub struct RowHashError {
    found: String,
}

impl RowHash {
    fn of(digest: &[u8]) -> RowHash {
        let mut bytes = [0; 16];
        // the length stands first, as a hash may end in zeros
        for (to, from) in bytes.iter_mut().zip(std::iter::once(&(digest.len() as u8)).chain(digest)) {
            *to = *from;
        }
        RowHash(bytes)
    }

    fn digest(&self) -> &[u8] {
        let [length, digest @ ..] = &self.0;
        digest.get(..usize::from(*length)).unwrap_or_default()
    }

    /// Whether it is one of those of 15 bytes.
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
    fn texts_read_back() {
        for text in ["Tp44cKMYfAuJ", "AAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAA", "Cn/dwi436vBbAAAAAAAA"] {
            assert_eq!(text.parse::<RowHash>().unwrap().to_string(), text);
        }
        assert_ne!("AAAAAAAAAAAA".parse::<RowHash>(), "AAAAAAAAAAAAAAAAAAAA".parse());
        for text in ["", "Tp44", "Tp44cKMYfAu!", "Tp44cKMYfAuJTp44"] {
            assert!(text.parse::<RowHash>().is_err(), "{text}");
        }
    }
}
