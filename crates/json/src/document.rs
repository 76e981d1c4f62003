//! A parsed document.

use std::sync::Arc;

use crate::error::{ParseError, ParseErrorKind};
use crate::node::Node;
use crate::parse::{self, Limits};
use crate::tape::{self, Entry};
use crate::tape_builder::TapeBuilder;
use crate::value::Value;

/// The position of a value in its [`Document`]; [`Document::node`] looks it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(crate) u32);

/// A parsed JSON value: its text and tape. Clones share both.
#[derive(Clone)]
pub struct Document {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) text: String,
    pub(crate) tape: Vec<Entry>,
}

impl Document {
    /// The maximum nesting depth of arrays and objects.
    pub const MAX_DEPTH: usize = 1024;

    /// The bytes that [`Document::parse_with_limit`] counts for each value and key: 12 for its tape entry and 4 for its ID
    /// in a [`Selection`](crate::Selection).
    pub const VALUE_BYTES: usize = size_of::<Entry>() + size_of::<NodeId>();

    /// Parses `bytes`: UTF-8, with or without a byte order mark. The document takes ownership of the bytes.
    ///
    /// # Errors
    ///
    /// Returns an error with line and column if the bytes are not exactly one JSON value.
    ///
    /// ```
    /// use catchment_json::Document;
    ///
    /// let error = Document::parse(b"{\"a\": 1,}".to_vec()).unwrap_err();
    /// assert_eq!(error.to_string(), "invalid JSON at line 1, column 9: expected a key, found '}'");
    /// ```
    pub fn parse(bytes: Vec<u8>) -> Result<Document, ParseError> {
        Document::read(bytes, Limits { depth: Document::MAX_DEPTH, bytes: usize::MAX })
    }

    /// Parses `bytes` like [`Document::parse`], but limits the memory of the document to `limit` bytes: the length of the
    /// text plus [`Document::VALUE_BYTES`] for each value and key. A small text can hold many values: `[1,1,…]` has one per
    /// two bytes.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Document::parse`], and [`ParseErrorKind::TooLarge`] if the limit is exceeded.
    ///
    /// ```
    /// use catchment_json::Document;
    ///
    /// assert!(Document::parse_with_limit(b"[1, 1, 1]".to_vec(), 100).is_ok());
    /// let error = Document::parse_with_limit(b"[1, 1, 1]".to_vec(), 64).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "invalid JSON at line 1, column 9: text and values need more than 64 bytes of memory"
    /// );
    /// ```
    pub fn parse_with_limit(bytes: Vec<u8>, limit: usize) -> Result<Document, ParseError> {
        Document::read(bytes, Limits { depth: Document::MAX_DEPTH, bytes: limit })
    }

    /// Parses the output of [`Node::write_json`] or [`write_value`](crate::write_value). Allows two more levels of nesting
    /// than [`Document::parse`], because a serialized value may be wrapped in a record and a list of rows.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Document::parse`].
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

    /// Creates the document of a value that was built in code.
    ///
    /// # Errors
    ///
    /// Returns an error if the value has more than 4 GiB of text, or more than 2³² values: offsets in a document have 32
    /// bits.
    pub fn from_value(value: &Value) -> Result<Document, ParseError> {
        let mut builder = TapeBuilder::default();
        builder.value(value);
        builder.finish()
    }

    pub(crate) fn from_parts(text: String, tape: Vec<Entry>) -> Document {
        Document { inner: Arc::new(Inner { text, tape }) }
    }

    pub(crate) fn tape(&self) -> &[Entry] {
        &self.inner.tape
    }

    /// Returns the outermost value.
    pub fn root(&self) -> Node<'_> {
        self.node(NodeId(0))
    }

    /// Returns the value at `id`, which must come from this document. An ID that is out of range yields null.
    pub fn node(&self, id: NodeId) -> Node<'_> {
        Node::new(&self.inner, id.0)
    }

    /// Returns the text that was parsed, including a byte order mark.
    pub fn text(&self) -> &str {
        &self.inner.text
    }

    /// Returns the memory that text and tape use, in bytes.
    pub fn memory_size(&self) -> usize {
        self.inner.text.capacity() + self.inner.tape.capacity() * size_of::<tape::Entry>()
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Document({} bytes, {} values)", self.inner.text.len(), self.inner.tape.len())
    }
}
