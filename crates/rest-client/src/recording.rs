//! Recording and replay of HTTP traffic, one JSON file per interaction.

mod body;
mod difference;
mod file_name;
mod indented;
mod indexed_interaction;
mod interaction;
mod interaction_json;
mod manifest;
mod recorder;
mod replay;
mod replayed_response;
mod request_key;
mod response_queue;
mod scrub;
mod similar_request;
mod stored_headers;
mod wildcard;

pub use recorder::Recorder;
pub use replay::{Recording, ReplayMode};

pub(crate) use recorder::InteractionSlot;
pub(crate) use replayed_response::ReplayedResponse;
pub(crate) use scrub::Scrubber;

/// The text that replaces a secret.
const MASK: &str = "***";
