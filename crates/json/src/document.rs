//! A parsed document.

use std::sync::Arc;

use crate::error::{ParseError, ParseErrorKind};
use crate::node::Node;
use crate::parse::{self, Limits};
use crate::tape::Entry;
use crate::value::Value;
use crate::{tape, tape_builder};

/// The place of a value in its [`Document`], to come back to it later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(crate) u32);

/// One JSON value with everything in it: the text and its tape, shared by clones.
#[derive(Clone)]
pub struct Document {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) text: String,
    pub(crate) tape: Vec<Entry>,
}

impl Document {
    /// The deepest nesting of arrays and objects that is read.
    pub const MAX_DEPTH: usize = 1024;

    /// The bytes that [`Document::parse_with_limit`] counts for each value and key: 12 for its entry of the tape, and 4 for its
    /// place in a [`Selection`](crate::Selection).
    pub const VALUE_BYTES: usize = size_of::<Entry>() + size_of::<NodeId>();

    /// Parses `bytes`, UTF-8 with or without byte order mark, which the document takes over.
    ///
    /// # Errors
    ///
    /// Where the bytes are not exactly one JSON value, with line and column.
    ///
    /// ```
    /// use catchment_json::Document;
    ///
    /// let error = Document::parse(b"{\"a\": 1,}".to_vec()).unwrap_err();
    /// assert_eq!(error.to_string(), "invalid JSON at line 1, column 9: found '}', a key was expected");
    /// ```
    pub fn parse(bytes: Vec<u8>) -> Result<Document, ParseError> {
        Document::read(bytes, Limits { depth: Document::MAX_DEPTH, bytes: usize::MAX })
    }

    /// Parses `bytes` as [`Document::parse`] does, as long as they and [`Document::VALUE_BYTES`] for each value and key are
    /// at most `limit` bytes. Small texts may have many values: `[1,1,…]` has one in two bytes.
    ///
    /// # Errors
    ///
    /// Those of [`Document::parse`], and [`ParseErrorKind::TooLarge`].
    ///
    /// ```
    /// use catchment_json::Document;
    ///
    /// assert!(Document::parse_with_limit(b"[1, 1, 1]".to_vec(), 100).is_ok());
    /// let error = Document::parse_with_limit(b"[1, 1, 1]".to_vec(), 64).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "invalid JSON at line 1, column 9: text and values take more than 64 bytes of memory"
    /// );
    /// ```
    pub fn parse_with_limit(bytes: Vec<u8>, limit: usize) -> Result<Document, ParseError> {
        Document::read(bytes, Limits { depth: Document::MAX_DEPTH, bytes: limit })
    }

    /// Parses what [`Node::write_json`] or [`write_value`](crate::write_value) wrote, which may stand two levels deeper
    /// than it stood where it was read: in a list of rows, in a record.
    ///
    /// # Errors
    ///
    /// Those of [`Document::parse`].
    ///
    /// ```
    /// use catchment_json::{Document, Value};
    ///
    /// let deepest = format!("{}{}", "[".repeat(Document::MAX_DEPTH), "]".repeat(Document::MAX_DEPTH));
    /// let record = Value::from(vec![Value::parse(&deepest)?]).to_string();
    /// assert!(Document::parse(record.clone().into_bytes()).is_err());
    /// assert!(Document::parse_serialized(record.into_bytes()).is_ok());
    /// # Ok::<(), catchment_json::ParseError>(())
    /// ```
    pub fn parse_serialized(bytes: Vec<u8>) -> Result<Document, ParseError> {
        Document::read(bytes, Limits { depth: Document::MAX_DEPTH + 2, bytes: usize::MAX })
    }

    fn read(bytes: Vec<u8>, limits: Limits) -> Result<Document, ParseError> {
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            ParseError::at(error.as_bytes(), valid, ParseErrorKind::NotUtf8)
        })?;
        let tape = parse::parse(&text, limits)?;
        Ok(Document::from_parts(text, tape))
    }

    /// The document of a value that a program built.
    ///
    /// # Errors
    ///
    /// Where it has more than 4 GiB of text, or as many values: places in a document have 32 bits.
    pub fn from_value(value: &Value) -> Result<Document, ParseError> {
        let (text, tape) = tape_builder::build(value);
        let size = text.len().max(tape.len());
        if u32::try_from(size).is_err() {
            return Err(ParseError::at(&[], 0, ParseErrorKind::TooLong { bytes: size }));
        }
        Ok(Document::from_parts(text, tape))
    }

    pub(crate) fn from_parts(text: String, tape: Vec<Entry>) -> Document {
        Document { inner: Arc::new(Inner { text, tape }) }
    }

    pub(crate) fn tape(&self) -> &[Entry] {
        &self.inner.tape
    }

    /// The outermost value.
    pub fn root(&self) -> Node<'_> {
        self.node(NodeId(0))
    }

    /// The value at `id`, which must come from this document; null for an id that is not in it.
    pub fn node(&self, id: NodeId) -> Node<'_> {
        Node::new(&self.inner, id.0)
    }

    /// The whole text that was parsed, byte order mark included.
    pub fn text(&self) -> &str {
        &self.inner.text
    }

    /// Bytes of memory that text and tape take.
    pub fn memory_size(&self) -> usize {
        self.inner.text.capacity() + self.inner.tape.capacity() * size_of::<tape::Entry>()
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Document({} bytes, {} values)", self.inner.text.len(), self.inner.tape.len())
    }
}
