use catchment_json::Node;
use catchment_schema::ColumnType;

use super::exact;
use crate::NormalizeOptions;

/// Which values of other types a column takes. Those that it does not take go to a variant column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coercion {
    /// Those that read back as they were written.
    Exact,
    /// Those that dlt takes, also where the value changes: `"n"` is false, `"007"` is 7.
    Reference,
}

impl Coercion {
    pub(crate) fn of(options: &NormalizeOptions) -> Coercion {
        if options.numeric_widening { Coercion::Exact } else { Coercion::Reference }
    }

    /// Whether a column of the type may take the value, where its type can hold it at all.
    #[inline]
    pub(super) fn admits(self, column_type: ColumnType, value: Node<'_>) -> bool {
        match self {
            Coercion::Exact => exact::reads_back(column_type, value),
            Coercion::Reference => true,
        }
    }
}
