//! Strings and bytes as `text`, `jsonb` and `bytea`.

use arrow::array::ArrayRef;
use arrow::datatypes::{BinaryType, DataType, LargeBinaryType, LargeUtf8Type, Utf8Type};
use bytes::{BufMut as _, BytesMut};
use memchr::{memchr, memmem};

use super::error::ValueError;
use super::values::ByteValues;

/// The maximum size of a value: PostgreSQL allocates less than 1 GB for it.
const MAX_SIZE: usize = (1 << 30) - 64;
/// The version of the binary format of `jsonb`.
const JSONB_VERSION: u8 = 1;
/// The escape of U+0000 in JSON.
const NUL_ESCAPE: &[u8] = br"\u0000";

/// The format of bytes in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BytesFormat {
    /// Text, without U+0000.
    Text,
    /// A version and a JSON text, without U+0000 and its escape.
    Jsonb,
    /// Any bytes.
    Binary,
}

/// Writes strings and bytes.
#[derive(Debug)]
pub(super) struct BytesWriter<'a> {
    values: AnyBytes<'a>,
    format: BytesFormat,
    /// Whether any value of the array may contain U+0000, so that each must be checked.
    may_have_nul: bool,
}

#[derive(Debug)]
enum AnyBytes<'a> {
    Small(ByteValues<'a, i32>),
    Large(ByteValues<'a, i64>),
}

impl<'a> AnyBytes<'a> {
    fn all(&self) -> &'a [u8] {
        match self {
            AnyBytes::Small(values) => values.all(),
            AnyBytes::Large(values) => values.all(),
        }
    }
}

impl<'a> BytesWriter<'a> {
    /// Returns `None` if the array is not of strings, or not of bytes for [`BytesFormat::Binary`].
    pub(super) fn new(array: &'a ArrayRef, format: BytesFormat) -> Option<BytesWriter<'a>> {
        let is_binary = format == BytesFormat::Binary;
        let values = match array.data_type() {
            DataType::Utf8 if !is_binary => AnyBytes::Small(ByteValues::new::<Utf8Type>(array)?),
            DataType::LargeUtf8 if !is_binary => AnyBytes::Large(ByteValues::new::<LargeUtf8Type>(array)?),
            DataType::Binary if is_binary => AnyBytes::Small(ByteValues::new::<BinaryType>(array)?),
            DataType::LargeBinary if is_binary => AnyBytes::Large(ByteValues::new::<LargeBinaryType>(array)?),
            _ => return None,
        };
        // One search in all values is faster than one per value, and almost no text contains U+0000.
        let may_have_nul = match format {
            BytesFormat::Text => memchr(0, values.all()).is_some(),
            BytesFormat::Jsonb => memchr(0, values.all()).is_some() || memmem::find(values.all(), NUL_ESCAPE).is_some(),
            BytesFormat::Binary => false,
        };
        Some(BytesWriter { values, format, may_have_nul })
    }

    /// Returns the size of all values in bytes.
    pub(super) fn total_size(&self) -> usize {
        self.values.all().len()
    }

    /// Writes the value of a row. Returns `None` and writes nothing for NULL.
    #[inline]
    pub(super) fn write(&self, row: usize, out: &mut BytesMut) -> Result<Option<()>, ValueError> {
        let value = match &self.values {
            AnyBytes::Small(values) => values.get(row),
            AnyBytes::Large(values) => values.get(row),
        };
        let Some(value) = value else { return Ok(None) };
        if self.may_have_nul && (memchr(0, value).is_some() || (self.format == BytesFormat::Jsonb && has_nul_escape(value))) {
            return Err(ValueError::nul(value));
        }
        let version = usize::from(self.format == BytesFormat::Jsonb);
        let size = i32::try_from(value.len() + version).ok().filter(|_| value.len() <= MAX_SIZE);
        out.put_i32(size.ok_or(ValueError::TooLarge(value.len()))?);
        if self.format == BytesFormat::Jsonb {
            out.put_u8(JSONB_VERSION);
        }
        out.extend_from_slice(value);
        Ok(Some(()))
    }
}

/// Returns true if the JSON text contains the escape `\u0000`. In `\\u0000`, the backslash itself is escaped.
fn has_nul_escape(json: &[u8]) -> bool {
    memmem::find_iter(json, NUL_ESCAPE).any(|at| {
        let before = json.get(..at).unwrap_or_default();
        before.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 0
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{BinaryArray, LargeBinaryArray, LargeStringArray, StringArray};

    use super::super::PgType;
    use super::super::column_writer::encode_all;
    use super::*;

    #[test]
    fn values_with_their_lengths() {
        fn check(array: ArrayRef, pg_type: PgType, expected: &[u8]) {
            assert_eq!(encode_all(array, pg_type), Some(Ok(expected.to_vec())));
        }
        check(Arc::new(StringArray::from(vec![Some("é"), None])), PgType::Text, b"\0\0\0\x02\xc3\xa9\xff\xff\xff\xff");
        check(Arc::new(LargeStringArray::from(vec![""])), PgType::Text, b"\0\0\0\0");
        check(Arc::new(StringArray::from(vec!["{}"])), PgType::Jsonb, b"\0\0\0\x03\x01{}");
        check(Arc::new(LargeStringArray::from(vec!["1"])), PgType::Jsonb, b"\0\0\0\x02\x011");
        check(Arc::new(BinaryArray::from(vec![&b"\0\xff"[..]])), PgType::Bytea, b"\0\0\0\x02\0\xff");
        check(Arc::new(LargeBinaryArray::from(vec![&b""[..]])), PgType::Bytea, b"\0\0\0\0");
    }

    #[test]
    fn nul_is_rejected() {
        fn check(text: &str, pg_type: PgType, is_valid: bool) {
            let expected = if is_valid { None } else { Some(ValueError::Nul(text.to_owned())) };
            let encoded = encode_all(Arc::new(StringArray::from(vec!["\0", text, "\0"]).slice(1, 1)), pg_type).unwrap();
            assert_eq!(encoded.err(), expected, "{text}");
        }
        check("a", PgType::Text, true);
        check("\0", PgType::Text, false);
        check("a\0b", PgType::Text, false);
        check(r"\u0000", PgType::Text, true);
        check("{}", PgType::Jsonb, true);
        check("\"\0\"", PgType::Jsonb, false);
        check(r#""\u0000""#, PgType::Jsonb, false);
        check(r#""\\u0000""#, PgType::Jsonb, true);
        check(r#""\\\u0000""#, PgType::Jsonb, false);
        check(r#""\\u0000\u0000""#, PgType::Jsonb, false);
        check(r#""\u0001""#, PgType::Jsonb, true);
    }

    #[test]
    fn a_nul_in_another_value_or_a_null_is_no_error() {
        let strings = Arc::new(StringArray::from(vec!["\0", "a"]).slice(1, 1));
        assert_eq!(encode_all(strings, PgType::Text), Some(Ok(b"\0\0\0\x01a".to_vec())));
    }

    #[test]
    fn large_values_are_rejected() {
        let text = StringArray::from(vec!["a".repeat(MAX_SIZE + 1)]);
        assert_eq!(encode_all(Arc::new(text), PgType::Text), Some(Err(ValueError::TooLarge(MAX_SIZE + 1))));
    }
}
