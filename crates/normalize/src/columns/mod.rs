//! Conversion of values to arrays, with one module per type. A [`Coercion`] decides which values are converted.

mod bigint;
mod binary;
mod bool;
mod coercion;
mod converting_builder;
mod date;
mod decimal;
mod double;
mod infer;
mod json;
mod number;
mod python;
mod round_trip;
mod text;
mod time;
mod timestamp;
mod widen;

use arrow::array::{
    ArrayRef, ArrowPrimitiveType, BinaryBuilder, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int64Builder,
    PrimitiveBuilder, Time64MicrosecondBuilder,
};
use arrow::datatypes::{
    DataType as Arrow, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use catchment_json::Node;
use catchment_schema::{ColumnType, TimestampUnit, arrow_type};

use converting_builder::ConvertingBuilder;

pub(crate) use coercion::Coercion;
pub(crate) use double::EXACT as EXACT_IN_DOUBLE;
pub(crate) use infer::infer;
pub(crate) use widen::widen;

/// A builder of arrays of one type.
trait ColumnBuilder {
    /// Appends a value if it can be converted. Returns false otherwise.
    fn append(&mut self, value: Node<'_>) -> bool;
    fn append_null(&mut self);
    fn finish(&mut self) -> ArrayRef;

    /// Appends the values of `rows` rows, and null for missing values, misfits and the sorted rows `skip`. Returns the
    /// values that were not appended, with their rows.
    fn extend<'d>(&mut self, cells: &[Option<Node<'d>>], skip: &[usize], rows: usize) -> Vec<(usize, Node<'d>)> {
        let mut misfits = Vec::new();
        for (row, cell) in cells.iter().enumerate() {
            match cell {
                Some(value) if (skip.is_empty() || skip.binary_search(&row).is_err()) && self.append(*value) => {}
                Some(value) => {
                    misfits.push((row, *value));
                    self.append_null();
                }
                None => self.append_null(),
            }
        }
        for _ in cells.len()..rows {
            self.append_null();
        }
        misfits
    }
}

/// The array of a column, and the values that do not fit its type.
pub(crate) struct BuiltColumn<'d> {
    pub(crate) array: ArrayRef,
    pub(crate) misfits: Vec<(usize, Node<'d>)>,
}

/// Builds the array of a column with `rows` rows. The values in the sorted rows `skip` are treated as misfits.
pub(crate) fn build<'d>(
    column_type: ColumnType,
    coercion: Coercion,
    cells: &[Option<Node<'d>>],
    skip: &[usize],
    rows: usize,
) -> BuiltColumn<'d> {
    let admits = move |value: Node<'_>| coercion.admits(column_type, value);
    let arrow = arrow_type(column_type);
    let mut column: Box<dyn ColumnBuilder> = match (column_type, &arrow) {
        (ColumnType::Text, _) => Box::new(text::TextBuilder::new(cells, coercion)),
        (ColumnType::Json, _) => Box::new(json::JsonBuilder::default()),
        (ColumnType::Double, _) => {
            let builder = Float64Builder::with_capacity(rows);
            Box::new(ConvertingBuilder::new(builder, admits, double::convert, Float64Builder::append_option))
        }
        (ColumnType::Bool, _) => {
            let builder = BooleanBuilder::with_capacity(rows);
            Box::new(ConvertingBuilder::new(builder, admits, bool::convert, BooleanBuilder::append_option))
        }
        (ColumnType::Bigint { bits, .. }, Arrow::Int64) => {
            let convert = move |value: Node<'_>| bigint::convert(value, bits);
            Box::new(ConvertingBuilder::new(Int64Builder::with_capacity(rows), admits, convert, Int64Builder::append_option))
        }
        (ColumnType::Timestamp { unit, .. }, _) => match unit {
            TimestampUnit::Second => timestamps::<TimestampSecondType>(rows, arrow, admits, unit),
            TimestampUnit::Millisecond => timestamps::<TimestampMillisecondType>(rows, arrow, admits, unit),
            TimestampUnit::Microsecond => timestamps::<TimestampMicrosecondType>(rows, arrow, admits, unit),
            TimestampUnit::Nanosecond => timestamps::<TimestampNanosecondType>(rows, arrow, admits, unit),
        },
        (ColumnType::Date, _) => {
            let builder = Date32Builder::with_capacity(rows);
            Box::new(ConvertingBuilder::new(builder, admits, date::convert, Date32Builder::append_option))
        }
        (ColumnType::Time, _) => {
            let builder = Time64MicrosecondBuilder::with_capacity(rows);
            Box::new(ConvertingBuilder::new(builder, admits, time::convert, Time64MicrosecondBuilder::append_option))
        }
        (ColumnType::Binary, _) => {
            let append = |builder: &mut BinaryBuilder, value: Option<Vec<u8>>| builder.append_option(value);
            Box::new(ConvertingBuilder::new(BinaryBuilder::new(), admits, binary::convert, append))
        }
        (ColumnType::Bigint { .. } | ColumnType::Decimal { .. } | ColumnType::Wei, _) => {
            let (precision, scale) = digits(column_type);
            let builder = Decimal128Builder::with_capacity(rows).with_data_type(arrow);
            let convert = move |value: Node<'_>| decimal::convert(value, precision, scale);
            Box::new(ConvertingBuilder::new(builder, admits, convert, Decimal128Builder::append_option))
        }
    };
    let misfits = column.extend(cells, skip, rows);
    BuiltColumn { array: column.finish(), misfits }
}

/// Creates the builder of a column of timestamps.
fn timestamps<T: ArrowPrimitiveType<Native = i64>>(
    rows: usize,
    arrow: Arrow,
    admits: impl Fn(Node<'_>) -> bool + 'static,
    unit: TimestampUnit,
) -> Box<dyn ColumnBuilder> {
    let builder = PrimitiveBuilder::<T>::with_capacity(rows).with_data_type(arrow);
    let convert = move |value: Node<'_>| timestamp::convert(value, unit);
    Box::new(ConvertingBuilder::new(builder, admits, convert, PrimitiveBuilder::<T>::append_option))
}

/// Converts a value for a boolean column, or returns `None` if the column does not accept it.
pub(crate) fn boolean(value: Node<'_>, coercion: Coercion) -> Option<bool> {
    bool::convert(value).filter(|_| coercion.admits(ColumnType::Bool, value))
}

/// Returns true if a column of type `column_type` accepts the value and can hold it.
fn fits(column_type: ColumnType, coercion: Coercion, value: Node<'_>) -> bool {
    coercion.admits(column_type, value) && can_hold(column_type, value)
}

fn can_hold(column_type: ColumnType, value: Node<'_>) -> bool {
    match column_type {
        ColumnType::Text => true,
        ColumnType::Json => json::fits(value),
        ColumnType::Double => double::convert(value).is_some(),
        ColumnType::Bool => bool::convert(value).is_some(),
        ColumnType::Bigint { bits: bits @ ..=64, .. } => bigint::convert(value, bits).is_some(),
        ColumnType::Timestamp { unit, .. } => timestamp::convert(value, unit).is_some(),
        ColumnType::Date => date::convert(value).is_some(),
        ColumnType::Time => time::convert(value).is_some(),
        ColumnType::Binary => binary::convert(value).is_some(),
        ColumnType::Bigint { .. } | ColumnType::Decimal { .. } | ColumnType::Wei => {
            let (precision, scale) = digits(column_type);
            decimal::convert(value, precision, scale).is_some()
        }
    }
}

/// Returns precision and scale of the decimals that store numbers of the type.
fn digits(column_type: ColumnType) -> (u8, u8) {
    match column_type {
        ColumnType::Decimal { precision, scale } => (precision, scale),
        _ => (38, 0),
    }
}

fn integer(value: Node<'_>) -> Option<i64> {
    value.as_number()?.parse().ok()
}

fn fraction(value: Node<'_>) -> Option<f64> {
    python::float(value.as_number()?)
}
