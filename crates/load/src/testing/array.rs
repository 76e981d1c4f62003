//! Conversion of JSON values to Arrow arrays.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray, Time64MicrosecondArray,
    TimestampMicrosecondArray,
};
use arrow::compute::{CastOptions, cast, cast_with_options};
use arrow::error::ArrowError;
use catchment_json::Value;
use catchment_schema::{ColumnType, arrow_type, parse_date, parse_time, parse_timestamp};

/// Converts the values of a column. Missing values become null; bytes are given as hexadecimal digits.
pub(super) fn array<'v>(
    column_type: ColumnType,
    values: impl Iterator<Item = Option<&'v Value>>,
) -> Result<ArrayRef, ArrowError> {
    let mut values = values.map(|value| value.filter(|value| !value.is_null()));
    let array: ArrayRef = match column_type {
        ColumnType::Text => Arc::new(values.map(|value| value.map(Value::to_plain_text)).collect::<StringArray>()),
        ColumnType::Json => Arc::new(values.map(|value| value.map(Value::to_string)).collect::<StringArray>()),
        ColumnType::Bool => Arc::new(each(values, Value::as_bool)?.into_iter().collect::<BooleanArray>()),
        ColumnType::Double => Arc::new(each(values, double)?.into_iter().collect::<Float64Array>()),
        ColumnType::Bigint { bits: ..=64, .. } => Arc::new(each(values, Value::as_i64)?.into_iter().collect::<Int64Array>()),
        ColumnType::Binary => Arc::new(each(values, |value| bytes(value.as_str()?))?.into_iter().collect::<BinaryArray>()),
        ColumnType::Date => Arc::new(each(values, |value| parse_date(value.as_str()?))?.into_iter().collect::<Date32Array>()),
        ColumnType::Time => {
            let micros = each(values, |value| parse_time(value.as_str()?))?;
            Arc::new(micros.into_iter().collect::<Time64MicrosecondArray>())
        }
        ColumnType::Timestamp { timezone, .. } => {
            let micros = each(values, |value| parse_timestamp(value.as_str()?))?;
            let instants = micros.into_iter().collect::<TimestampMicrosecondArray>();
            if timezone { Arc::new(instants.with_timezone("UTC")) } else { cast(&instants, &arrow_type(column_type))? }
        }
        ColumnType::Bigint { .. } | ColumnType::Wei | ColumnType::Decimal { .. } => {
            let digits: StringArray = values.by_ref().map(|value| value.map(Value::to_plain_text)).collect();
            let strict = CastOptions { safe: false, ..CastOptions::default() };
            cast_with_options(&digits, &arrow_type(column_type), &strict)?
        }
    };
    Ok(array)
}

/// Converts each non-null value with `read`.
fn each<'v, T>(
    values: impl Iterator<Item = Option<&'v Value>>,
    read: impl Fn(&Value) -> Option<T>,
) -> Result<Vec<Option<T>>, ArrowError> {
    let one = |value: Option<&Value>| match value {
        None => Ok(None),
        Some(value) => match read(value) {
            Some(read) => Ok(Some(read)),
            None => {
                Err(ArrowError::InvalidArgumentError(format!("the case has the value {value}, which its column cannot store")))
            }
        },
    };
    values.map(one).collect()
}

fn double(value: &Value) -> Option<f64> {
    if let Value::Number(number) = value { number.as_f64() } else { None }
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
