//! What a column holds, in full.

use catchment_json::Value;

use crate::{Column, DataType};

/// The digits that a decimal column can have: more than that no destination holds exactly.
const MAX_DIGITS: u8 = 38;

/// The hint of a bigint column with integers that no double is equal to.
const BEYOND_DOUBLE: &str = "x-beyond-double";

/// A [`DataType`] with all that says which values fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// Characters, any number of them.
    Text,
    /// A 64-bit floating point number.
    Double,
    /// True or false.
    Bool,
    /// An instant in microseconds; without `timezone` it is kept as a wall clock in UTC shows it.
    Timestamp {
        /// Whether the column knows that it is UTC.
        timezone: bool,
    },
    /// An integer.
    Bigint {
        /// Its size, sign included; 64 unless declared.
        bits: u8,
        /// Whether it has integers beyond ±2^53, between which doubles leave some out.
        beyond_double: bool,
    },
    /// Bytes.
    Binary,
    /// JSON text.
    Json,
    /// A decimal number.
    Decimal {
        /// All its digits, at most 38.
        precision: u8,
        /// Those after the point.
        scale: u8,
    },
    /// An integer of up to 38 digits.
    Wei,
    /// A day.
    Date,
    /// A time of day, in microseconds.
    Time,
}

impl ColumnType {
    /// An integer of 64 bits.
    pub const BIGINT: ColumnType = ColumnType::Bigint { bits: 64, beyond_double: false };
    /// An integer of any sign with up to 38 digits.
    pub const LONG_INTEGER: ColumnType = ColumnType::Decimal { precision: MAX_DIGITS, scale: 0 };
    /// An instant.
    pub const TIMESTAMP: ColumnType = ColumnType::Timestamp { timezone: true };

    /// Its logical type.
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

    /// The type that holds the values of both exactly; none where there is no such type.
    ///
    /// Numbers alone have one: integers and fractions meet in doubles as long as every integer is a double,
    /// integers and decimals in decimals that have room for the digits of both. The order does not matter, nor
    /// what is joined first: where it is none, it is none by any way.
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

    /// The digits before and after the point that exact numbers of the type can have.
    fn digits(self) -> Option<(u8, u8)> {
        match self {
            ColumnType::Bigint { bits, .. } => Some((integer_digits(bits), 0)),
            ColumnType::Decimal { precision, scale } => Some((precision.saturating_sub(scale), scale)),
            _ => None,
        }
    }
}

/// The digits of the greatest integer of so many bits, sign included.
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
    /// The type of a column of which nothing else is said.
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
    /// What it holds, as its type and hints say it; none where it is incomplete.
    pub fn column_type(&self) -> Option<ColumnType> {
        let number = |hint: &str| self.hints.get(hint).and_then(Value::as_i64).and_then(|n| u8::try_from(n).ok());
        Some(match (self.data_type?, number("precision"), number("scale")) {
            (DataType::Timestamp, ..) => {
                ColumnType::Timestamp { timezone: self.hints.get("timezone").and_then(Value::as_bool).unwrap_or(true) }
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

    /// A nullable column that holds `column_type`.
    pub fn with_type(name: impl Into<String>, column_type: ColumnType) -> Column {
        let mut column = Column::new(name, column_type.data_type());
        column.set_type(column_type);
        column
    }

    /// Makes it hold `column_type`; hints that belong to another type are taken out.
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
            ColumnType::Timestamp { timezone: false } => {
                hint("timezone", Value::Bool(false));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::ColumnType;
    use crate::{Column, DataType};

    const IDS: ColumnType = ColumnType::Bigint { bits: 64, beyond_double: true };

    fn decimal(precision: u8, scale: u8) -> ColumnType {
        ColumnType::Decimal { precision, scale }
    }

    #[test]
    fn numbers_join() {
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
            any::<bool>().prop_map(|timezone| ColumnType::Timestamp { timezone }),
        ]
    }

    proptest! {
        #[test]
        fn joining_is_idempotent_commutative_and_associative(a in types(), b in types(), c in types()) {
            prop_assert_eq!(a.common_type(a), Some(a));
            prop_assert_eq!(a.common_type(b), b.common_type(a));
            let left = a.common_type(b).and_then(|ab| ab.common_type(c));
            let right = b.common_type(c).and_then(|bc| a.common_type(bc));
            prop_assert_eq!(left, right);
        }

        #[test]
        fn what_is_set_is_read_back(before in types(), after in types()) {
            let mut column = Column::with_type("c", before);
            column.set_type(after);
            prop_assert_eq!(column.column_type(), Some(after));
        }
    }
}
