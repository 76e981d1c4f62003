//! Recognising pages that go in a circle.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::body::Body;
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::request::Request;
use crate::response::Response;

/// How many pages are remembered, 16 MiB at most. In a longer pagination it is the first ones: a circle that
/// comes back to one of them is found.
const MAX_REMEMBERED: usize = 1 << 20;

/// So many requests in a row that differ and get the same rows are no coincidence.
const STANDSTILL: usize = 10;

/// The requests of a pagination with their answers, as hashes.
#[derive(Default)]
pub(super) struct LoopDetector {
    hashes: HashSet<u64>,
    last: Option<(usize, u32)>,
    same: usize,
}

impl LoopDetector {
    /// Remembers a request and its answer.
    ///
    /// # Errors
    ///
    /// Where they were in the pagination before, or the last answers were all the same.
    pub(super) fn check(&mut self, request: &Request, response: &Response) -> Result<(), Error> {
        let mut hasher = DefaultHasher::new();
        request.method.hash(&mut hasher);
        request.full_url().hash(&mut hasher);
        request.body.as_ref().map(Body::bytes).hash(&mut hasher);
        // a checksum will do, as only answers to one and the same request are compared by it
        let fingerprint = (response.body_len(), response.checksum());
        fingerprint.hash(&mut hasher);
        let hash = hasher.finish();
        let is_known = if self.hashes.len() < MAX_REMEMBERED { !self.hashes.insert(hash) } else { self.hashes.contains(&hash) };
        let is_empty = response.rows().ids.is_empty();
        if is_known {
            return Err(response.error(ErrorKind::PaginationLoop { is_empty }));
        }
        self.same = if self.last.replace(fingerprint) == Some(fingerprint) && !is_empty { self.same + 1 } else { 1 };
        if self.same == STANDSTILL {
            return Err(response.error(ErrorKind::StalledPagination { pages: STANDSTILL }));
        }
        Ok(())
    }
}
