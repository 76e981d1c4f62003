//! The tape: the output of the parser.

/// The type of a tape entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    Null,
    False,
    True,
    /// A number without fraction or exponent.
    Integer,
    /// A number with a fraction or an exponent, or one that is not finite.
    Fraction,
    /// A string without escapes: its bytes in the text are its content.
    Text,
    /// A string with at least one escape.
    EscapedText,
    Array,
    Object,
}

/// A tape entry for one value or key, 12 bytes.
///
/// Scalars: `start..end` is the byte range of the content. Containers: `start` is the byte offset of the bracket, `end` the
/// index of the first entry after the container. In an object each value follows its key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) tag: Tag,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Entry {
    pub(crate) const NULL: Entry = Entry { tag: Tag::Null, start: 0, end: 0 };
}

/// Returns the index of the entry after the value at `at`.
pub(crate) fn after(tape: &[Entry], at: u32) -> u32 {
    match tape.get(at as usize) {
        Some(entry) if matches!(entry.tag, Tag::Array | Tag::Object) => entry.end,
        _ => at + 1,
    }
}
