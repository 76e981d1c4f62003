//! Errors of the JSON parser.

use thiserror::Error;

/// A JSON syntax error and its position.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("invalid JSON at line {line}, column {column}: {kind}")]
pub struct ParseError {
    /// The cause.
    pub kind: ParseErrorKind,
    /// Byte offset from the start of the text.
    pub offset: usize,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
}

/// The kinds of [`ParseError`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// The text ends inside a value.
    #[error("expected {expected}, found the end of the text")]
    UnexpectedEnd {
        /// What the parser expected.
        expected: &'static str,
    },
    /// An unexpected character.
    #[error("expected {expected}, found {found:?}")]
    Unexpected {
        /// The character.
        found: char,
        /// What the parser expected.
        expected: &'static str,
    },
    /// Bytes that are not UTF-8.
    #[error("the text is not UTF-8")]
    NotUtf8,
    /// More than [`Document::MAX_DEPTH`](crate::Document::MAX_DEPTH) nested containers.
    #[error("arrays and objects are nested more than {limit} levels deep")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// The text is longer than a tape can address.
    #[error("the text has {bytes} bytes, more than the limit of 4294967294")]
    TooLong {
        /// The length of the text.
        bytes: usize,
    },
    /// Text and values need more memory than the limit of [`Document::parse_with_limit`](crate::Document::parse_with_limit).
    #[error("text and values need more than {limit} bytes of memory")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
}

impl ParseError {
    /// Creates an error at `offset` of `bytes` and computes its line and column.
    pub(crate) fn at(bytes: &[u8], offset: usize, kind: ParseErrorKind) -> Self {
        let before = bytes.get(..offset).unwrap_or(bytes);
        let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        let column = String::from_utf8_lossy(before.get(line_start..).unwrap_or_default()).chars().count() + 1;
        ParseError { kind, offset, line, column }
    }
}
