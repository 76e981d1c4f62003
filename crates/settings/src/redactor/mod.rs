//! Redaction: replaces secrets in text.

mod connection_string;
mod layer;
mod matcher;
mod secret_names;

use std::borrow::Cow;
use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::Secret;
use layer::DecodedText;
use matcher::Matcher;

pub use secret_names::is_secret_name;

/// The minimum length of a secret in bytes. Shorter secrets are ignored: they would match too many words.
const SHORTEST_SECRET: usize = 4;

/// The maximum number of temporary secrets.
const MAX_TEMPORARY: usize = 256;

/// The maximum number of searched layers: the text and its nested encodings, such as JSON in a query in a query.
const MAX_LAYERS: usize = 5;

/// Replaces secrets in text with `***`. Clones share their known secrets.
///
/// A process has one redactor. Code that obtains a secret adds it (configuration, specs, [token endpoints]); code that
/// writes text for others, such as errors, log lines and reports, redacts the text first.
///
/// The redactor searches the text and its decoded layers (percent-encoding, JSON and Rust escapes, HTML entities; five
/// layers in total). Matching ignores ASCII case. It replaces:
///
/// - known secrets of at least 8 bytes, also in Base64 and hexadecimal
/// - prefixes and suffixes of at least half of a known secret of at least 16 bytes
/// - known secrets of 4 to 7 bytes that are a whole word
/// - prefixes of at least 4 bytes of a known secret of at least 8 bytes before `…` or `...`
/// - values of URL parameters with [secret names](is_secret_name), and the user name and password in a URL
///
/// Of a known secret that is the connection string of a database, such as `postgresql://user:password@host/database`, only
/// user and password are replaced, as messages name host and database.
///
/// ```
/// use catchment_settings::{Redactor, Secret};
///
/// let redactor = Redactor::default();
/// redactor.add(&Secret::from("tk/1234567"));
/// assert_eq!(redactor.redact("cannot follow /items?q=tk%2F1234567"), "cannot follow /items?q=***");
/// assert_eq!(redactor.redact("GET https://me:pw@example.com/?api_key=1&page=2"), "GET https://***@example.com/?api_key=***&page=2");
/// ```
///
/// [token endpoints]: https://www.rfc-editor.org/rfc/rfc6749#section-3.2
#[derive(Clone, Default)]
pub struct Redactor {
    known: Arc<Mutex<KnownSecrets>>,
}

#[derive(Default)]
struct KnownSecrets {
    permanent: HashSet<Secret>,
    temporary: VecDeque<Secret>,
    /// Built on demand; `None` after a change of the secrets.
    matcher: Option<Arc<Matcher>>,
}

impl Redactor {
    /// Adds a secret. Ignores secrets of fewer than 4 bytes.
    pub fn add(&self, secret: &Secret) {
        let secret = trimmed(secret);
        match connection_string::passwords(secret.expose()) {
            Some(passwords) => passwords.into_iter().for_each(|password| self.add_whole(Secret::from(&*password))),
            None => self.add_whole(secret),
        }
    }

    fn add_whole(&self, secret: Secret) {
        if secret.expose().len() >= SHORTEST_SECRET {
            let mut known = self.known();
            if known.permanent.insert(secret) {
                known.matcher = None;
            }
        }
    }

    /// Adds a short-lived secret, such as an access token. The redactor keeps the 256 most recently added ones.
    pub fn add_temporary(&self, secret: &Secret) {
        let secret = trimmed(secret);
        if secret.expose().len() < SHORTEST_SECRET {
            return;
        }
        let mut known = self.known();
        if known.permanent.contains(&secret) {
            return;
        }
        // move the secret to the end, so that a secret in use is never evicted
        let position = known.temporary.iter().position(|other| *other == secret);
        if position.and_then(|position| known.temporary.remove(position)).is_none() {
            known.matcher = None;
        }
        known.temporary.push_back(secret);
        if known.temporary.len() > MAX_TEMPORARY {
            known.temporary.pop_front();
        }
    }

    /// Returns the text without secrets.
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.redact_from(text, SHORTEST_SECRET)
    }

    /// Redacts text of the program itself: replaces only secrets of at least 8 bytes, because a short secret such as
    /// `items` may be an ordinary word there. Server text in it must be redacted before.
    pub fn redact_internal<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.redact_from(text, matcher::MIN_SUBSTRING_LEN)
    }

    /// Returns whether the text contains a known secret. Ignores names of parameters.
    pub fn contains_secret(&self, text: &str) -> bool {
        let matcher = self.matcher();
        layers(text).any(|layer| !matcher.find(&layer.bytes, SHORTEST_SECRET).is_empty())
    }

    /// Returns the text without secrets of at least `shortest` bytes.
    fn redact_from<'t>(&self, text: &'t str, shortest: usize) -> Cow<'t, str> {
        let matcher = self.matcher();
        let mut masks = Vec::new();
        for layer in layers(text) {
            let found = matcher.find(&layer.bytes, shortest).into_iter().chain(secret_names::find(&layer.bytes));
            masks.extend(found.map(|range| layer.source_range(range)));
        }
        if masks.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(masked(text, masks)) }
    }

    fn matcher(&self) -> Arc<Matcher> {
        let mut known = self.known();
        let KnownSecrets { permanent, temporary, matcher } = &mut *known;
        Arc::clone(matcher.get_or_insert_with(|| Arc::new(Matcher::new(permanent.iter().chain(&*temporary)))))
    }

    fn known(&self) -> MutexGuard<'_, KnownSecrets> {
        // recover from poisoning: no update can panic halfway
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Trims whitespace: a line break at the end of a file is usually not part of the secret.
fn trimmed(secret: &Secret) -> Secret {
    Secret::from(secret.expose().trim())
}

/// Returns the text and its decoded layers, outermost first.
fn layers(text: &str) -> impl Iterator<Item = DecodedText> {
    std::iter::successors(Some(DecodedText::of(text)), DecodedText::decoded).take(MAX_LAYERS)
}

fn masked(text: &str, mut masks: Vec<Range<usize>>) -> String {
    masks.sort_by_key(|mask| mask.start);
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for mask in masks {
        if mask.start >= end {
            let (start, mask_end) = (text.floor_char_boundary(mask.start).max(end), text.ceil_char_boundary(mask.end));
            out.push_str(text.get(end..start).unwrap_or_default());
            out.push_str("***");
            end = mask_end;
        } else {
            end = end.max(text.ceil_char_boundary(mask.end));
        }
    }
    out.push_str(text.get(end..).unwrap_or_default());
    out
}

impl FromIterator<Secret> for Redactor {
    fn from_iter<I: IntoIterator<Item = Secret>>(secrets: I) -> Redactor {
        let redactor = Redactor::default();
        secrets.into_iter().for_each(|secret| redactor.add(&secret));
        redactor
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor(..)")
    }
}

#[cfg(test)]
mod tests;
