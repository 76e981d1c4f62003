//! The index entries of a recording.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::body::StoredBody;
use super::interaction::Interaction;
use super::request_key::RequestKey;
use super::similar_request::has_mask;
use crate::error::Error;
use crate::error_kind::ErrorKind;

/// An interaction without its bodies.
pub(super) struct IndexedInteraction {
    /// The position in recorded order.
    pub(super) position: usize,
    path: PathBuf,
    pub(super) url: String,
    pub(super) key: RequestKey,
    /// Whether the request has masked parts.
    pub(super) has_mask: bool,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// Number of bytes of the body of the response.
    pub(super) body_len: usize,
    /// Whether the response was delivered. Changed only by the [`ResponseQueue`](super::response_queue::ResponseQueue).
    pub(super) is_delivered: AtomicBool,
}

impl IndexedInteraction {
    pub(super) fn read(position: usize, path: PathBuf) -> Result<IndexedInteraction, Error> {
        let Interaction { request, response } = load(&path)?;
        let headers = response.headers.to_map().map_err(|reason| invalid(&path, reason))?;
        let body_len = response.body.as_ref().map_or(0, StoredBody::len);
        Ok(IndexedInteraction {
            position,
            key: RequestKey::new(&request),
            has_mask: has_mask(&request),
            url: request.url,
            path,
            status: response.status,
            headers,
            body_len,
            is_delivered: AtomicBool::new(false),
        })
    }

    /// Reads the file again.
    pub(super) fn load(&self) -> Result<Interaction, Error> {
        load(&self.path)
    }

    /// Returns the request and the name of the file.
    pub(super) fn shown(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        format!("{} {} ({})", self.key.method, self.url, name.display())
    }
}

fn load(path: &Path) -> Result<Interaction, Error> {
    Interaction::from_json(read(path)?).map_err(|reason| invalid(path, reason))
}

/// Reads a file of a recording.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|error| invalid(path, error.to_string()))
}

/// Returns the error of a file or folder that is not a valid recording.
pub(super) fn invalid(path: &Path, reason: String) -> Error {
    ErrorKind::InvalidRecording { path: path.display().to_string(), reason }.into()
}
