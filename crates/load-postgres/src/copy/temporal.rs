//! Dates, times and timestamps.
//!
//! PostgreSQL counts days and microseconds from 2000-01-01. Its greatest and smallest numbers mean infinity; values are
//! checked against the documented ranges, so that no value becomes infinite by accident. The greatest number of an Arrow
//! timestamp is rejected as well, because other systems use it for infinity.

use std::ops::Range;

use arrow::array::ArrayRef;
use arrow::datatypes::{
    DataType, Date32Type, Time32MillisecondType, Time32SecondType, Time64MicrosecondType, Time64NanosecondType, TimeUnit,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use bytes::BytesMut;

use super::PgType;
use super::column_writer::{put_4_bytes, put_8_bytes};
use super::error::ValueError;
use super::values::PrimitiveValues;

/// Days from 1970-01-01 to 2000-01-01.
const EPOCH_DAYS: i32 = 10_957;
/// Microseconds from 1970-01-01 to 2000-01-01.
const EPOCH_MICROSECONDS: i64 = EPOCH_DAYS as i64 * 86_400_000_000;
/// Days from 2000-01-01 of `date`: 4714-11-24 BC to 5874897-12-31.
const DATES: Range<i32> = -2_451_545..2_145_031_949;
/// Microseconds from 2000-01-01 of timestamps: 4714-11-24 BC to the end of the year 294276.
const TIMESTAMPS: Range<i64> = -211_813_488_000_000_000..9_223_371_331_200_000_000;
/// Microseconds of `time`, which includes 24:00:00.
const TIMES: Range<i64> = 0..86_400_000_001;

/// Writes dates, times and timestamps.
#[derive(Debug)]
pub(super) struct TemporalWriter<'a> {
    values: TemporalValues<'a>,
    unit: TimeUnit,
    pg_type: PgType,
}

#[derive(Debug)]
enum TemporalValues<'a> {
    Date(PrimitiveValues<'a, i32>),
    Time32(PrimitiveValues<'a, i32>),
    Time64(PrimitiveValues<'a, i64>),
    Timestamp(PrimitiveValues<'a, i64>),
}

impl<'a> TemporalWriter<'a> {
    /// Returns `None` if the array has another type. The time zone of timestamps is ignored, as their values are in UTC.
    pub(super) fn new(array: &'a ArrayRef, pg_type: PgType) -> Option<TemporalWriter<'a>> {
        let (values, unit) = match (pg_type, array.data_type()) {
            (PgType::Date, DataType::Date32) => {
                (TemporalValues::Date(PrimitiveValues::new::<Date32Type>(array)?), TimeUnit::Second)
            }
            (PgType::Time, DataType::Time32(unit) | DataType::Time64(unit)) => (times(array, *unit)?, *unit),
            (PgType::Timestamp | PgType::TimestampTz, DataType::Timestamp(unit, _)) => (timestamps(array, *unit)?, *unit),
            _ => return None,
        };
        Some(TemporalWriter { values, unit, pg_type })
    }

    /// Writes the value of a row. Returns `None` and writes nothing for NULL.
    #[inline]
    pub(super) fn write(&self, row: usize, out: &mut BytesMut) -> Result<Option<()>, ValueError> {
        let (value, range) = match &self.values {
            TemporalValues::Date(values) => {
                let Some(value) = values.get(row) else { return Ok(None) };
                let days = value.checked_sub(EPOCH_DAYS).filter(|days| DATES.contains(days));
                let days = days.ok_or_else(|| self.out_of_range(value.into()))?;
                put_4_bytes(out, days.to_be_bytes());
                return Ok(Some(()));
            }
            TemporalValues::Time32(values) => (values.get(row).map(i64::from), TIMES),
            TemporalValues::Time64(values) => (values.get(row), TIMES),
            TemporalValues::Timestamp(values) => (values.get(row), TIMESTAMPS),
        };
        let Some(value) = value else { return Ok(None) };
        let epoch = if matches!(self.values, TemporalValues::Timestamp(_)) { EPOCH_MICROSECONDS } else { 0 };
        let finite = Some(value).filter(|value| *value != i64::MAX);
        let microseconds = finite.and_then(|value| microseconds(value, self.unit, epoch));
        let microseconds = microseconds.filter(|value| range.contains(value)).ok_or_else(|| self.out_of_range(value))?;
        put_8_bytes(out, microseconds.to_be_bytes());
        Ok(Some(()))
    }

    #[cold]
    fn out_of_range(&self, value: i64) -> ValueError {
        let unit = match self.unit {
            TimeUnit::Second => "s",
            TimeUnit::Millisecond => "ms",
            TimeUnit::Microsecond => "µs",
            TimeUnit::Nanosecond => "ns",
        };
        let shown = match self.values {
            TemporalValues::Date(_) => format!("day {value} from 1970-01-01"),
            TemporalValues::Time32(_) | TemporalValues::Time64(_) => format!("{value} {unit} from midnight"),
            TemporalValues::Timestamp(_) => format!("{value} {unit} from 1970-01-01"),
        };
        ValueError::out_of_range(shown, self.pg_type)
    }
}

/// Converts to microseconds since `epoch`, rounding nanoseconds down. Returns `None` on overflow.
#[inline]
fn microseconds(value: i64, unit: TimeUnit, epoch: i64) -> Option<i64> {
    match unit {
        TimeUnit::Second => value.checked_sub(epoch / 1_000_000)?.checked_mul(1_000_000),
        TimeUnit::Millisecond => value.checked_sub(epoch / 1_000)?.checked_mul(1_000),
        TimeUnit::Microsecond => value.checked_sub(epoch),
        TimeUnit::Nanosecond => value.div_euclid(1_000).checked_sub(epoch),
    }
}

fn times(array: &ArrayRef, unit: TimeUnit) -> Option<TemporalValues<'_>> {
    match unit {
        TimeUnit::Second => PrimitiveValues::new::<Time32SecondType>(array).map(TemporalValues::Time32),
        TimeUnit::Millisecond => PrimitiveValues::new::<Time32MillisecondType>(array).map(TemporalValues::Time32),
        TimeUnit::Microsecond => PrimitiveValues::new::<Time64MicrosecondType>(array).map(TemporalValues::Time64),
        TimeUnit::Nanosecond => PrimitiveValues::new::<Time64NanosecondType>(array).map(TemporalValues::Time64),
    }
}

fn timestamps(array: &ArrayRef, unit: TimeUnit) -> Option<TemporalValues<'_>> {
    let values = match unit {
        TimeUnit::Second => PrimitiveValues::new::<TimestampSecondType>(array),
        TimeUnit::Millisecond => PrimitiveValues::new::<TimestampMillisecondType>(array),
        TimeUnit::Microsecond => PrimitiveValues::new::<TimestampMicrosecondType>(array),
        TimeUnit::Nanosecond => PrimitiveValues::new::<TimestampNanosecondType>(array),
    };
    values.map(TemporalValues::Timestamp)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{
        Date32Array, PrimitiveArray, Time32MillisecondArray, Time32SecondArray, Time64MicrosecondArray, Time64NanosecondArray,
    };
    use arrow::datatypes::ArrowTimestampType;

    use super::super::column_writer::encode_all;
    use super::*;

    #[test]
    fn dates() {
        fn check(day: i32, expected: Option<i32>) {
            let encoded = encode_all(Arc::new(Date32Array::from(vec![day])), PgType::Date).unwrap();
            let expected = expected.map(|day| [[0, 0, 0, 4], day.to_be_bytes()].concat());
            assert_eq!(encoded.ok(), expected, "{day}");
        }
        check(0, Some(-10_957));
        check(10_957, Some(0));
        check(-2_451_545 + 10_957, Some(-2_451_545));
        check(-2_451_546 + 10_957, None);
        check(2_145_042_905, Some(2_145_031_948));
        check(2_145_042_906, None);
        check(i32::MIN, None);
        check(i32::MAX, None);
    }

    #[test]
    fn times_of_all_units() {
        fn check(array: ArrayRef, expected: Option<i64>) {
            let encoded = encode_all(array, PgType::Time).unwrap();
            assert_eq!(encoded.ok(), expected.map(|value| [&[0, 0, 0, 8], &value.to_be_bytes()[..]].concat()));
        }
        check(Arc::new(Time32SecondArray::from(vec![1])), Some(1_000_000));
        check(Arc::new(Time32MillisecondArray::from(vec![1])), Some(1_000));
        check(Arc::new(Time64MicrosecondArray::from(vec![1])), Some(1));
        check(Arc::new(Time64NanosecondArray::from(vec![1_999])), Some(1));
        check(Arc::new(Time32SecondArray::from(vec![86_400])), Some(86_400_000_000));
        check(Arc::new(Time32SecondArray::from(vec![86_401])), None);
        check(Arc::new(Time64MicrosecondArray::from(vec![-1])), None);
    }

    #[test]
    fn timestamps_of_all_units() {
        fn check<T: ArrowTimestampType>(value: i64, expected: Option<i64>) {
            for timezone in [None, Some("UTC"), Some("+02:00")] {
                let array = PrimitiveArray::<T>::from_value(value, 1).with_timezone_opt(timezone);
                let encoded = encode_all(Arc::new(array), PgType::TimestampTz).unwrap();
                assert_eq!(encoded.ok(), expected.map(|value| [&[0, 0, 0, 8], &value.to_be_bytes()[..]].concat()), "{value}");
            }
        }
        check::<TimestampSecondType>(946_684_800, Some(0));
        check::<TimestampMillisecondType>(946_684_800_001, Some(1_000));
        check::<TimestampMicrosecondType>(0, Some(-946_684_800_000_000));
        check::<TimestampNanosecondType>(946_684_800_000_001_999, Some(1));
        check::<TimestampNanosecondType>(-1, Some(-946_684_800_000_001));
        // the first and the last timestamp
        check::<TimestampMicrosecondType>(-210_866_803_200_000_000, Some(-211_813_488_000_000_000));
        check::<TimestampMicrosecondType>(-210_866_803_200_000_001, None);
        check::<TimestampSecondType>(9_224_318_015_999, Some(9_223_371_331_199_000_000));
        check::<TimestampSecondType>(9_224_318_016_000, None);
        // infinity
        check::<TimestampMicrosecondType>(i64::MAX, None);
        check::<TimestampMicrosecondType>(i64::MIN, None);
        check::<TimestampSecondType>(i64::MAX, None);
    }

    #[test]
    fn other_types_are_unsupported() {
        let dates: ArrayRef = Arc::new(Date32Array::from(vec![0]));
        let check = |pg_type, is_supported: bool| assert_eq!(encode_all(dates.clone(), pg_type).is_some(), is_supported);
        check(PgType::Date, true);
        check(PgType::Time, false);
        check(PgType::Timestamp, false);
    }

    #[test]
    fn errors_show_value_and_unit() {
        fn check(array: ArrayRef, pg_type: PgType, expected: &str) {
            let error = ValueError::OutOfRange(expected.to_owned(), pg_type);
            assert_eq!(encode_all(array, pg_type), Some(Err(error)));
        }
        check(Arc::new(Date32Array::from(vec![i32::MAX])), PgType::Date, "day 2147483647 from 1970-01-01");
        check(Arc::new(Time32MillisecondArray::from(vec![-1])), PgType::Time, "-1 ms from midnight");
        let timestamps = PrimitiveArray::<TimestampMicrosecondType>::from(vec![i64::MAX]);
        check(Arc::new(timestamps), PgType::Timestamp, "9223372036854775807 µs from 1970-01-01");
    }
}
