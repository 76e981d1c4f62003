//! A response from a recording.

use std::sync::Arc;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::body::StoredBody;
use super::indexed_interaction::IndexedInteraction;
use super::replay::Recording;
use crate::error::Error;

/// A response from a recording whose body has not been read. Unless it is [delivered](Self::set_delivered), dropping it
/// makes it available again: the page may not fit into memory, or its request may be cancelled.
pub(crate) struct ReplayedResponse {
    recording: Recording,
    interaction: Arc<IndexedInteraction>,
    returns_on_drop: bool,
}

impl ReplayedResponse {
    /// Creates the response of an interaction. A repeated response does not become available again: `returns_on_drop` is
    /// false.
    pub(super) fn new(recording: Recording, interaction: Arc<IndexedInteraction>, returns_on_drop: bool) -> ReplayedResponse {
        ReplayedResponse { recording, interaction, returns_on_drop }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.interaction.status
    }

    pub(crate) fn headers(&self) -> HeaderMap {
        self.interaction.headers.clone()
    }

    /// Returns the number of bytes of the body.
    pub(crate) fn body_len(&self) -> usize {
        self.interaction.body_len
    }

    /// Reads the body, and whether it is decoded text. Blocks.
    ///
    /// # Errors
    ///
    /// Returns an error if the file changed and cannot be read anymore.
    pub(crate) fn read_body(&self) -> Result<(Vec<u8>, bool), Error> {
        let body = self.interaction.load()?.response.body;
        let is_text = !matches!(body, Some(StoredBody::Binary(_)));
        Ok((body.map(StoredBody::into_bytes).unwrap_or_default(), is_text))
    }

    /// Marks the response as delivered.
    pub(crate) fn set_delivered(mut self) {
        self.returns_on_drop = false;
    }
}

impl Drop for ReplayedResponse {
    fn drop(&mut self) {
        if self.returns_on_drop {
            self.recording.give_back(&self.interaction);
        }
    }
}
