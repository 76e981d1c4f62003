//! Requests and responses in recordings.

use reqwest::StatusCode;

use super::body::StoredBody;
use super::stored_headers::StoredHeaders;

/// A request with its response, both without secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Interaction {
    pub(super) request: StoredRequest,
    pub(super) response: StoredResponse,
}

/// A request without secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StoredRequest {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: StoredHeaders,
    pub(super) body: Option<StoredBody>,
}

/// A response without secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StoredResponse {
    pub(super) status: StatusCode,
    pub(super) headers: StoredHeaders,
    /// Decompressed, and in UTF-8 if its charset is supported.
    pub(super) body: Option<StoredBody>,
}
