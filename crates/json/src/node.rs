//! Reading a document by moving over its tape.

use std::borrow::Cow;

use crate::document::{Document, Inner, NodeId};
use crate::tape::{self, Entry, Tag};
use crate::unescape::{unescape, unescape_to};
use crate::value::{Object, Value};
use crate::{Number, write};

/// A value in a [`Document`](crate::Document): as cheap to copy as a reference.
#[derive(Clone, Copy)]
pub struct Node<'d> {
    inner: &'d Inner,
    at: u32,
}

/// What a [`Node`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number without fraction or exponent, of any size.
    Integer,
    /// Any other number.
    Float,
    /// A string.
    String,
    /// A list.
    Array,
    /// An object.
    Object,
}

impl<'d> Node<'d> {
    pub(crate) fn new(inner: &'d Inner, at: u32) -> Self {
        Node { inner, at }
    }

    fn entry(self) -> Entry {
        self.inner.tape.get(self.at as usize).copied().unwrap_or(Entry::NULL)
    }

    fn slice(self, entry: Entry) -> &'d str {
        self.inner.text.get(entry.start as usize..entry.end as usize).unwrap_or_default()
    }

    /// Its place, for [`Document::node`](crate::Document::node).
    pub fn id(self) -> NodeId {
        NodeId(self.at)
    }

    /// What it is.
    pub fn kind(self) -> NodeKind {
        match self.entry().tag {
            Tag::Null => NodeKind::Null,
            Tag::False | Tag::True => NodeKind::Bool,
            Tag::Integer => NodeKind::Integer,
            Tag::Fraction => NodeKind::Float,
            Tag::Text | Tag::EscapedText => NodeKind::String,
            Tag::Array => NodeKind::Array,
            Tag::Object => NodeKind::Object,
        }
    }

    /// The boolean that it is.
    pub fn as_bool(self) -> Option<bool> {
        match self.entry().tag {
            Tag::True => Some(true),
            Tag::False => Some(false),
            _ => None,
        }
    }

    /// The number that it is, as it stands in the source.
    pub fn as_number(self) -> Option<&'d str> {
        let entry = self.entry();
        matches!(entry.tag, Tag::Integer | Tag::Fraction).then(|| self.slice(entry))
    }

    /// The string that it is.
    pub fn as_str(self) -> Option<Cow<'d, str>> {
        let entry = self.entry();
        match entry.tag {
            Tag::Text => Some(Cow::Borrowed(self.slice(entry))),
            Tag::EscapedText => Some(unescape(self.slice(entry))),
            _ => None,
        }
    }

    /// The string that it is, like [`Node::as_str`]; one with escapes stands in `scratch`, so that many of them need no
    /// memory of their own.
    pub fn as_str_with_buffer<'t>(self, scratch: &'t mut String) -> Option<&'t str>
    where
        'd: 't,
    {
        let entry = self.entry();
        match entry.tag {
            Tag::Text => Some(self.slice(entry)),
            Tag::EscapedText => {
                scratch.clear();
                unescape_to(self.slice(entry), scratch);
                Some(scratch)
            }
            _ => None,
        }
    }

    /// The keys and values of an object in their order, duplicates included; nothing for other kinds.
    pub fn entries(self) -> Entries<'d> {
        let (next, end) = self.inside(Tag::Object);
        Entries { inner: self.inner, next, end }
    }

    /// The elements of an array; nothing for other kinds.
    pub fn elements(self) -> Elements<'d> {
        let (next, end) = self.inside(Tag::Array);
        Elements { inner: self.inner, next, end }
    }

    fn inside(self, tag: Tag) -> (u32, u32) {
        let entry = self.entry();
        if entry.tag == tag { (self.at + 1, entry.end) } else { (0, 0) }
    }

    /// The value under `key` of an object, the last one where the key stands twice.
    pub fn get(self, key: &str) -> Option<Node<'d>> {
        self.entries().filter(|(k, _)| k.is(key)).last().map(|(_, value)| value)
    }

    /// Bytes that its texts, numbers and keys take, and the entries of all that is in it: what a copy takes at least.
    ///
    /// ```
    /// use catchment_json::Document;
    ///
    /// let page = Document::parse(br#"[1, {"a": "bc"}]"#.to_vec())?;
    /// assert_eq!(page.root().memory_size(), 5 * Document::VALUE_BYTES + "1abc".len());
    /// # Ok::<(), catchment_json::ParseError>(())
    /// ```
    pub fn memory_size(self) -> usize {
        let tape = self.inner.tape.get(self.at as usize..self.end().0 as usize).unwrap_or_default();
        let text = |entry: &Entry| match entry.tag {
            Tag::Array | Tag::Object => 0,
            _ => (entry.end - entry.start) as usize,
        };
        tape.len() * Document::VALUE_BYTES + tape.iter().map(text).sum::<usize>()
    }

    /// How many values and keys its document has.
    pub(crate) fn document_len(self) -> usize {
        self.inner.tape.len()
    }

    /// The place after all that is in it.
    pub(crate) fn end(self) -> NodeId {
        NodeId(tape::after(&self.inner.tape, self.at))
    }

    /// The place right after it, which may be in it.
    pub(crate) fn next_id(self) -> NodeId {
        NodeId(self.at + 1)
    }

    /// The next array or object in it, from the place `from` on.
    pub(crate) fn next_container(self, from: NodeId) -> Option<Node<'d>> {
        let tags = self.inner.tape.get(from.0 as usize..self.end().0 as usize)?;
        let index = tags.iter().position(|entry| matches!(entry.tag, Tag::Array | Tag::Object))?;
        Some(Node::new(self.inner, from.0 + index as u32))
    }

    /// The arrays and objects in it, each before those in that, and itself where it is one.
    pub(crate) fn containers(self) -> impl Iterator<Item = Node<'d>> {
        std::iter::successors(self.next_container(self.id()), move |inside| self.next_container(inside.next_id()))
    }

    /// A copy that stands alone.
    pub fn to_value(self) -> Value {
        match self.kind() {
            NodeKind::Null => Value::Null,
            NodeKind::Bool => Value::Bool(self.as_bool().unwrap_or_default()),
            NodeKind::Integer | NodeKind::Float => Value::Number(Number::from_source(self.as_number().unwrap_or_default())),
            NodeKind::String => Value::String(self.as_str().unwrap_or_default().into_owned()),
            NodeKind::Array => Value::Array(self.elements().map(Node::to_value).collect()),
            NodeKind::Object => {
                Value::Object(self.entries().map(|(k, v)| (k.name().into_owned(), v.to_value())).collect::<Object>())
            }
        }
    }

    /// Its beginning as compact JSON, at most `length` characters and an ellipsis: for messages.
    pub fn excerpt(self, length: usize) -> String {
        let mut text = String::new();
        self.write_json(&mut text);
        if let Some((end, _)) = text.char_indices().nth(length) {
            text.truncate(end);
            text.push('…');
        }
        text
    }

    /// Appends it to `out` as compact JSON, keys as they come.
    pub fn write_json(self, out: &mut String) {
        match self.kind() {
            NodeKind::String => write::write_text(&self.as_str().unwrap_or_default(), out),
            NodeKind::Array => write::separated(out, ('[', ']'), self.elements(), |node, out| node.write_json(out)),
            NodeKind::Object => write::separated(out, ('{', '}'), self.entries(), |(key, node), out| {
                write::write_text(&key.name(), out);
                out.push(':');
                node.write_json(out);
            }),
            NodeKind::Null => out.push_str("null"),
            NodeKind::Bool => out.push_str(if self.as_bool() == Some(true) { "true" } else { "false" }),
            NodeKind::Integer | NodeKind::Float => out.push_str(self.as_number().unwrap_or_default()),
        }
    }
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = String::new();
        self.write_json(&mut text);
        f.write_str(&text)
    }
}

/// A key of an object.
#[derive(Clone, Copy)]
pub struct Key<'d> {
    raw: &'d str,
    escaped: bool,
}

impl<'d> Key<'d> {
    /// The key as it stands between its quotes; equal raw keys are equal keys.
    pub fn raw(self) -> &'d str {
        self.raw
    }

    /// The key.
    pub fn name(self) -> Cow<'d, str> {
        if self.escaped { unescape(self.raw) } else { Cow::Borrowed(self.raw) }
    }

    /// Whether it is `name`.
    pub fn is(self, name: &str) -> bool {
        if self.escaped { unescape(self.raw) == name } else { self.raw == name }
    }
}

/// The entries of an object; see [`Node::entries`].
#[derive(Clone)]
pub struct Entries<'d> {
    inner: &'d Inner,
    next: u32,
    end: u32,
}

impl<'d> Iterator for Entries<'d> {
    type Item = (Key<'d>, Node<'d>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.end {
            return None;
        }
        let key = Node::new(self.inner, self.next);
        let entry = key.entry();
        let value = Node::new(self.inner, self.next + 1);
        self.next = tape::after(&self.inner.tape, self.next + 1);
        Some((Key { raw: key.slice(entry), escaped: entry.tag == Tag::EscapedText }, value))
    }
}

/// The elements of an array; see [`Node::elements`].
#[derive(Clone)]
pub struct Elements<'d> {
    inner: &'d Inner,
    next: u32,
    end: u32,
}

impl<'d> Iterator for Elements<'d> {
    type Item = Node<'d>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.end {
            return None;
        }
        let node = Node::new(self.inner, self.next);
        self.next = tape::after(&self.inner.tape, self.next);
        Some(node)
    }
}
