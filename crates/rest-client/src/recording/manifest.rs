//! The file `recording.json`: format, time and program version of a recording.

use catchment_json::{Document, Node, Value};
use jiff::Timestamp;

/// The name of the file.
pub(super) const MANIFEST: &str = "recording.json";

/// The version of the file format.
const FORMAT: i64 = 1;

/// Returns the text of the file. `recorded_at` is in microseconds since 1970.
pub(super) fn to_json(recorded_at: i64) -> String {
    let time = Timestamp::from_microsecond(recorded_at).unwrap_or_default().to_string();
    let entries = [
        ("format", Value::from(FORMAT)),
        ("recorded_at", Value::from(time)),
        ("catchment", Value::from(env!("CARGO_PKG_VERSION"))),
    ];
    format!("{:#}\n", Value::object(entries))
}

/// Reads the text of the file, and returns the time of the recording in microseconds since 1970.
///
/// # Errors
///
/// Returns a message if the text is invalid, or a later version of the program wrote it.
pub(super) fn read(text: Vec<u8>) -> Result<i64, String> {
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    let root = document.root();
    match root.get("format").and_then(Node::as_i64) {
        Some(FORMAT) => {}
        Some(format) if format > FORMAT => {
            return Err(format!(
                "its format {format} is newer than {FORMAT}, the latest that this version reads; update catchment"
            ));
        }
        _ => return Err(format!("`format` must be {FORMAT}")),
    }
    let time = root.get("recorded_at").and_then(Node::as_str).ok_or("`recorded_at` must be a string")?;
    let time: Timestamp = time.parse().map_err(|error| format!("`recorded_at` must be an RFC 3339 timestamp: {error}"))?;
    Ok(time.as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::{read, to_json};

    #[test]
    fn times_are_read_as_written() {
        for time in [0, 1_700_000_000_123_456, -1] {
            assert_eq!(read(to_json(time).into_bytes()), Ok(time));
        }
        assert!(to_json(1_700_000_000_000_000).contains(r#""recorded_at": "2023-11-14T22:13:20Z""#));
    }

    #[test]
    fn invalid_manifests() {
        let message = |text: &str| read(text.into()).unwrap_err();
        assert_eq!(message("{}"), "`format` must be 1");
        assert_eq!(
            message(r#"{"format": 2}"#),
            "its format 2 is newer than 1, the latest that this version reads; update catchment"
        );
        assert_eq!(message(r#"{"format": 1}"#), "`recorded_at` must be a string");
        assert!(message(r#"{"format": 1, "recorded_at": "today"}"#).starts_with("`recorded_at` must be an RFC 3339 timestamp"));
    }
}
