//! Checks of conversions to the types of existing columns. They run on Arrow arrays before rows are sent, so that all engines
//! reject the same values.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray as _, BooleanArray, make_array};
use arrow::compute::kernels::cmp::distinct;
use arrow::compute::{CastOptions, cast, cast_with_options, is_not_null};
use arrow::datatypes::{DataType, Float64Type};
use arrow::error::ArrowError;
use arrow::util::display::FormatOptions;

/// A value that a column cannot store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rejection {
    /// The value.
    pub(crate) value: String,
    /// Whether the value could be stored, but rounded.
    pub(crate) is_rounded: bool,
}

/// Returns the first value that changes if it is converted to the values of `column_type`, or `None` if all values fit.
///
/// Single-precision columns accept rounding, because choosing such a type does. Text columns accept every value. Text fits a
/// number or timestamp column only in the notation that all engines read, such as `12` for an integer. Conversions that Arrow
/// does not support are left to the engine.
pub(crate) fn first_rejected(values: &ArrayRef, column_type: &DataType) -> Option<Rejection> {
    if matches!(column_type, DataType::Utf8 | DataType::Float32) || values.data_type() == column_type {
        return None;
    }
    // Arrow converts timestamps to named time zones only with a time zone database. All zones here are UTC.
    let column_type = match column_type {
        DataType::Timestamp(unit, Some(_)) => &DataType::Timestamp(*unit, None),
        other => other,
    };
    try_first_rejected(&without_time_zone(values), column_type).ok().flatten()
}

/// Removes the time zone of timestamps.
fn without_time_zone(values: &ArrayRef) -> ArrayRef {
    let DataType::Timestamp(unit, Some(_)) = values.data_type() else { return Arc::clone(values) };
    let data = values.to_data().into_builder().data_type(DataType::Timestamp(*unit, None)).build();
    data.map_or_else(|_| Arc::clone(values), make_array)
}

fn try_first_rejected(values: &ArrayRef, column_type: &DataType) -> Result<Option<Rejection>, ArrowError> {
    let options = CastOptions { safe: true, format_options: FormatOptions::default() };
    let converted = cast_with_options(values, column_type, &options)?;
    let lost = |row: &usize| values.is_valid(*row) && converted.is_null(*row);
    if let Some(row) = (0..values.len()).find(lost) {
        return Ok(Some(Rejection { value: text(values, row)?, is_rounded: false }));
    }
    let changed = match changed(values, &converted, &options) {
        Ok(Some(changed)) => changed,
        Ok(None) => return Ok(None),
        // Arrow cannot restore the values from the conversion, such as a timestamp from a time.
        Err(_) => is_not_null(values)?,
    };
    match changed.iter().position(|changed| changed == Some(true)) {
        Some(row) => Ok(Some(Rejection { value: text(values, row)?, is_rounded: true })),
        None => Ok(None),
    }
}

/// Returns for each value whether its conversion changed it, or `None` if the conversion cannot change values. Strings are
/// compared as numbers.
fn changed(values: &ArrayRef, converted: &ArrayRef, options: &CastOptions<'_>) -> Result<Option<BooleanArray>, ArrowError> {
    let (before, after) = match values.data_type() {
        DataType::Utf8 if converted.data_type().is_numeric() => {
            (cast_with_options(values, &DataType::Float64, options)?, cast(converted, &DataType::Float64)?)
        }
        DataType::Utf8 => return Ok(None),
        original => (values.clone(), cast_with_options(converted, original, options)?),
    };
    distinct(&without_negative_zero(&before), &without_negative_zero(&after)).map(Some)
}

/// Replaces -0.0 by 0.0, which equals it.
fn without_negative_zero(values: &ArrayRef) -> ArrayRef {
    match values.as_primitive_opt::<Float64Type>() {
        Some(doubles) => Arc::new(doubles.unary::<_, Float64Type>(|value| value + 0.0)),
        None => Arc::clone(values),
    }
}

fn text(values: &ArrayRef, row: usize) -> Result<String, ArrowError> {
    arrow::util::display::array_value_to_string(values, row)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Decimal128Array, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray};
    use arrow::datatypes::{DataType, TimeUnit};

    use super::first_rejected;

    /// `expected` is the rejected value, with `~` before it if it would be rounded; empty if all values fit.
    #[track_caller]
    fn check(values: impl arrow::array::Array + 'static, column_type: DataType, expected: &str) {
        let values: ArrayRef = Arc::new(values);
        let found = first_rejected(&values, &column_type);
        let found = found.map(|found| format!("{}{}", if found.is_rounded { "~" } else { "" }, found.value));
        assert_eq!(found.unwrap_or_default(), expected, "{column_type}");
    }

    #[test]
    fn integers_must_fit() {
        check(Int64Array::from(vec![Some(255), None]), DataType::UInt8, "");
        check(Int64Array::from(vec![0, 256]), DataType::UInt8, "256");
        check(Int64Array::from(vec![-1]), DataType::UInt64, "-1");
        check(Int64Array::from(vec![(1 << 53) + 1]), DataType::Float64, "~9007199254740993");
        check(Int64Array::from(vec![12345]), DataType::Decimal128(4, 0), "12345");
        check(Int64Array::from(vec![i64::MAX]), DataType::Utf8, "");
    }

    #[test]
    fn fractions_must_be_kept() {
        check(Float64Array::from(vec![1.0, -3.0, -0.0]), DataType::Int32, "");
        check(Float64Array::from(vec![1.5]), DataType::Int64, "~1.5");
        check(Float64Array::from(vec![f64::NAN]), DataType::Int64, "NaN");
        check(Float64Array::from(vec![0.1]), DataType::Float32, "");
        let prices = || Decimal128Array::from(vec![1250]).with_precision_and_scale(10, 3).unwrap();
        check(prices(), DataType::Decimal128(10, 2), "");
        check(prices(), DataType::Decimal128(10, 1), "~1.250");
    }

    #[test]
    fn text_must_be_valid() {
        check(StringArray::from(vec!["12", "-7"]), DataType::Int64, "");
        check(StringArray::from(vec!["12 apples"]), DataType::Int64, "12 apples");
        check(StringArray::from(vec!["12.5"]), DataType::Int64, "12.5");
        check(StringArray::from(vec!["12.5"]), DataType::Float64, "");
        check(StringArray::from(vec!["2024-01-31"]), DataType::Date32, "");
        check(StringArray::from(vec!["2.0"]), DataType::Int64, "2.0");
        check(StringArray::from(vec!["soon"]), DataType::Timestamp(TimeUnit::Microsecond, None), "soon");
        let zoned = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        check(StringArray::from(vec!["2024-01-31T10:00:00+02:00", "2024-01-31"]), zoned, "");
    }

    #[test]
    fn timestamps_must_keep_their_digits() {
        let at = TimestampMicrosecondArray::from(vec![1_700_000_000_500_000]);
        check(at.clone(), DataType::Timestamp(TimeUnit::Millisecond, None), "");
        check(at.clone(), DataType::Timestamp(TimeUnit::Second, None), "~2023-11-14T22:13:20.500");
        check(at.clone(), DataType::Time64(TimeUnit::Microsecond), "~2023-11-14T22:13:20.500");
        check(at.with_timezone("UTC"), DataType::Timestamp(TimeUnit::Second, Some("UTC".into())), "~2023-11-14T22:13:20.500");
    }
}
