//! Detection of pagination loops.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::body::Body;
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::request::Request;
use crate::response::Response;

/// The maximum number of stored pages, at most 16 MiB. A longer pagination stores only its first pages, so that a loop
/// back to one of them is still detected.
const MAX_REMEMBERED: usize = 1 << 20;

/// The number of consecutive identical responses after which the pagination is stalled.
const STANDSTILL: usize = 10;

/// The requests of a pagination and their responses, as hashes.
#[derive(Default)]
pub(super) struct LoopDetector {
    hashes: HashSet<u64>,
    last: Option<(usize, u32)>,
    same: usize,
}

impl LoopDetector {
    /// Records a request and its response.
    ///
    /// # Errors
    ///
    /// Returns an error if the pair occurred before, or if the latest responses are all identical.
    pub(super) fn check(&mut self, request: &Request, response: &Response) -> Result<(), Error> {
        let mut hasher = DefaultHasher::new();
        request.method.hash(&mut hasher);
        request.full_url().hash(&mut hasher);
        request.body.as_ref().map(Body::bytes).hash(&mut hasher);
        // a checksum is sufficient, because it only distinguishes responses to the same request
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
