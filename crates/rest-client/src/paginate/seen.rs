//! Recognising pages that go in a circle.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::request::Request;
use crate::response::Response;

/// How many pages are remembered, 16 MiB at most. In a longer pagination it is the first ones: a circle that
/// comes back to one of them is found.
const MAX_REMEMBERED: usize = 1 << 20;

/// The requests of a pagination with their answers, as hashes.
#[derive(Default)]
pub(super) struct Seen {
    hashes: HashSet<u64>,
}

impl Seen {
    /// Remembers a request and its answer; says whether they were remembered already.
    pub(super) fn repeats(&mut self, request: &Request, response: &Response) -> bool {
        let mut hasher = DefaultHasher::new();
        request.method.hash(&mut hasher);
        request.full_url().hash(&mut hasher);
        request.json.as_ref().map(ToString::to_string).hash(&mut hasher);
        // a checksum will do, as only answers to one and the same request are compared by it
        (response.bytes(), response.checksum()).hash(&mut hasher);
        let hash = hasher.finish();
        if self.hashes.len() < MAX_REMEMBERED { !self.hashes.insert(hash) } else { self.hashes.contains(&hash) }
    }
}
