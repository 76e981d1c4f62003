use catchment_json::Node;
use catchment_schema::ColumnType;

use super::round_trip;
use crate::NormalizeOptions;

/// Which values of other types a column takes. Those that it does not take go to a variant column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coercion {
    /// Those that read back as they were written.
    Exact,
    /// For keys: those of `Exact` of which the column keeps every digit, so that different keys stay different.
    Key,
    /// Those that dlt takes, also where the value changes: `"n"` is false, `"007"` is 7.
    Reference,
}

impl Coercion {
    pub(crate) fn of(options: &NormalizeOptions) -> Coercion {
        if options.numeric_widening { Coercion::Exact } else { Coercion::Reference }
    }

    /// What applies to a key where this applies to other columns.
    pub(crate) fn of_key(self) -> Coercion {
        match self {
            Coercion::Exact | Coercion::Key => Coercion::Key,
            Coercion::Reference => Coercion::Reference,
        }
    }

    /// Whether a column of the type may take the value, where its type can hold it at all.
    #[inline]
    pub(super) fn admits(self, column_type: ColumnType, value: Node<'_>) -> bool {
        match self {
            Coercion::Exact => round_trip::round_trips(column_type, value),
            Coercion::Key => round_trip::round_trips(column_type, value) && round_trip::preserves_digits(column_type, value),
            Coercion::Reference => true,
        }
    }
}
