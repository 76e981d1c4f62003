//! A check of dates and times.

use arrow::array::{Array, ArrowPrimitiveType, AsArray as _, RecordBatch, make_array};
use arrow::compute::{max, min};
use arrow::datatypes::{
    DataType, Date32Type, Date64Type, Time32MillisecondType, Time32SecondType, Time64MicrosecondType, Time64NanosecondType,
    TimeUnit, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use arrow::temporal_conversions::{as_datetime, as_time};

use super::{FormatError, ResultFormat};

/// Returns an error for the first column with a date or time that Arrow cannot format, such as infinity or 24:00:00, because
/// its JSON encoder writes an error message instead of the value.
pub(super) fn ensure_in_range(batch: &RecordBatch, format: ResultFormat) -> Result<(), FormatError> {
    for (column, field) in batch.columns().iter().zip(batch.schema_ref().fields()) {
        if !is_in_range(column) {
            let (column, data_type) = (field.name().clone(), field.data_type().to_string());
            return Err(FormatError::OutOfRange { column, data_type, format });
        }
    }
    Ok(())
}

fn is_in_range(array: &dyn Array) -> bool {
    match array.data_type() {
        DataType::Date32 => has_datetimes::<Date32Type>(array),
        DataType::Date64 => has_datetimes::<Date64Type>(array),
        DataType::Timestamp(TimeUnit::Second, _) => has_datetimes::<TimestampSecondType>(array),
        DataType::Timestamp(TimeUnit::Millisecond, _) => has_datetimes::<TimestampMillisecondType>(array),
        DataType::Timestamp(TimeUnit::Microsecond, _) => has_datetimes::<TimestampMicrosecondType>(array),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => has_datetimes::<TimestampNanosecondType>(array),
        DataType::Time32(TimeUnit::Second) => has_times::<Time32SecondType>(array),
        DataType::Time32(_) => has_times::<Time32MillisecondType>(array),
        DataType::Time64(TimeUnit::Microsecond) => has_times::<Time64MicrosecondType>(array),
        DataType::Time64(_) => has_times::<Time64NanosecondType>(array),
        data_type if data_type.is_nested() || matches!(data_type, DataType::Dictionary(..)) => {
            array.to_data().child_data().iter().all(|child| is_in_range(&make_array(child.clone())))
        }
        _ => true,
    }
}

fn has_datetimes<T: ArrowPrimitiveType<Native: Into<i64>>>(array: &dyn Array) -> bool {
    extremes::<T>(array).all(|value| as_datetime::<T>(value).is_some())
}

fn has_times<T: ArrowPrimitiveType<Native: Into<i64>>>(array: &dyn Array) -> bool {
    extremes::<T>(array).all(|value| as_time::<T>(value).is_some())
}

/// Returns the smallest and the largest value.
fn extremes<T: ArrowPrimitiveType<Native: Into<i64>>>(array: &dyn Array) -> impl Iterator<Item = i64> {
    let extremes = array.as_primitive_opt::<T>().map(|values| [min(values), max(values)]);
    extremes.into_iter().flatten().flatten().map(Into::into)
}
