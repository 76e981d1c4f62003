//! Bodies in recordings.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use catchment_json::{Node, write_text};

/// A body without secrets, in the form of its file. An empty body is not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum StoredBody {
    /// A JSON object or array as compact JSON: key `body`.
    Json(String),
    /// Other UTF-8 text: key `body_text`.
    Text(String),
    /// Any other bytes: key `body_base64`.
    Binary(Vec<u8>),
}

impl StoredBody {
    /// Returns the bytes that a replay delivers.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        match self {
            StoredBody::Json(text) | StoredBody::Text(text) => text.into_bytes(),
            StoredBody::Binary(bytes) => bytes,
        }
    }

    /// Returns the number of bytes that a replay delivers.
    pub(super) fn len(&self) -> usize {
        match self {
            StoredBody::Json(text) | StoredBody::Text(text) => text.len(),
            StoredBody::Binary(bytes) => bytes.len(),
        }
    }

    /// Appends the body as an entry of a JSON object, with a leading comma.
    pub(super) fn write(&self, out: &mut String) {
        match self {
            StoredBody::Json(json) => {
                out.push_str(",\"body\":");
                out.push_str(json);
            }
            StoredBody::Text(text) => {
                out.push_str(",\"body_text\":");
                write_text(text, out);
            }
            StoredBody::Binary(bytes) => {
                out.push_str(",\"body_base64\":");
                write_text(&BASE64_STANDARD.encode(bytes), out);
            }
        }
    }

    /// Reads the body of a request or a response.
    ///
    /// # Errors
    ///
    /// Returns a message if the value has the wrong type or is not Base64.
    pub(super) fn read(side: Node<'_>) -> Result<Option<StoredBody>, String> {
        if let Some(json) = side.get("body") {
            let mut text = String::new();
            json.write_json(&mut text);
            return Ok(Some(StoredBody::Json(text)));
        }
        if let Some(text) = side.get("body_text") {
            let text = text.as_str().ok_or("`body_text` must be a string")?;
            return Ok(Some(StoredBody::Text(text.into_owned())));
        }
        let Some(encoded) = side.get("body_base64") else { return Ok(None) };
        let encoded = encoded.as_str().ok_or("`body_base64` must be a string")?;
        let bytes =
            BASE64_STANDARD.decode(encoded.as_bytes()).map_err(|error| format!("`body_base64` is not Base64: {error}"))?;
        Ok(Some(StoredBody::Binary(bytes)))
    }
}
