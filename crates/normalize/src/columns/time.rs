use catchment_json::{Node, NodeKind};
use catchment_schema::parse_time;

/// Converts text with a time of day to microseconds since midnight in UTC. Other values are not converted.
pub(super) fn convert(value: Node<'_>) -> Option<i64> {
    match value.kind() {
        NodeKind::String => parse_time(value.as_str()?.trim()),
        _ => None,
    }
}
