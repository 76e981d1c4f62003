//! What can be wrong with JSON text.

use thiserror::Error;

/// Why a text is not a JSON document, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("invalid JSON at line {line}, column {column}: {kind}")]
pub struct ParseError {
    /// What is wrong.
    pub kind: ParseErrorKind,
    /// Bytes from the start of the text.
    pub offset: usize,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
}

/// The kinds of [`ParseError`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// The text ended inside a value.
    #[error("the text ends early, {expected} was expected")]
    UnexpectedEnd {
        /// What would have had to follow.
        expected: &'static str,
    },
    /// A character that cannot stand there.
    #[error("found {found:?}, {expected} was expected")]
    Unexpected {
        /// The character.
        found: char,
        /// What would have been right.
        expected: &'static str,
    },
    /// Bytes that are not UTF-8.
    #[error("the text is not UTF-8")]
    NotUtf8,
    /// More than [`Document::MAX_DEPTH`](crate::Document::MAX_DEPTH) containers in each other.
    #[error("more than {limit} arrays and objects are nested in each other")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// The text is longer than a tape can address.
    #[error("the text has {bytes} bytes, at most 4294967294 can be read")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// Text and values take more memory than [`Document::parse_within`](crate::Document::parse_with_limit) allows.
    #[error("text and values take more than {limit} bytes of memory")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
}

impl ParseError {
    /// An error at `offset` of `bytes`, with line and column worked out.
    pub(crate) fn at(bytes: &[u8], offset: usize, kind: ParseErrorKind) -> Self {
        let before = bytes.get(..offset).unwrap_or(bytes);
        let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        let column = String::from_utf8_lossy(before.get(line_start..).unwrap_or_default()).chars().count() + 1;
        ParseError { kind, offset, line, column }
    }
}
