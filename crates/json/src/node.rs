//! Cursors over the tape of a document.

use std::borrow::Cow;

use crate::document::{Document, Inner, NodeId};
use crate::tape::{self, Entry, Tag};
use crate::unescape::{unescape, unescape_to};
use crate::value::{Object, Value};
use crate::{Number, write};

/// A value in a [`Document`](crate::Document), as cheap to copy as a reference.
#[derive(Clone, Copy)]
pub struct Node<'d> {
    inner: &'d Inner,
    at: u32,
}

/// The type of a [`Node`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number without fraction or exponent, of any size.
    Integer,
    /// A number with a fraction or an exponent, or one that is not finite.
    Float,
    /// A string.
    String,
    /// An array.
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

    /// Returns the position of the value, for [`Document::node`](crate::Document::node).
    pub fn id(self) -> NodeId {
        NodeId(self.at)
    }

    /// Returns the type of the value.
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

    /// Returns the boolean, or `None` for other types.
    pub fn as_bool(self) -> Option<bool> {
        match self.entry().tag {
            Tag::True => Some(true),
            Tag::False => Some(false),
            _ => None,
        }
    }

    /// Returns the source text of a number, or `None` for other types.
    pub fn as_number(self) -> Option<&'d str> {
        let entry = self.entry();
        matches!(entry.tag, Tag::Integer | Tag::Fraction).then(|| self.slice(entry))
    }

    /// Returns the integer, or `None` for other types and for integers that do not fit.
    pub fn as_i64(self) -> Option<i64> {
        self.as_number()?.parse().ok()
    }

    /// Returns the number as the nearest double, or `None` for other types.
    pub fn as_f64(self) -> Option<f64> {
        self.as_number()?.parse().ok()
    }

    /// Returns the string, or `None` for other types.
    pub fn as_str(self) -> Option<Cow<'d, str>> {
        let entry = self.entry();
        match entry.tag {
            Tag::Text => Some(Cow::Borrowed(self.slice(entry))),
            Tag::EscapedText => Some(unescape(self.slice(entry))),
            _ => None,
        }
    }

    /// Returns the string like [`Node::as_str`], but decodes escapes into `scratch`, which avoids an allocation per string.
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

    /// Returns the keys and values of an object in order, including duplicate keys; nothing for other types.
    pub fn entries(self) -> Entries<'d> {
        let (next, end) = self.inside(Tag::Object);
        Entries { inner: self.inner, next, end }
    }

    /// Returns the elements of an array; nothing for other types.
    pub fn elements(self) -> Elements<'d> {
        let (next, end) = self.inside(Tag::Array);
        Elements { inner: self.inner, next, end }
    }

    fn inside(self, tag: Tag) -> (u32, u32) {
        let entry = self.entry();
        if entry.tag == tag { (self.at + 1, entry.end) } else { (0, 0) }
    }

    /// Returns the value of `key` in an object; the last of several equal keys takes precedence.
    pub fn get(self, key: &str) -> Option<Node<'d>> {
        self.entries().filter(|(k, _)| k.is(key)).last().map(|(_, value)| value)
    }

    /// Returns a lower bound for the memory of a copy, in bytes: the text of its strings, numbers and keys, plus
    /// [`Document::VALUE_BYTES`] per value and key.
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

    /// Returns the number of values and keys in the whole document.
    pub(crate) fn document_len(self) -> usize {
        self.inner.tape.len()
    }

    /// Returns the position after the value and its content.
    pub(crate) fn end(self) -> NodeId {
        NodeId(tape::after(&self.inner.tape, self.at))
    }

    /// Returns the position directly after this one, which may be inside the value.
    pub(crate) fn next_id(self) -> NodeId {
        NodeId(self.at + 1)
    }

    /// Returns the first array or object inside the value at or after `from`.
    pub(crate) fn next_container(self, from: NodeId) -> Option<Node<'d>> {
        let tags = self.inner.tape.get(from.0 as usize..self.end().0 as usize)?;
        let index = tags.iter().position(|entry| matches!(entry.tag, Tag::Array | Tag::Object))?;
        Some(Node::new(self.inner, from.0 + index as u32))
    }

    /// Returns the value itself if it is a container, and all containers inside it, outermost first.
    pub(crate) fn containers(self) -> impl Iterator<Item = Node<'d>> {
        std::iter::successors(self.next_container(self.id()), move |inside| self.next_container(inside.next_id()))
    }

    /// Returns an owned copy.
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

    /// Returns the value as compact JSON for messages, cut to `length` characters and an ellipsis.
    pub fn excerpt(self, length: usize) -> String {
        let mut text = String::new();
        self.write_json(&mut text);
        if let Some((end, _)) = text.char_indices().nth(length) {
            text.truncate(end);
            text.push('…');
        }
        text
    }

    /// Appends the value to `out` as compact JSON. Keys keep their order and duplicates.
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
    /// Returns the key as written between its quotes. Equal raw keys are equal keys; the reverse does not hold.
    pub fn raw(self) -> &'d str {
        self.raw
    }

    /// Returns the key with its escapes decoded.
    pub fn name(self) -> Cow<'d, str> {
        if self.escaped { unescape(self.raw) } else { Cow::Borrowed(self.raw) }
    }

    /// Returns whether the key is equal to `name`.
    pub fn is(self, name: &str) -> bool {
        if self.escaped { unescape(self.raw) == name } else { self.raw == name }
    }
}

/// An iterator over the entries of an object; see [`Node::entries`].
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

/// An iterator over the elements of an array; see [`Node::elements`].
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
