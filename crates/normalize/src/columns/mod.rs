//! Values to arrays: one file for each type, and the one place that chooses among them.

mod bigint;
mod bool;
mod converted;
mod double;
mod json;
mod python;
mod text;
mod timestamp;

use arrow::array::{ArrayRef, BooleanBuilder, Float64Builder, Int64Builder, TimestampMicrosecondBuilder};
use catchment_json::{Kind, Node};
use catchment_schema::{DataType, parse_timestamp};

use converted::Converted;

/// Turns values into an array of one type.
trait Column {
    /// Takes a value that the type can hold, itself or converted without loss; false where it cannot.
    fn put(&mut self, value: Node<'_>) -> bool;
    fn put_null(&mut self);
    fn finish(&mut self) -> ArrayRef;
}

/// The values of a column as an array of `rows`, and the rows of those that do not fit. None where values of
/// the type cannot be written yet.
pub(crate) fn build<'d>(data_type: DataType, cells: &[Option<Node<'d>>], rows: usize) -> Option<Built<'d>> {
    let mut column: Box<dyn Column> = match data_type {
        DataType::Text => Box::new(text::Text::new(cells)),
        DataType::Bigint => {
            Box::new(Converted::new(Int64Builder::with_capacity(rows), bigint::convert, Int64Builder::append_option))
        }
        DataType::Double => {
            Box::new(Converted::new(Float64Builder::with_capacity(rows), double::convert, Float64Builder::append_option))
        }
        DataType::Bool => {
            Box::new(Converted::new(BooleanBuilder::with_capacity(rows), bool::convert, BooleanBuilder::append_option))
        }
        DataType::Timestamp => {
            let builder = TimestampMicrosecondBuilder::with_capacity(rows).with_timezone("UTC");
            Box::new(Converted::new(builder, timestamp::convert, TimestampMicrosecondBuilder::append_option))
        }
        DataType::Json => Box::new(json::Json::default()),
        DataType::Binary | DataType::Decimal | DataType::Wei | DataType::Date | DataType::Time => return None,
    };
    let mut misfits = Vec::new();
    for (row, cell) in cells.iter().enumerate() {
        match cell {
            Some(value) if column.put(*value) => {}
            Some(value) => {
                misfits.push((row, *value));
                column.put_null();
            }
            None => column.put_null(),
        }
    }
    for _ in cells.len()..rows {
        column.put_null();
    }
    Some(Built { array: column.finish(), misfits })
}

/// An array, and what could not be put into it.
pub(crate) struct Built<'d> {
    pub(crate) array: ArrayRef,
    pub(crate) misfits: Vec<(usize, Node<'d>)>,
}

/// The type of a column whose first value is `value`.
pub(crate) fn infer(value: Node<'_>) -> DataType {
    match value.kind() {
        Kind::Bool => DataType::Bool,
        // Integers of more than 64 bits stay exact as text.
        Kind::Integer if integer(value).is_none() => DataType::Text,
        Kind::Integer => DataType::Bigint,
        Kind::Fraction => DataType::Double,
        Kind::Text if value.text().is_some_and(|text| parse_timestamp(&text).is_some()) => DataType::Timestamp,
        Kind::Text | Kind::Null => DataType::Text,
        Kind::Array | Kind::Object => DataType::Json,
    }
}

fn integer(value: Node<'_>) -> Option<i64> {
    value.number()?.parse().ok()
}

fn fraction(value: Node<'_>) -> Option<f64> {
    python::float(value.number()?)
}
