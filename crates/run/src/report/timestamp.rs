//! Timestamps in reports: microseconds since 1970 in memory, ISO 8601 when serialized.

use catchment_schema::{format_timestamp, parse_timestamp};
use serde::de::Error as _;
use serde::{Deserialize as _, Deserializer, Serializer};

pub(super) fn serialize<S: Serializer>(micros: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format_timestamp(*micros))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_timestamp(&text).ok_or_else(|| D::Error::custom(format!("{text:?} is not a timestamp")))
}
