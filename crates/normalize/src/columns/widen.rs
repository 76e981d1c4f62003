use catchment_json::{Node, NodeKind};
use catchment_schema::{ColumnType, DataType};

use super::double::EXACT;
use super::infer::integer_type;
use super::{Coercion, bigint, fits};

/// Widens the type of a numeric column for each value of `cells` that does not fit. Returns the final type, and the rows of
/// values without a common type. `has_variant` returns true if the column already has a variant column for a type, which
/// then remains in use.
///
/// A later value never moves an earlier one, because a value that fits a type also fits every wider type.
pub(crate) fn widen(
    start: ColumnType,
    coercion: Coercion,
    cells: &[Option<Node<'_>>],
    has_variant: impl Fn(DataType) -> bool,
) -> (ColumnType, Vec<usize>) {
    let mut column_type = start;
    let mut misfits = Vec::new();
    for (row, value) in cells.iter().enumerate().filter_map(|(row, cell)| Some((row, (*cell)?))) {
        if fits(column_type, coercion, value) {
            column_type = note_size(column_type, value);
            continue;
        }
        let joined = number_type(value, coercion)
            .filter(|found| !has_variant(found.data_type()))
            .and_then(|found| column_type.common_type(found));
        match joined {
            Some(joined) => column_type = joined,
            None => misfits.push(row),
        }
    }
    (column_type, misfits)
}

/// Sets `beyond_double` on a bigint type if the value is an integer beyond the exact range of doubles.
fn note_size(column_type: ColumnType, value: Node<'_>) -> ColumnType {
    match column_type {
        ColumnType::Bigint { bits, beyond_double: false }
            if bigint::convert(value, bits).is_some_and(|n| !EXACT.contains(&n)) =>
        {
            ColumnType::Bigint { bits, beyond_double: true }
        }
        other => other,
    }
}

/// Returns the narrowest numeric type of a number, or `None` for other values.
fn number_type(value: Node<'_>, coercion: Coercion) -> Option<ColumnType> {
    match value.kind() {
        NodeKind::Integer => integer_type(value),
        NodeKind::Float => coercion.admits(ColumnType::Double, value).then_some(ColumnType::Double),
        _ => None,
    }
}
