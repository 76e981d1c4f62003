use catchment_json::{Node, NodeKind};
use catchment_schema::parse_date;

use super::timestamp::{self, MICROS_PER_DAY};

/// Converts text with a date or timestamp, and numbers of seconds since 1970, to days since 1970 in UTC.
pub(super) fn convert(value: Node<'_>) -> Option<i32> {
    if value.kind() == NodeKind::String
        && let Some(days) = parse_date(value.as_str()?.trim())
    {
        return Some(days);
    }
    i32::try_from(timestamp::micros(value)?.div_euclid(MICROS_PER_DAY)).ok()
}
