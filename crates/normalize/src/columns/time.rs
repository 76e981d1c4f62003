use catchment_json::{Node, NodeKind};
use catchment_schema::parse_time;

/// Times of day take text alone; they are microseconds since midnight, in UTC.
pub(super) fn convert(value: Node<'_>) -> Option<i64> {
    match value.kind() {
        NodeKind::String => parse_time(value.as_str()?.trim()),
        _ => None,
    }
}
