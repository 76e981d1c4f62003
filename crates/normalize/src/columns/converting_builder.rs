use arrow::array::{ArrayBuilder, ArrayRef};
use catchment_json::Node;

use super::ColumnBuilder;

/// A column builder that converts each value for an Arrow builder.
pub(super) struct ConvertingBuilder<B, T, A, F> {
    builder: B,
    admits: A,
    convert: F,
    append: fn(&mut B, Option<T>),
}

impl<B, T, A: Fn(Node<'_>) -> bool, F: Fn(Node<'_>) -> Option<T>> ConvertingBuilder<B, T, A, F> {
    pub(super) fn new(builder: B, admits: A, convert: F, append: fn(&mut B, Option<T>)) -> Self {
        ConvertingBuilder { builder, admits, convert, append }
    }
}

impl<B: ArrayBuilder, T, A: Fn(Node<'_>) -> bool, F: Fn(Node<'_>) -> Option<T>> ColumnBuilder for ConvertingBuilder<B, T, A, F> {
    fn append(&mut self, value: Node<'_>) -> bool {
        let converted = if (self.admits)(value) { (self.convert)(value) } else { None };
        let fits = converted.is_some();
        if fits {
            (self.append)(&mut self.builder, converted);
        }
        fits
    }

    fn append_null(&mut self) {
        (self.append)(&mut self.builder, None);
    }

    fn finish(&mut self) -> ArrayRef {
        self.builder.finish()
    }
}
