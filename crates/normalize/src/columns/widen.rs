use catchment_json::{Node, NodeKind};
use catchment_schema::{ColumnType, DataType};

use super::double::EXACT;
use super::infer::integer_type;
use super::{Coercion, bigint, fits};

/// What a column of numbers is after all values of `cells`, one after the other: the type that each joins to where it
/// does not fit, and the rows of those that do not join. `has_variant` says of which types the column has a variant
/// beside it already, which stays in use.
///
/// A value that comes later never sends one that was taken to another place: what fits a type fits those that it joins
/// to.
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

/// Notes on a column of integers that it has one that no double is equal to.
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

fn number_type(value: Node<'_>, coercion: Coercion) -> Option<ColumnType> {
    match value.kind() {
        NodeKind::Integer => integer_type(value),
        NodeKind::Float => coercion.admits(ColumnType::Double, value).then_some(ColumnType::Double),
        _ => None,
    }
}
