//! Query results as text that does not depend on the destination.

use arrow::array::{Array as _, ArrayRef, AsArray as _};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit};
use arrow::error::ArrowError;
use catchment_json::Value;
use catchment_schema::format_timestamp;

use crate::QueryResult;

/// Formats each row as cells separated by spaces. Sorts the rows, because destinations sort text and null differently.
///
/// Null is `-` and an empty string `''`. Numbers have no trailing zeros, regardless of their type. Timestamps are UTC, at
/// midnight only a date. Bytes are hexadecimal after `0x`. JSON arrays and objects are compact.
pub(super) fn rows(result: &QueryResult) -> Result<Vec<String>, ArrowError> {
    let mut rows = Vec::new();
    for batch in &result.batches {
        let columns = batch.columns().iter().map(cells).collect::<Result<Vec<_>, _>>()?;
        let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
        for _ in 0..batch.num_rows() {
            let cells: Vec<String> = columns.iter_mut().filter_map(Iterator::next).collect();
            rows.push(cells.join(" "));
        }
    }
    rows.sort_unstable();
    Ok(rows)
}

fn cells(column: &ArrayRef) -> Result<Vec<String>, ArrowError> {
    let texts: Vec<Option<String>> = match column.data_type() {
        DataType::Dictionary(_, values) => return cells(&cast(column, values)?),
        DataType::Float16 | DataType::Float32 | DataType::Float64 => {
            let doubles = cast(column, &DataType::Float64)?;
            doubles.as_primitive::<Float64Type>().iter().map(|cell| cell.map(double)).collect()
        }
        DataType::Timestamp(_, zone) => {
            let micros = cast(column, &DataType::Timestamp(TimeUnit::Microsecond, zone.clone()))?;
            let micros = cast(&micros, &DataType::Int64)?;
            micros.as_primitive::<Int64Type>().iter().map(|cell| cell.map(instant)).collect()
        }
        DataType::Date64 => return cells(&cast(column, &DataType::Date32)?),
        DataType::Binary | DataType::LargeBinary | DataType::FixedSizeBinary(_) | DataType::BinaryView => {
            let bytes = cast(column, &DataType::Binary)?;
            bytes.as_binary::<i32>().iter().map(|cell| cell.map(hex)).collect()
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            strings(column)?.into_iter().map(|cell| cell.map(text)).collect()
        }
        DataType::Decimal128(..) | DataType::Decimal256(..) | DataType::Time32(_) | DataType::Time64(_) => {
            strings(column)?.into_iter().map(|cell| cell.map(without_zeros)).collect()
        }
        _ => strings(column)?,
    };
    Ok(texts.into_iter().map(|cell| cell.unwrap_or_else(|| "-".to_owned())).collect())
}

fn strings(column: &ArrayRef) -> Result<Vec<Option<String>>, ArrowError> {
    let strings = cast(column, &DataType::Utf8)?;
    Ok(strings.as_string::<i32>().iter().map(|cell| cell.map(str::to_owned)).collect())
}

fn double(value: f64) -> String {
    let is_short = value == 0.0 || (1e-6..1e15).contains(&value.abs()) || !value.is_finite();
    if is_short { value.to_string() } else { format!("{value:e}") }
}

fn instant(micros: i64) -> String {
    let text = format_timestamp(micros);
    match text.strip_suffix("T00:00:00+00:00") {
        Some(date) => date.to_owned(),
        None => text.replace("+00:00", "Z"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold("0x".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

fn text(text: String) -> String {
    match text.chars().next() {
        None => "''".to_owned(),
        Some('{' | '[') => Value::parse(&text).map_or(text, |json| json.to_string()),
        Some(_) => text,
    }
}

fn without_zeros(text: String) -> String {
    if !text.contains('.') {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{
        ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, StringArray,
        Time64MicrosecondArray, TimestampMicrosecondArray, TimestampSecondArray,
    };

    #[track_caller]
    fn check(column: impl arrow::array::Array + 'static, expected: &[&str]) {
        let column: ArrayRef = Arc::new(column);
        assert_eq!(super::cells(&column).unwrap(), expected);
    }

    #[test]
    fn numbers_are_independent_of_their_type() {
        check(Int32Array::from(vec![Some(-7), None]), &["-7", "-"]);
        check(Float64Array::from(vec![2.0, 0.1, 1e300, f64::NAN, -0.0]), &["2", "0.1", "1e300", "NaN", "-0"]);
        let decimals = Decimal128Array::from(vec![1_500, -3_000, 0]).with_precision_and_scale(10, 3).unwrap();
        check(decimals, &["1.5", "-3", "0"]);
        check(BooleanArray::from(vec![true, false]), &["true", "false"]);
    }

    #[test]
    fn times_are_independent_of_their_unit() {
        check(TimestampSecondArray::from(vec![86_400, 1]), &["1970-01-02", "1970-01-01T00:00:01Z"]);
        let instants = TimestampMicrosecondArray::from(vec![1_500_000]).with_timezone("UTC");
        check(instants, &["1970-01-01T00:00:01.500000Z"]);
        check(Date32Array::from(vec![31]), &["1970-02-01"]);
        check(Time64MicrosecondArray::from(vec![1_500_000, 0]), &["00:00:01.5", "00:00:00"]);
    }

    #[test]
    fn strings_and_bytes() {
        check(StringArray::from(vec!["a b", "", r#"{"a": [1, 2]}"#, "[x"]), &["a b", "''", r#"{"a":[1,2]}"#, "[x"]);
        check(BinaryArray::from_vec(vec![b"\x00\xff", b""]), &["0x00ff", "0x"]);
    }
}
