//! Column types: logical types with precision, scale and time zone.

use catchment_json::Value;

use crate::{Column, DataType};

/// The maximum precision of a decimal column. Destinations do not support more digits exactly.
const MAX_DIGITS: u8 = 38;

/// The hint of a bigint column with integers beyond ±2^53, which a double may not represent.
const BEYOND_DOUBLE: &str = "x-beyond-double";

/// A [`DataType`] with the properties that determine which values fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// Text of any length.
    Text,
    /// A 64-bit floating point number.
    Double,
    /// True or false.
    Bool,
    /// A timestamp in UTC.
    Timestamp {
        /// Whether the destination column has a time zone.
        timezone: bool,
        /// The unit of the values. Columns with a time zone have microseconds.
        unit: TimestampUnit,
    },
    /// An integer.
    Bigint {
        /// The size in bits, including the sign. Default: 64.
        bits: u8,
        /// Whether the column contains integers beyond ±2^53, not all of which a double represents exactly.
        beyond_double: bool,
    },
    /// Bytes.
    Binary,
    /// JSON text.
    Json,
    /// A decimal number.
    Decimal {
        /// The total number of digits, at most 38.
        precision: u8,
        /// The number of digits after the decimal point.
        scale: u8,
    },
    /// An integer of up to 38 digits.
    Wei,
    /// A day.
    Date,
    /// A time of day, in microseconds.
    Time,
}

/// The unit of timestamps. Further digits of a value are truncated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimestampUnit {
    /// Seconds: precision 0.
    Second,
    /// Milliseconds: precision 1 to 3.
    Millisecond,
    /// Microseconds: the default.
    Microsecond,
    /// Nanoseconds: precision 7 and more. Values are from 1677-09-21 to 2262-04-11.
    Nanosecond,
}

impl TimestampUnit {
    /// Returns the unit of a precision: the number of digits after the decimal point of seconds.
    fn from_precision(digits: u8) -> TimestampUnit {
        match digits {
            0 => TimestampUnit::Second,
            1..=3 => TimestampUnit::Millisecond,
            4..=6 => TimestampUnit::Microsecond,
            _ => TimestampUnit::Nanosecond,
        }
    }

    /// Returns the number of digits after the decimal point of seconds.
    pub fn precision(self) -> u8 {
        match self {
            TimestampUnit::Second => 0,
            TimestampUnit::Millisecond => 3,
            TimestampUnit::Microsecond => 6,
            TimestampUnit::Nanosecond => 9,
        }
    }
}

impl ColumnType {
    /// A 64-bit integer.
    pub const BIGINT: ColumnType = ColumnType::Bigint { bits: 64, beyond_double: false };
    /// An integer of up to 38 digits.
    pub const LONG_INTEGER: ColumnType = ColumnType::Decimal { precision: MAX_DIGITS, scale: 0 };
    /// A timestamp with time zone.
    pub const TIMESTAMP: ColumnType = ColumnType::Timestamp { timezone: true, unit: TimestampUnit::Microsecond };
    /// A timestamp without time zone, in microseconds.
    pub const LOCAL_TIMESTAMP: ColumnType = ColumnType::Timestamp { timezone: false, unit: TimestampUnit::Microsecond };

    /// Returns the logical type.
    pub fn data_type(self) -> DataType {
        match self {
            ColumnType::Text => DataType::Text,
            ColumnType::Double => DataType::Double,
            ColumnType::Bool => DataType::Bool,
            ColumnType::Timestamp { .. } => DataType::Timestamp,
            ColumnType::Bigint { .. } => DataType::Bigint,
            ColumnType::Binary => DataType::Binary,
            ColumnType::Json => DataType::Json,
            ColumnType::Decimal { .. } => DataType::Decimal,
            ColumnType::Wei => DataType::Wei,
            ColumnType::Date => DataType::Date,
            ColumnType::Time => DataType::Time,
        }
    }

    /// Returns the type that holds the values of both types exactly, or `None` if no type does.
    ///
    /// Different types have a common type only if they are numeric: a double if every integer is exact as a double, or a
    /// decimal with room for the digits of both. The operation is commutative and associative, also where it returns `None`.
    ///
    /// ```
    /// use catchment_schema::ColumnType;
    ///
    /// assert_eq!(ColumnType::BIGINT.common_type(ColumnType::Double), Some(ColumnType::Double));
    /// let ids = ColumnType::Bigint { bits: 64, beyond_double: true };
    /// assert_eq!(ids.common_type(ColumnType::Double), None);
    /// assert_eq!(ids.common_type(ColumnType::LONG_INTEGER), Some(ColumnType::LONG_INTEGER));
    /// ```
    pub fn common_type(self, other: ColumnType) -> Option<ColumnType> {
        use ColumnType::{Bigint, Double};
        match (self, other) {
            (a, b) if a == b => Some(a),
            (Bigint { bits: a, beyond_double: x }, Bigint { bits: b, beyond_double: y }) => {
                Some(Bigint { bits: a.max(b), beyond_double: x || y })
            }
            (Bigint { beyond_double: false, .. }, Double) | (Double, Bigint { beyond_double: false, .. }) => Some(Double),
            (a, b) => {
                let ((whole_a, scale_a), (whole_b, scale_b)) = (a.digits()?, b.digits()?);
                let scale = scale_a.max(scale_b);
                let precision = whole_a.max(whole_b) + scale;
                (precision <= MAX_DIGITS).then_some(ColumnType::Decimal { precision, scale })
            }
        }
    }

    /// Returns the number of digits before and after the decimal point, or `None` if the type is not an exact number.
    fn digits(self) -> Option<(u8, u8)> {
        match self {
            ColumnType::Bigint { bits, .. } => Some((integer_digits(bits), 0)),
            ColumnType::Decimal { precision, scale } => Some((precision.saturating_sub(scale), scale)),
            _ => None,
        }
    }
}

/// Returns the number of digits of the largest signed integer with `bits` bits.
fn integer_digits(bits: u8) -> u8 {
    match bits {
        ..=8 => 3,
        9..=16 => 5,
        17..=32 => 10,
        33..=64 => 19,
        _ => MAX_DIGITS,
    }
}

impl From<DataType> for ColumnType {
    /// Returns the type of a column without further hints.
    fn from(data_type: DataType) -> ColumnType {
        match data_type {
            DataType::Text => ColumnType::Text,
            DataType::Double => ColumnType::Double,
            DataType::Bool => ColumnType::Bool,
            DataType::Timestamp => ColumnType::TIMESTAMP,
            DataType::Bigint => ColumnType::BIGINT,
            DataType::Binary => ColumnType::Binary,
            DataType::Json => ColumnType::Json,
            DataType::Decimal => ColumnType::Decimal { precision: MAX_DIGITS, scale: 9 },
            DataType::Wei => ColumnType::Wei,
            DataType::Date => ColumnType::Date,
            DataType::Time => ColumnType::Time,
        }
    }
}

impl Column {
    /// Returns the type of the column from its data type and hints, or `None` if the column is incomplete.
    pub fn column_type(&self) -> Option<ColumnType> {
        let number = |hint: &str| self.hints.get(hint).and_then(Value::as_i64).and_then(|n| u8::try_from(n).ok());
        Some(match (self.data_type?, number("precision"), number("scale")) {
            (DataType::Timestamp, precision, _) => {
                let timezone = self.hints.get("timezone").and_then(Value::as_bool).unwrap_or(true);
                let unit = precision.filter(|_| !timezone).map(TimestampUnit::from_precision);
                ColumnType::Timestamp { timezone, unit: unit.unwrap_or(TimestampUnit::Microsecond) }
            }
            (DataType::Bigint, bits, _) => {
                ColumnType::Bigint { bits: bits.unwrap_or(64), beyond_double: self.has_hint(BEYOND_DOUBLE) }
            }
            (DataType::Decimal, precision, scale) if precision.is_some() || scale.is_some() => {
                let precision = precision.unwrap_or(MAX_DIGITS).clamp(1, MAX_DIGITS);
                ColumnType::Decimal { precision, scale: scale.unwrap_or(9).min(precision) }
            }
            (data_type, ..) => ColumnType::from(data_type),
        })
    }

    /// Creates a nullable column of type `column_type`.
    pub fn with_type(name: impl Into<String>, column_type: ColumnType) -> Column {
        let mut column = Column::new(name, column_type.data_type());
        column.set_type(column_type);
        column
    }

    /// Sets the type and removes type hints of the previous type.
    pub fn set_type(&mut self, column_type: ColumnType) {
        if self.column_type() == Some(column_type) {
            return;
        }
        self.data_type = Some(column_type.data_type());
        for hint in ["precision", "scale", "timezone", BEYOND_DOUBLE] {
            self.hints.shift_remove(hint);
        }
        let mut hint = |name: &str, value: Value| self.hints.insert(name.to_owned(), value);
        match column_type {
            ColumnType::Decimal { precision, scale } if column_type != ColumnType::from(DataType::Decimal) => {
                hint("precision", Value::from(u32::from(precision)));
                hint("scale", Value::from(u32::from(scale)));
            }
            ColumnType::Bigint { bits, beyond_double } => {
                if bits != 64 {
                    hint("precision", Value::from(u32::from(bits)));
                }
                if beyond_double {
                    hint(BEYOND_DOUBLE, Value::Bool(true));
                }
            }
            ColumnType::Timestamp { timezone: false, unit } => {
                hint("timezone", Value::Bool(false));
                if unit != TimestampUnit::Microsecond {
                    hint("precision", Value::from(u32::from(unit.precision())));
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ColumnType, TimestampUnit};
    use crate::{Column, DataType};

    const IDS: ColumnType = ColumnType::Bigint { bits: 64, beyond_double: true };

    fn decimal(precision: u8, scale: u8) -> ColumnType {
        ColumnType::Decimal { precision, scale }
    }

    #[test]
    fn numeric_types_have_a_common_type() {
        let check = |a: ColumnType, b: ColumnType, expected| {
            assert_eq!(a.common_type(b), expected, "{a:?} {b:?}");
            assert_eq!(b.common_type(a), expected, "{b:?} {a:?}");
        };
        check(ColumnType::BIGINT, ColumnType::Double, Some(ColumnType::Double));
        check(IDS, ColumnType::Double, None);
        check(IDS, ColumnType::BIGINT, Some(IDS));
        check(ColumnType::BIGINT, decimal(10, 2), Some(decimal(21, 2)));
        check(ColumnType::BIGINT, decimal(38, 9), Some(decimal(38, 9)));
        check(ColumnType::BIGINT, decimal(38, 20), None);
        check(decimal(10, 2), decimal(12, 6), Some(decimal(14, 6)));
        check(decimal(38, 0), decimal(38, 9), None);
        check(decimal(10, 2), ColumnType::Double, None);
        check(ColumnType::BIGINT, ColumnType::Text, None);
        check(ColumnType::Text, ColumnType::Text, Some(ColumnType::Text));
    }

    fn types() -> impl Strategy<Value = ColumnType> {
        prop_oneof![
            any::<prop::sample::Index>().prop_map(|i| ColumnType::from(*i.get(&DataType::ALL))),
            (prop::sample::select(vec![8, 16, 32, 64]), any::<bool>())
                .prop_map(|(bits, beyond_double)| ColumnType::Bigint { bits, beyond_double }),
            (1..=38_u8).prop_flat_map(|p| (0..=p).prop_map(move |s| ColumnType::Decimal { precision: p, scale: s })),
            prop::sample::select(vec![
                ColumnType::TIMESTAMP,
                ColumnType::LOCAL_TIMESTAMP,
                ColumnType::Timestamp { timezone: false, unit: TimestampUnit::Second },
                ColumnType::Timestamp { timezone: false, unit: TimestampUnit::Millisecond },
                ColumnType::Timestamp { timezone: false, unit: TimestampUnit::Nanosecond },
            ]),
        ]
    }

    proptest! {
        #[test]
        fn common_type_is_idempotent_commutative_and_associative(a in types(), b in types(), c in types()) {
            prop_assert_eq!(a.common_type(a), Some(a));
            prop_assert_eq!(a.common_type(b), b.common_type(a));
            let left = a.common_type(b).and_then(|ab| ab.common_type(c));
            let right = b.common_type(c).and_then(|bc| a.common_type(bc));
            prop_assert_eq!(left, right);
        }

        #[test]
        fn set_type_round_trips(before in types(), after in types()) {
            let mut column = Column::with_type("c", before);
            column.set_type(after);
            prop_assert_eq!(column.column_type(), Some(after));
        }
    }
}
