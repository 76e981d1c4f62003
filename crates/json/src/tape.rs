//! The tape: what the parser leaves behind.

/// What an entry of the tape stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    Null,
    False,
    True,
    /// A number without fraction or exponent.
    Integer,
    /// Any other number.
    Fraction,
    /// A string whose bytes in the text are its content.
    Text,
    /// A string with at least one escape.
    EscapedText,
    Array,
    Object,
}

/// One value of the document, 12 bytes.
///
/// Scalars: `start..end` is the byte range of the content. Containers: `start` is the byte offset of the
/// bracket, `end` the index of the entry after the container. In an object each value follows its key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) tag: Tag,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Entry {
    pub(crate) const NULL: Entry = Entry { tag: Tag::Null, start: 0, end: 0 };
}

/// The index of the entry after the value at `at`.
pub(crate) fn after(tape: &[Entry], at: u32) -> u32 {
    match tape.get(at as usize) {
        Some(entry) if matches!(entry.tag, Tag::Array | Tag::Object) => entry.end,
        _ => at + 1,
    }
}
