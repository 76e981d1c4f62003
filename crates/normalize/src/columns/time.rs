use catchment_json::{Kind, Node};
use catchment_schema::parse_time;

/// Times of day take text alone; they are microseconds since midnight, in UTC.
pub(super) fn convert(value: Node<'_>) -> Option<i64> {
    match value.kind() {
        Kind::Text => parse_time(value.text()?.trim()),
        _ => None,
    }
}
