//! Removing secrets from texts.

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

/// Shorter secrets would mask half the words of a text, and are none.
const SHORTEST_SECRET: usize = 4;

/// How many short-lived secrets are known at a time.
const MAX_TEMPORARY: usize = 256;

/// How many encodings around each other are decoded: JSON in a query in a query, for example.
const MAX_LAYERS: usize = 5;

/// Replaces secrets in texts by `***`. Clones share the secrets that they know.
///
/// A process has one. Whoever learns a secret adds it (the configuration, a spec, an [access token's] endpoint), and whoever
/// writes a text that others may read redacts it first: an error, a line of the log, a report.
///
/// Removed are, in a text and in what it decodes to (percent-encoding, escapes of JSON and Rust, HTML entities, up to five
/// around each other):
///
/// - known secrets of 8 bytes and more, and half of one of 16 bytes and more, or more than half, from its beginning or up
///   to its end; capitals and small letters count as the same;
/// - known secrets of 4 to 7 bytes, where they are a word;
/// - the same in Base64 and in hexadecimal digits;
/// - before `…` or `...`, 4 bytes and more of the beginning of a known secret;
/// - the values of parameters of URLs whose names [sound like those of secrets](is_secret_name), and the user and the
///   password in a URL.
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
/// [access token's]: https://www.rfc-editor.org/rfc/rfc6749#section-3.2
#[derive(Clone, Default)]
pub struct Redactor {
    known: Arc<Mutex<KnownSecrets>>,
}

#[derive(Default)]
struct KnownSecrets {
    permanent: HashSet<Secret>,
    temporary: VecDeque<Secret>,
    /// Made when it is needed.
    matcher: Option<Arc<Matcher>>,
}

impl Redactor {
    /// Adds a secret. One of fewer than 4 bytes is ignored.
    pub fn add(&self, secret: &Secret) {
        let secret = trimmed(secret);
        if secret.expose().len() >= SHORTEST_SECRET {
            let mut known = self.known();
            if known.permanent.insert(secret) {
                known.matcher = None;
            }
        }
    }

    /// Adds a secret that others will replace, such as an access token. The last 256 of these are known.
    pub fn add_temporary(&self, secret: &Secret) {
        let secret = trimmed(secret);
        if secret.expose().len() < SHORTEST_SECRET {
            return;
        }
        let mut known = self.known();
        if known.permanent.contains(&secret) {
            return;
        }
        // the one in use stays, however many come and go
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

    /// Returns a text that the program has made without the secrets of 8 bytes and more. What a server has said in it was
    /// redacted before, and a secret such as `items` is a word like others in the rest.
    pub fn redact_internal<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.redact_from(text, matcher::MIN_SUBSTRING_LEN)
    }

    /// Whether the text has a known secret in it. What parameters are called does not matter.
    pub fn contains_secret(&self, text: &str) -> bool {
        let matcher = self.matcher();
        layers(text).any(|layer| !matcher.find(&layer.bytes, SHORTEST_SECRET).is_empty())
    }

    /// Returns the text without secrets of `shortest` bytes and more.
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
        // no change to it can panic halfway
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end of a line after a secret in a file is rarely repeated with it.
fn trimmed(secret: &Secret) -> Secret {
    Secret::from(secret.expose().trim())
}

/// The text, what it decodes to, what that decodes to, and so on.
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
