//! Arrays and objects under construction.

use super::SerializeError;
use crate::tape::Tag;
use crate::tape_builder::TapeBuilder;

/// An array or object under construction, which may be the content of an enum variant.
pub(super) struct Container<'b> {
    pub(super) tape: &'b mut TapeBuilder,
    at: usize,
    /// The name of the variant, and the position of the object around the container.
    variant: Option<(&'static str, usize)>,
}

impl<'b> Container<'b> {
    pub(super) fn open(tape: &'b mut TapeBuilder, tag: Tag, variant: Option<&'static str>) -> Container<'b> {
        let variant = variant.map(|variant| (variant, open_variant(tape, variant)));
        let at = tape.open(tag);
        Container { tape, at, variant }
    }

    /// Adds the variant to the path of an error inside the container.
    pub(super) fn with_variant(&self, error: SerializeError) -> SerializeError {
        self.variant.iter().fold(error, |error, (variant, _)| error.with_parent_key(variant))
    }

    pub(super) fn close(self) {
        self.tape.close(self.at);
        self.variant.into_iter().for_each(|(_, object)| self.tape.close(object));
    }
}

/// Begins the object with the single key `variant`.
pub(super) fn open_variant(tape: &mut TapeBuilder, variant: &'static str) -> usize {
    let at = tape.open(Tag::Object);
    tape.string(variant);
    at
}
