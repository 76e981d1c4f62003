use catchment_json::Node;
use catchment_schema::ColumnType;

use super::round_trip;
use crate::NormalizeOptions;

/// The rule for which values of other types a column accepts. Other values go to a variant column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coercion {
    /// Accepts values that round-trip.
    Exact,
    /// Accepts values that round-trip without loss of digits. Used for key columns, so that different keys stay different,
    /// and for all columns with [`NormalizeOptions::exact_digits`].
    Digits,
    /// Accepts the values that dlt accepts, even if they change: `"n"` becomes false, `"007"` becomes 7.
    Reference,
}

impl Coercion {
    /// Returns the rule for columns that are not keys.
    pub(crate) fn of(options: &NormalizeOptions) -> Coercion {
        match (options.numeric_widening, options.exact_digits) {
            (false, _) => Coercion::Reference,
            (true, false) => Coercion::Exact,
            (true, true) => Coercion::Digits,
        }
    }

    /// Returns the rule for key columns.
    pub(crate) fn of_key(self) -> Coercion {
        match self {
            Coercion::Exact | Coercion::Digits => Coercion::Digits,
            Coercion::Reference => Coercion::Reference,
        }
    }

    /// Returns the rule to infer the type of a column from its first value, whose digits do not matter.
    pub(crate) fn of_type(self) -> Coercion {
        match self {
            Coercion::Exact | Coercion::Digits => Coercion::Exact,
            Coercion::Reference => Coercion::Reference,
        }
    }

    /// Returns true if a column of type `column_type` accepts the value, provided that the value can be converted.
    #[inline]
    pub(super) fn admits(self, column_type: ColumnType, value: Node<'_>) -> bool {
        match self {
            Coercion::Exact => round_trip::round_trips(column_type, value),
            Coercion::Digits => round_trip::round_trips(column_type, value) && round_trip::preserves_digits(column_type, value),
            Coercion::Reference => true,
        }
    }
}
