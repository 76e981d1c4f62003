//! Access to the values of Arrow arrays by row.

use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, OffsetSizeTrait};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{ArrowNativeType, ByteArrayType};

/// The values of a primitive array.
#[derive(Debug)]
pub(super) struct PrimitiveValues<'a, T> {
    values: &'a [T],
    nulls: Option<&'a NullBuffer>,
}

impl<'a, T: ArrowNativeType> PrimitiveValues<'a, T> {
    /// Returns `None` if the array has another type.
    pub(super) fn new<A: ArrowPrimitiveType<Native = T>>(array: &'a ArrayRef) -> Option<Self> {
        let array = array.as_primitive_opt::<A>()?;
        Some(PrimitiveValues { values: array.values(), nulls: array.nulls() })
    }

    /// Returns the value of the row, or `None` for NULL.
    #[inline]
    pub(super) fn get(&self, row: usize) -> Option<T> {
        if self.nulls.is_some_and(|nulls| nulls.is_null(row)) { None } else { self.values.get(row).copied() }
    }
}

/// The values of a string or binary array.
#[derive(Debug)]
pub(super) struct ByteValues<'a, O> {
    offsets: &'a [O],
    data: &'a [u8],
    nulls: Option<&'a NullBuffer>,
}

impl<'a, O: OffsetSizeTrait> ByteValues<'a, O> {
    /// Returns `None` if the array has another type.
    pub(super) fn new<A: ByteArrayType<Offset = O>>(array: &'a ArrayRef) -> Option<Self> {
        let array = array.as_bytes_opt::<A>()?;
        Some(ByteValues { offsets: array.value_offsets(), data: array.value_data(), nulls: array.nulls() })
    }

    /// Returns the value of the row, or `None` for NULL.
    #[inline]
    pub(super) fn get(&self, row: usize) -> Option<&'a [u8]> {
        if self.nulls.is_some_and(|nulls| nulls.is_null(row)) {
            return None;
        }
        let [start, end] = self.offsets.get(row..row + 2)? else { return None };
        self.data.get(start.as_usize()..end.as_usize())
    }

    /// Returns the bytes of all values, including those of NULLs.
    pub(super) fn all(&self) -> &'a [u8] {
        match (self.offsets.first(), self.offsets.last()) {
            (Some(start), Some(end)) => self.data.get(start.as_usize()..end.as_usize()).unwrap_or_default(),
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Int64Array, StringArray};
    use arrow::datatypes::{Int32Type, Int64Type, Utf8Type};

    use super::*;

    #[test]
    fn primitive_values_by_row() {
        let array: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None, Some(3)]));
        let check = |row, expected| {
            assert_eq!(PrimitiveValues::new::<Int64Type>(&array.slice(1, 2)).unwrap().get(row), expected);
        };
        check(0, None);
        check(1, Some(3));
        assert!(PrimitiveValues::new::<Int32Type>(&array).is_none());
    }

    #[test]
    fn bytes_by_row() {
        let array: ArrayRef = Arc::new(StringArray::from(vec![Some("a"), None, Some(""), Some("bc")]));
        let sliced = array.slice(1, 3);
        let values = ByteValues::new::<Utf8Type>(&sliced).unwrap();
        let check = |row, expected: Option<&str>| assert_eq!(values.get(row), expected.map(str::as_bytes));
        check(0, None);
        check(1, Some(""));
        check(2, Some("bc"));
        assert_eq!(values.all(), b"bc");
    }
}
