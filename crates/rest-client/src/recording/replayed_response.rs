//! A response from a recording.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::body::StoredBody;
use super::replay::Recording;
use crate::error::Error;

/// A response from a recording whose body has not been read. Unless it is [delivered](Self::set_delivered), dropping it
/// makes it available again: the page may not fit into memory, or its request may be cancelled.
pub(crate) struct ReplayedResponse {
    recording: Recording,
    position: usize,
    gives_back: bool,
}

impl ReplayedResponse {
    /// Creates the response at a position. A repeated response is not `owned`.
    pub(super) fn new(recording: Recording, position: usize, owned: bool) -> ReplayedResponse {
        ReplayedResponse { recording, position, gives_back: owned }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.recording.interaction(self.position).map_or(StatusCode::OK, |interaction| interaction.status)
    }

    pub(crate) fn headers(&self) -> HeaderMap {
        self.recording.interaction(self.position).map(|interaction| interaction.headers.clone()).unwrap_or_default()
    }

    /// Returns the number of bytes of the body.
    pub(crate) fn body_len(&self) -> usize {
        self.recording.interaction(self.position).map_or(0, |interaction| interaction.body_len)
    }

    /// Reads the body, and whether it is decoded text. Blocks.
    ///
    /// # Errors
    ///
    /// Returns an error if the file changed and cannot be read anymore.
    pub(crate) fn read_body(&self) -> Result<(Vec<u8>, bool), Error> {
        let Some(interaction) = self.recording.interaction(self.position) else { return Ok((Vec::new(), true)) };
        let body = interaction.load()?.response.body;
        let is_text = !matches!(body, Some(StoredBody::Binary(_)));
        Ok((body.map(StoredBody::into_bytes).unwrap_or_default(), is_text))
    }

    /// Marks the response as delivered.
    pub(crate) fn set_delivered(mut self) {
        self.gives_back = false;
    }
}

impl Drop for ReplayedResponse {
    fn drop(&mut self) {
        if self.gives_back {
            self.recording.give_back(self.position);
        }
    }
}
